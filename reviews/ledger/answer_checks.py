"""Checks of a review's answers against the entries that recorded and withdrew them."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.ledger import ledger_entries
from reviews.ledger.entry_values import read_absent
from reviews.ledger.findings import show_id, show_values
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_comparison import (
    NO_ENTRY_VALUE,
    EntryValue,
    build_finding,
    find_differences,
    get_entries,
)
from reviews.ledger.people_commitments import ERASED_REVIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ledger.findings import LedgerFinding
    from reviews.ledger.member_comparison import EntriesByType
    from reviews.model import Answer, Review
    from reviews.ports.ledger import LedgerEntry

_ANSWER_TYPES = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_OPTIONAL_MEMBERS: dict[str, Any] = {
    "proof": {},
    **dict.fromkeys(("owner", "stand_in_for", "sha256", "size", "not_read")),
}
"""Members that an entry omits when empty."""
_COLUMN_BY_MEMBER = {"type": "decision"}
"""Members that the database names differently."""
_UNCOMPARED_MEMBERS = ("title",)
"""Members of an answer's entry with the review's labels at that time."""


def compare_answers(review: Review, entries: EntriesByType) -> Iterator[LedgerFinding]:
    """Yield the differences between the answers in the database and those in the ledger."""
    answer_entries = (entry for kind in _ANSWER_TYPES for entry in get_entries(entries, kind))
    recorded = sorted(answer_entries, key=itemgetter("seq"))
    pairs, unmatched_entries, unmatched_answers = _match_answers(review, recorded)
    for entry in unmatched_entries:
        message = f"entry {entry['seq']} answers review {show_id(review.id)}, which has no such answer"
        yield build_finding(review.id, message, entry=entry["seq"])
    for answer in unmatched_answers:
        at, reviewer = show_values(ledger_entries.format_moment(answer.at), answer.reviewer.name)
        message = f"review {show_id(review.id)} was answered by {reviewer} at {at}, and no entry says so"
        yield build_finding(review.id, message)
    withdrawals = list(get_entries(entries, EntryType.REVIEW_WITHDRAWN))
    for entry, answer in pairs:
        yield from _compare_answer(review, answer, entry)
        yield from _compare_withdrawal(review, answer, _take_withdrawal(withdrawals, entry))
    for entry in withdrawals:
        message = f"entry {entry['seq']} withdraws an answer to review {show_id(review.id)} that is not there"
        yield build_finding(review.id, message, entry=entry["seq"])


def _match_answers(
    review: Review, recorded: list[LedgerEntry]
) -> tuple[list[tuple[LedgerEntry, Answer]], list[LedgerEntry], list[Answer]]:
    """Pair entries with answers: by their order, or if the numbers differ, by all their values."""
    if len(recorded) == len(review.answers):
        return list(zip(recorded, review.answers, strict=True)), [], []
    unmatched_answers, pairs, unmatched_entries = list(review.answers), [], []
    for entry in recorded:
        matches = (
            candidate for candidate in unmatched_answers if not any(_compare_answer(review, candidate, entry))
        )
        answer = next(matches, None)
        if answer is None:
            unmatched_entries.append(entry)
        else:
            unmatched_answers.remove(answer)
            pairs.append((entry, answer))
    return pairs, unmatched_entries, unmatched_answers


def _compare_answer(review: Review, answer: Answer, entry: LedgerEntry) -> Iterator[LedgerFinding]:
    database_values = {**_OPTIONAL_MEMBERS, **ledger_entries.build_answered(review, answer)}
    database_values["stand_in_for"] = answer.stand_in_for  # an answer has no name, which the entry adds
    entry_values = {**_OPTIONAL_MEMBERS, **entry, "stand_in_for": read_absent(entry)}
    for member, value in database_values.items():
        if member in _UNCOMPARED_MEMBERS or member not in entry_values or entry_values[member] == value:
            continue
        by_entry = EntryValue(entry_values[member], entry["seq"])
        yield from find_differences(review.id, _COLUMN_BY_MEMBER.get(member, member), by_entry, value)


def _take_withdrawal(withdrawals: list[LedgerEntry], entry: LedgerEntry) -> LedgerEntry | None:
    """Remove and return the withdrawal of this entry's answer; two people may answer at one moment.

    Who withdrew an answer of an earlier version, which names them in clear, may be erased.
    """
    for withdrawal in withdrawals:
        has_same_reviewer = withdrawal.get("reviewer") in (entry.get("reviewer"), ERASED_REVIEWER)
        if withdrawal.get("answered_at") == entry.get("at") and has_same_reviewer:
            withdrawals.remove(withdrawal)
            return withdrawal
    return None


def _compare_withdrawal(review: Review, answer: Answer, entry: LedgerEntry | None) -> Iterator[LedgerFinding]:
    entry_value = EntryValue(entry.get("at"), entry["seq"]) if entry else NO_ENTRY_VALUE
    yield from find_differences(
        review.id, "withdrawn_at", entry_value, ledger_entries.format_moment(answer.withdrawn_at)
    )
