"""The result of a check of the ledger, in words and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import escape_unprintable, show_id

if TYPE_CHECKING:
    from reviews.ledger.findings import LedgerFinding
    from reviews.ledger.hash_chain import CoveredEntries, Verdict

MAY_BE_EMPTIED = ("handed_over", "last_step", "snoozed_by")
"""Columns that earlier versions left empty; a person who changes the database could empty them too."""


def build_verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "intact": verdict.intact,
        "checked": verdict.checked,
        "first": verdict.first,
        "seq": verdict.head.seq,
        "hash": verdict.head.hash,
        "problem": verdict.problem,
        "reviews": verdict.reviews,
        "removed": verdict.removed,
        "findings": [_build_finding_json(finding) for finding in verdict.findings],
        "unlisted": verdict.unlisted,
        "unsaid": dict(verdict.incomparable_members),
        "covered": asdict(verdict.covered) if verdict.covered else None,
        "checkpoint": asdict(verdict.saved_checkpoint) if verdict.saved_checkpoint else None,
        "pinned": verdict.pinned,
        "erased": verdict.erased,
        "unrecorded": verdict.unrecorded,
    }


def describe_verdict(verdict: Verdict, *, is_part: bool = False) -> str:
    """Return a line for each fault of the ledger, or of a part of it, or what was verified."""
    if verdict.problem is not None:
        return "\n".join([*_describe_problems(verdict), *_describe_incomparable(verdict)])
    lines = [_describe_chain(verdict, is_part=is_part)]
    if verdict.covered:
        lines.append(_describe_covered(verdict.covered, verdict.head.seq))
    if verdict.saved_checkpoint:
        lines.append(_describe_saved(verdict.saved_checkpoint, verdict.head.seq))
    if verdict.pinned is not None:
        lines.append(_describe_pinned(verdict.pinned, verdict.head.seq))
    if verdict.reviews:
        lines.append(f"The reviews match the ledger, all {verdict.reviews} of them.")
    lines += _describe_erased(verdict)
    return "\n".join([*lines, *_describe_removed(verdict), *_describe_incomparable(verdict)])


def _describe_chain(verdict: Verdict, *, is_part: bool) -> str:
    if not verdict.checked:
        return "The file has no entries." if is_part else "The ledger is empty."
    end = f"{verdict.head.seq} {verdict.head.hash}"
    intact = f"The ledger is intact: {verdict.checked} entries up to {end}."
    if verdict.first != 1:
        intact += f" It starts at entry {verdict.first}, so earlier ones are not checked."
    return intact


def _describe_problems(verdict: Verdict) -> list[str]:
    others = [f"Also: {escape_unprintable(finding.says)}." for finding in verdict.findings[1:]]
    more = [f"And {verdict.unlisted:,} more not listed."] if verdict.unlisted else []
    result = "The file was not verified" if verdict.may_hold else "The ledger is not intact"
    return [f"{result}: {escape_unprintable(verdict.problem or '')}.", *others, *more]


def _describe_covered(covered: CoveredEntries, end: int) -> str:
    line = f"The last checkpoint covers {_name_covered(covered.size, end)}"
    if covered.signers:
        return f"{line}, signed by {', '.join(covered.signers)}."
    if covered.is_signed:
        return f"{line}. Its signature is not verified: LEDGER_KEY is not set here."
    return f"{line}. It is not signed: docspace-review ledger key new makes a key."


def _describe_saved(covered: CoveredEntries, end: int) -> str:
    line = f"The saved checkpoint covers {_name_covered(covered.size, end)}"
    if covered.signers:
        return f"{line}, signed by {', '.join(covered.signers)}."
    if covered.is_signed:
        return f"{line}. Its signature is not verified: no --key was given."
    return f"{line}. It is not signed: it proves as much as the place where it was saved."


def _describe_pinned(pinned: int, end: int) -> str:
    if pinned == end:
        return "It ends at the newest saved head."
    return (
        f"The newest saved head is that of entry {pinned:,}: whether entries are missing after {end:,} "
        "can't be known from it."
    )


def _name_covered(size: int, end: int) -> str:
    return "all of them" if size == end else f"the first {size:,} of them"


def _describe_erased(verdict: Verdict) -> list[str]:
    """Report what is not in a file any more, and what of it no entry of a part explains."""
    lines, unrecorded = [], verdict.unrecorded or 0
    recorded = (verdict.erased or 0) - unrecorded
    if recorded:
        lines.append(f"{_count_erased(recorded)} erased, as later entries say.")
    if unrecorded:
        lines.append(f"{_count_erased(unrecorded)} left out, and no later entry of this part says why.")
    return lines


def _count_erased(count: int) -> str:
    return "1 name, address or text was" if count == 1 else f"{count:,} names, addresses or texts were"


def _describe_removed(verdict: Verdict) -> list[str]:
    """Report that reviews are missing for a reason that the ledger itself has."""
    if not verdict.removed:
        return []
    were = "1 review was" if verdict.removed == 1 else f"{verdict.removed:,} reviews were"
    return [f"{were} removed after KEEP_REVIEWS, as the ledger says; all entries are here."]


def _describe_incomparable(verdict: Verdict) -> list[str]:
    """Report what an earlier version did not write, so that it can't be compared."""
    if not verdict.incomparable_members:
        return []
    members = ", ".join(f"{name} of {count:,}" for name, count in verdict.incomparable_members.items())
    line = f"Written by an earlier version, so not compared, each with the number of reviews: {members}."
    if emptied := [name for name in verdict.incomparable_members if name in MAY_BE_EMPTIED]:
        line += f" Or someone has emptied {' and '.join(emptied)} since: the entries show what was there."
    return [line]


def _build_finding_json(finding: LedgerFinding) -> dict[str, Any]:
    review_id = finding.review_id
    return {**asdict(finding), "review_id": review_id if review_id is None else show_id(review_id)}
