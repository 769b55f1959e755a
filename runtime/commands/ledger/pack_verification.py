"""What `ledger verify` says of a pack."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import escape_unprintable
from reviews.ledger.ledger_entries import format_moment
from reviews.pack.file_names import FIGURES, README, REPORT, SUMS
from runtime.settings.version import read_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from runtime.pack.pack_check import PackVerdict, VerifiedPack

_COMPUTED = (
    "The CSV, the figures{and_readme} follow from these entries. Not verified, since only the database said "
    "it: what was brought forward, the titles of watched folders and when they are complete."
)
_REPORT = (
    f"{REPORT} has the sum in {SUMS}, which can be made anew. No program reads it: compare it with {FIGURES}."
)
_COMPARED = "By the export of the whole ledger, no entry of the route and the period was left out."
_NOT_COMPARED = (
    "Not verified: that no entry of the route was left out. Get the whole ledger, which docspace-review "
    "ledger export writes, and add --export FILE."
)


def describe_pack(verdict: PackVerdict, *, has_certificates: bool) -> str:
    """Return the line that names what does not hold, or what the pack proves and what it does not."""
    if verdict.verified is None:
        result = "The pack was not verified" if verdict.may_hold else "The pack does not hold"
        return f"{result}: {escape_unprintable(verdict.problem or '')}."
    verified = verdict.verified
    lines = [
        _describe_reviews(verified),
        _describe_checkpoint(verified),
        _describe_computed(verified),
        _describe_sample(verified),
        _describe_making(verified),
        *_describe_times(verified, has_certificates=has_certificates),
        _REPORT,
        _COMPARED if verified.is_compared else _NOT_COMPARED,
    ]
    return "\n".join(map(escape_unprintable, lines))


def build_pack_json(verdict: PackVerdict) -> dict[str, Any]:
    verified = verdict.verified
    evidence, report = (verified.evidence, verified.report) if verified else (None, None)
    checkpoint = evidence.signed.checkpoint if evidence else None
    return {
        "intact": verdict.intact,
        "problem": verdict.problem,
        "route": report.route if report else None,
        "from": format_moment(report.since) if report else None,
        "to": format_moment(report.until) if report else None,
        "reviews": len(report.reviews) if report else None,
        "entries": verified.entries if verified else None,
        "seed": report.sample.seed if report else None,
        "sample_size": report.sample.size if report else None,
        "made_at": format_moment(report.made_at) if report else None,
        "version": verified.version if verified else None,
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "signers": list(evidence.signers) if evidence else [],
        "own_key": evidence.own_key if evidence else None,
        "days": len(evidence.days) if evidence else None,
        "signed_by_own_keys": evidence.by_own_keys if evidence else None,
        "compared": verified.is_compared if verified else None,
        "timestamps": [format_moment(time) for time in evidence.times] if evidence else [],
    }


def _describe_reviews(verified: VerifiedPack) -> str:
    report = verified.report
    count = len(report.reviews)
    reviews = f"{count:,} reviews" if count != 1 else "1 review"
    entries = f"{verified.entries:,} entries" if verified.entries != 1 else "1 entry"
    return (
        f"The pack holds: {reviews} of the route {report.route}, opened from {format_minute(report.since)} "
        f"to {format_minute(report.until)} UTC, with {entries}, each of which is proven."
    )


def _describe_computed(verified: VerifiedPack) -> str:
    if verified.version == read_version():
        return _COMPUTED.format(and_readme=", the sample and the README")
    return (
        _COMPUTED.format(and_readme=" and the sample")
        + f" {README} was not compared: this is docspace-review {read_version()}."
    )


def _describe_sample(verified: VerifiedPack) -> str:
    sample, root = verified.report.sample, verified.evidence.signed.checkpoint.root.hex()
    origin = "the root of the checkpoint" if sample.seed == root else "and nothing shows who chose it"
    return (
        f"The sample is {len(sample.reviews):,} of {sample.size:,} that were asked for, drawn with the seed "
        f"{sample.seed!r}, {origin}."
    )


def _describe_making(verified: VerifiedPack) -> str:
    return (
        f"The pack says of itself that docspace-review {verified.version} wrote it at "
        f"{format_minute(verified.report.made_at)} UTC: nothing proves that, and which reviews are past "
        "their deadline depends on it."
    )


def format_minute(at: datetime) -> str:
    """Return a time in UTC, with four digits of the year."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")


def _describe_checkpoint(verified: VerifiedPack) -> str:
    evidence = verified.evidence
    checkpoint = evidence.signed.checkpoint
    line = (
        f"They are in the ledger {checkpoint.origin} of {checkpoint.size:,} entries, signed by "
        f"{', '.join(evidence.signers)}."
    )
    if evidence.own_key:
        line += (
            " That key is the pack's own, which says nothing about who wrote the pack: get the key by "
            "another way, and give it with --key."
        )
    return line


def _describe_times(verified: VerifiedPack, *, has_certificates: bool) -> list[str]:
    evidence = verified.evidence
    lines = [_describe_days(len(evidence.days))]
    if evidence.by_own_keys:
        count = evidence.by_own_keys
        noun = "of these checkpoints are" if count != 1 else "of these checkpoints is"
        lines.append(
            f"{count:,} {noun} signed by other keys of the pack: they hold since the pack's checkpoint "
            f"begins "
            "with their entries."
        )
    return [*lines, _describe_timestamps(evidence.times, has_certificates=has_certificates)]


def _describe_days(count: int) -> str:
    if not count:
        return "It has no checkpoint of a day of the period."
    days = f"{count:,} days" if count != 1 else "1 day"
    return f"The checkpoints of {days} are of the same ledger, which has only grown since."


def _describe_timestamps(times: Sequence[datetime], *, has_certificates: bool) -> str:
    if not times:
        return "It has no timestamp: no authority confirms when its entries existed."
    noun = "timestamps" if len(times) != 1 else "timestamp"
    unverified = "" if has_certificates else "; not who signed them: give --tsa-certificates FILE"
    return f"{len(times):,} {noun} fit, from {times[0]:%Y-%m-%d} to {times[-1]:%Y-%m-%d}{unverified}."
