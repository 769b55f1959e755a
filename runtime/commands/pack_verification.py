"""What `ledger verify` says of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import escape_unprintable
from reviews.ledger.ledger_entries import format_moment
from reviews.pack.file_names import REPORT

if TYPE_CHECKING:
    from runtime.pack.pack_check import PackVerdict, VerifiedPack

_COMPUTED = (
    "The CSV, the figures and the sample are what these entries give, but for what was brought forward and "
    "up to when folders are complete, which the database said."
)
_LIMITS = (
    f"{REPORT} is as it was written; that it says the same, no program can tell.",
    "That no review of the route was left out, the whole ledger shows: docspace-review ledger export.",
)


def describe_pack(verdict: PackVerdict, *, has_certificates: bool) -> str:
    """Return the line that names what does not hold, or what the pack proves and what it does not."""
    if verdict.verified is None:
        return f"The pack does not hold: {escape_unprintable(verdict.problem or '')}."
    verified = verdict.verified
    lines = [
        _describe_reviews(verified),
        _describe_checkpoint(verified),
        _COMPUTED,
        *_describe_times(verified, has_certificates=has_certificates),
        *_LIMITS,
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
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "signers": list(evidence.signers) if evidence else [],
        "own_key": evidence.own_key if evidence else None,
        "days": evidence.days if evidence else None,
        "timestamps": [format_moment(time) for time in evidence.times] if evidence else [],
    }


def _describe_reviews(verified: VerifiedPack) -> str:
    report = verified.report
    count = len(report.reviews)
    reviews = f"{count:,} reviews" if count != 1 else "1 review"
    entries = f"{verified.entries:,} entries" if verified.entries != 1 else "1 entry"
    return (
        f"The pack holds: {reviews} of the route {report.route}, opened from "
        f"{report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC, with {entries}, each of "
        "which is proven."
    )


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
    lines = []
    if evidence.days:
        days = f"{evidence.days:,} days" if evidence.days != 1 else "1 day"
        lines.append(f"The checkpoints of {days} are of the same ledger, which has only grown since.")
    if evidence.times:
        count = len(evidence.times)
        noun = "timestamps" if count != 1 else "timestamp"
        unverified = "" if has_certificates else "; not who signed them: give --tsa-certificates FILE"
        lines.append(
            f"{count:,} {noun} fit, from {evidence.times[0]:%Y-%m-%d} to "
            f"{evidence.times[-1]:%Y-%m-%d}{unverified}."
        )
    return lines
