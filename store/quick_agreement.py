"""Quick check that a review agrees with its entries and its index, by its rows as they were read.

Nothing is decided here that `reviews.ledger.ledger_consistency` and
`runtime.ledger_verification.index_check` would decide otherwise: what this check does not prove is checked
there, member by member. Most reviews are of one file, were opened and maybe revised, answered once or not
yet, and superseded or not.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.identity import list_id_members
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.model import STATEMENT
from reviews.ports.listing import MarkKind
from store.marks import format_mark, list_entry_marks
from store.rows import UNREADABLE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.ports.ledger import LedgerEntry

    Row = Mapping[str, Any]

_LINK = ("seq", "prev_hash", "hash", "type", "at", "review_id")
_SAME = (
    *("route", "kind", "file_id", "title", "path", "link", "revision", "version_from", "version_to"),
    *("title_before", "path_before", "moved_to", "content", "contents", "required"),
    *("folders", "contributors", "acts", "owners"),
)
"""Members that the entry of an opened or revised review and the review's row have alike."""
# The meaning of an entry with other members than these is not decided here.
_COVERED = frozenset((*_LINK, *_SAME, "saves", "modified_at", "due_at", "events"))
_REVISED = _COVERED | {"unanswered"}
_OF_REVIEW = ("route", "file_id")
_OF_ANSWER = ("identity", "revision", "version", "note", "late", "own_change")
"""Members that an answer's entry and the rows have alike: of the review, and of the answer."""
_ANSWERED = frozenset((*_LINK, *_OF_REVIEW, *_OF_ANSWER, "title", "reviewer", "statement"))
_LEFT_OUT = frozenset({"proof", "owner", "sha256", "size", "not_read"})
"""Members that an entry leaves out if they are empty."""
_IN_ENTRY_ONLY = frozenset({"agreed", "updated", "opened"})
"""Members of an answer's entry with which nothing in the database is compared."""
_OF_BYTES = ("sha256", "size", "not_read")
"""The document's bytes that were answered, or why they are not known."""
_UNCOMPARED = _LEFT_OUT | _IN_ENTRY_ONLY
_UNTOUCHED: dict[str, Any] = {
    **dict.fromkeys(
        (
            "contents",
            "seen_late",
            "happened_at",
            "lapsed_at",
            "snoozed_until",
            "handed_over",
            "carried",
            "last_step",
            "closed_at",
            "snoozer",
        )
    ),
    **dict.fromkeys(("campaign", "campaign_name"), ""),
    "reminders": 0,
    "steps_taken": 0,
    "follow_ups": 0,
    "stand_ins": [],
    "reassigned_to": [],
}
"""Values in the row of a review to which nothing else happened; its entry has the same `contents`."""
_EMPTY_PERSON: dict[str, Any] = dict.fromkeys(("email", "docspace_id", *list_id_members({})))
_REVIEWER = frozenset({"name", *_EMPTY_PERSON})
_PERSON, _ACT = frozenset({"id", "name", "email"}), frozenset({"kind", "people"})
_pick_same, _pick_untouched = itemgetter(*_SAME), itemgetter(*_UNTOUCHED)
_pick_of_review, _pick_of_answer = itemgetter(*_OF_REVIEW), itemgetter(*_OF_ANSWER)
_pick_bytes = itemgetter(*_OF_BYTES)
_pick_derived_columns = itemgetter("answered_at", "answered_late", "took_seconds")
_pick_lists = itemgetter("folders", "contributors", "acts", "owners")
_NOTHING_ELSE = _pick_untouched(_UNTOUCHED)


def is_consistent(
    row: Row, answers: Sequence[Row], entries: Sequence[LedgerEntry], index: set[tuple[str, str]]
) -> bool:
    """Return whether all of it certainly agrees; `index` has kind and value of each index row."""
    try:
        return _is_agreeing(row, answers, entries, index)
    except UNREADABLE_ERRORS:
        return False


def _is_agreeing(
    row: Row, answers: Sequence[Row], entries: Sequence[LedgerEntry], index: set[tuple[str, str]]
) -> bool:
    opened, *rest = entries
    covered, answer, newer = opened, None, None
    while rest and rest[0]["type"] == EntryType.REVIEW_REVISED:
        covered = rest.pop(0)
    if answers:
        [answer] = answers
        if not rest or not _is_answer_matching(row, answer, rest.pop(0)):
            return False
    if rest and rest[0]["type"] == EntryType.REVIEW_SUPERSEDED:
        newer = rest.pop(0)["by"]
    return (
        not rest
        and all(entry["seq"] for entry in entries)
        and opened["type"] == EntryType.REVIEW_OPENED
        and format_moment(row["opened_at"]) == opened["at"]
        and row["superseded_by"] == newer
        and _is_covered_by_entry(row, covered)
        and _is_index_matching(row, answer, covered, index)
    )


def _is_covered_by_entry(row: Row, entry: LedgerEntry) -> bool:
    saves = row["saves"] if row["saves_known"] else None
    return (
        (entry.keys() == _COVERED or (entry.keys() == _REVISED and entry["type"] == EntryType.REVIEW_REVISED))
        and _pick_same(row) == _pick_same(entry)
        and _pick_untouched(row) == _NOTHING_ELSE
        and row["id"] == entry["review_id"]
        and saves == entry["saves"]
        and row["saves"] == (saves or 0)
        and format_moment(row["changed_at"]) == entry["at"]
        and format_moment(row["modified_at"]) == entry["modified_at"]
        and format_moment(row["due_at"]) == entry["due_at"]
        and _has_valid_form(row)
    )


def _has_valid_form(row: Row) -> bool:
    """Return whether each member has the form in which it is read from a row, and is no bulk review's."""
    return (
        isinstance(row["kind"], str)
        and row["kind"] != ChangeKind.BULK
        and {*map(type, _pick_lists(row))} == {list}
        and {*map(type, row["owners"])} <= {str}
        and _is_people_list(row["contributors"])
        and all(map(_is_act, row["acts"]))
    )


def _is_act(act: Mapping[str, Any]) -> bool:
    people = act["people"]
    return (
        act.keys() == _ACT
        and isinstance(act["kind"], str)
        and type(people) is list
        and _is_people_list(people)
    )


def _is_people_list(people: Sequence[Mapping[str, Any]]) -> bool:
    return all([person.keys() == _PERSON for person in people])  # noqa: C419 - most are one, and this is faster


def _is_answer_matching(row: Row, answer: Row, entry: LedgerEntry) -> bool:
    decision = Decision(answer["decision"])
    acknowledges = decision is Decision.ACKNOWLEDGE
    kind = EntryType.REVIEW_ACKNOWLEDGED if acknowledges else EntryType.REVIEW_CHANGES_REQUESTED
    return (
        entry["type"] == kind
        and entry.keys() - _UNCOMPARED == _ANSWERED
        and row["id"] == entry["review_id"]
        and _pick_of_review(row) == _pick_of_review(entry)
        and _pick_of_answer(answer) == _pick_of_answer(entry)
        and entry["statement"] == (STATEMENT if acknowledges else None)
        and format_moment(answer["at"]) == entry["at"]
        and isinstance(answer["identity"], str)
        and _is_same_reviewer(answer["reviewer"], entry["reviewer"])
        and isinstance(answer["proof"], dict)
        and answer["proof"] == entry.get("proof", {})
        and isinstance(answer["owner"], str | None)
        and (answer["owner"] or None) == entry.get("owner")
        and answer["stand_in_for"] is None
        and _pick_bytes(answer) == tuple(map(entry.get, _OF_BYTES))
        and answer["withdrawn_at"] is None
        and answer["revision"] == row["revision"]
    )


def _is_same_reviewer(reviewer: Mapping[str, Any], recorded: Mapping[str, Any]) -> bool:
    """Compare reviewers; a row may leave out unset members, and an entry an empty proof."""
    members = {**_EMPTY_PERSON, **reviewer}
    proven_by = members.pop("proven_by", {})
    if proven_by:
        members["proven_by"] = proven_by
    return isinstance(proven_by, dict) and members == recorded and members.keys() - {"proven_by"} == _REVIEWER


def _is_index_matching(
    row: Row, answer: Row | None, covered: LedgerEntry, index: set[tuple[str, str]]
) -> bool:
    """Return whether state, columns for lists and index match the review and its answer."""
    marks = {format_mark(MarkKind.ROUTE, row["route"]), *list_entry_marks(covered)}
    derived_columns: tuple[Any, ...] = (None, None, None)
    state = ReviewState.OPEN
    if answer is None:
        marks.add(format_mark(MarkKind.WAITING_ROUTE, row["route"]))
        marks.update(format_mark(MarkKind.WAITING_OWNER, owner) for owner in row["owners"])
    else:
        state = Decision(answer["decision"]).outcome
        took = max(int((answer["at"] - row["opened_at"]).total_seconds()), 0)
        derived_columns = (answer["at"], answer["late"], took)
        if email := answer["reviewer"].get("email"):
            marks.add(format_mark(MarkKind.ANSWERED_BY, email))
    kind = row["kind"]
    return (
        row["state"] == state
        and (row["required"] == 1 or state is not ReviewState.ACKNOWLEDGED)
        and _pick_derived_columns(row) == derived_columns
        and row["marks"] == [kind, *sorted(marks)]
        and index == {(kind, mark) for mark in marks}
    )
