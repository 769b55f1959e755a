"""The answers to a review, held against the entries that recorded them and that took them back."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.ledger import ledger_entries
from reviews.ledger.findings import show_id, show_values
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_checks import NOT_SAID, Said, entries_of, find_differences, lone_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ledger.findings import Finding
    from reviews.ledger.member_checks import EntriesByType
    from reviews.model import Answer, Review
    from reviews.ports.reviews import Entry

_ANSWERS = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_LEFT_OUT: dict[str, Any] = {"proof": {}, "owner": None}
"""Members that an entry leaves out where there is nothing to say."""
_COLUMNS = {"type": "decision"}
"""What the database calls a member by another name."""
_OF_THEN = ("title",)
"""What an answer's entry says of the review as it was called then."""


def compare_answers(review: Review, entries: EntriesByType) -> Iterator[Finding]:
    """Yield what the answers in the database and those in the ledger differ by."""
    given = (entry for kind in _ANSWERS for entry in entries_of(entries, kind))
    recorded = sorted(given, key=itemgetter("seq"))
    pairs, lone_entries, lone_answers = _match(review, recorded)
    for entry in lone_entries:
        says = f"entry {entry['seq']} answers review {show_id(review.id)}, which has no such answer"
        yield lone_finding(review.id, says, entry=entry["seq"])
    for answer in lone_answers:
        at, who = show_values(ledger_entries.moment(answer.at), answer.reviewer.name)
        says = f"review {show_id(review.id)} was answered by {who} at {at}, and no entry says so"
        yield lone_finding(review.id, says)
    taken_back = list(entries_of(entries, EntryType.REVIEW_WITHDRAWN))
    for entry, answer in pairs:
        yield from _compare_answer(review, answer, entry)
        yield from _compare_withdrawal(review, answer, _take_withdrawal(taken_back, entry))
    for entry in taken_back:
        says = f"entry {entry['seq']} takes back an answer to review {show_id(review.id)} that is not there"
        yield lone_finding(review.id, says, entry=entry["seq"])


def _match(
    review: Review, recorded: list[Entry]
) -> tuple[list[tuple[Entry, Answer]], list[Entry], list[Answer]]:
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


def _compare_answer(review: Review, answer: Answer, entry: Entry) -> Iterator[Finding]:
    found = {**_LEFT_OUT, **ledger_entries.answered(review, answer)}
    said = {**_LEFT_OUT, **entry}
    for member, value in found.items():
        if member in _OF_THEN or member not in said or said[member] == value:
            continue
        by_entry = Said(said[member], entry["seq"])
        yield from find_differences(review.id, _COLUMNS.get(member, member), by_entry, value)


def _take_withdrawal(taken_back: list[Entry], entry: Entry) -> Entry | None:
    """Take the entry out that withdraws the answer of this entry; two people may answer in one moment."""
    for each in taken_back:
        if (each.get("answered_at"), each.get("reviewer")) == (entry.get("at"), entry.get("reviewer")):
            taken_back.remove(each)
            return each
    return None


def _compare_withdrawal(review: Review, answer: Answer, entry: Entry | None) -> Iterator[Finding]:
    said = Said(entry.get("at"), entry["seq"]) if entry else NOT_SAID
    yield from find_differences(review.id, "withdrawn_at", said, ledger_entries.moment(answer.withdrawn_at))
