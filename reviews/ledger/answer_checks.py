"""The answers to a review, held against the entries that recorded them and that took them back."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.ledger import ledger_entries
from reviews.ledger.findings import show_id, show_values
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_checks import (
    NO_ENTRY_VALUE,
    EntryValue,
    build_finding,
    find_differences,
    get_entries,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ledger.findings import LedgerFinding
    from reviews.ledger.member_checks import EntriesByType
    from reviews.model import Answer, Review
    from reviews.ports.reviews import LedgerEntry

_ANSWER_TYPES = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_OPTIONAL_MEMBERS: dict[str, Any] = {"proof": {}, "owner": None}
"""Members that an entry leaves out where there is nothing to say."""
_COLUMN_BY_MEMBER = {"type": "decision"}
"""What the database calls a member by another name."""
_UNCOMPARED_MEMBERS = ("title",)
"""What an answer's entry says of the review as it was called then."""


def compare_answers(review: Review, entries: EntriesByType) -> Iterator[LedgerFinding]:
    """Yield what the answers in the database and those in the ledger differ by."""
    given = (entry for kind in _ANSWER_TYPES for entry in get_entries(entries, kind))
    recorded = sorted(given, key=itemgetter("seq"))
    pairs, lone_entries, lone_answers = _match_answers(review, recorded)
    for entry in lone_entries:
        says = f"entry {entry['seq']} answers review {show_id(review.id)}, which has no such answer"
        yield build_finding(review.id, says, entry=entry["seq"])
    for answer in lone_answers:
        at, who = show_values(ledger_entries.format_moment(answer.at), answer.reviewer.name)
        says = f"review {show_id(review.id)} was answered by {who} at {at}, and no entry says so"
        yield build_finding(review.id, says)
    taken_back = list(get_entries(entries, EntryType.REVIEW_WITHDRAWN))
    for entry, answer in pairs:
        yield from _compare_answer(review, answer, entry)
        yield from _compare_withdrawal(review, answer, _take_withdrawal(taken_back, entry))
    for entry in taken_back:
        says = f"entry {entry['seq']} withdraws an answer to review {show_id(review.id)} that is not there"
        yield build_finding(review.id, says, entry=entry["seq"])


def _match_answers(
    review: Review, recorded: list[LedgerEntry]
) -> tuple[list[tuple[LedgerEntry, Answer]], list[LedgerEntry], list[Answer]]:
    """Pair entries with answers: in their order, or where one side has more, by all that they say."""
    if len(recorded) == len(review.answers):
        return list(zip(recorded, review.answers, strict=True)), [], []
    lone_answers, pairs, lone_entries = list(review.answers), [], []
    for entry in recorded:
        same = (given for given in lone_answers if not any(_compare_answer(review, given, entry)))
        answer = next(same, None)
        if answer is None:
            lone_entries.append(entry)
        else:
            lone_answers.remove(answer)
            pairs.append((entry, answer))
    return pairs, lone_entries, lone_answers


def _compare_answer(review: Review, answer: Answer, entry: LedgerEntry) -> Iterator[LedgerFinding]:
    found = {**_OPTIONAL_MEMBERS, **ledger_entries.build_answered(review, answer)}
    said = {**_OPTIONAL_MEMBERS, **entry}
    for member, value in found.items():
        if member in _UNCOMPARED_MEMBERS or member not in said or said[member] == value:
            continue
        by_entry = EntryValue(said[member], entry["seq"])
        yield from find_differences(review.id, _COLUMN_BY_MEMBER.get(member, member), by_entry, value)


def _take_withdrawal(taken_back: list[LedgerEntry], entry: LedgerEntry) -> LedgerEntry | None:
    """Take the entry out that withdraws the answer of this entry; two people may answer in one moment."""
    for each in taken_back:
        if (each.get("answered_at"), each.get("reviewer")) == (entry.get("at"), entry.get("reviewer")):
            taken_back.remove(each)
            return each
    return None


def _compare_withdrawal(review: Review, answer: Answer, entry: LedgerEntry | None) -> Iterator[LedgerFinding]:
    said = EntryValue(entry.get("at"), entry["seq"]) if entry else NO_ENTRY_VALUE
    yield from find_differences(
        review.id, "withdrawn_at", said, ledger_entries.format_moment(answer.withdrawn_at)
    )
