"""Consistency of a review with the ledger: an attacker who changes one may have forgotten the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.ledger.absence_checks import pair_stand_ins
from reviews.ledger.answer_checks import compare_answers
from reviews.ledger.file_checks import compare_files
from reviews.ledger.findings import show_id
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_comparison import (
    NO_ENTRY_VALUE,
    EntryValue,
    build_finding,
    find_differences,
    find_last_value,
    get_entries,
    group_by_type,
    pair_person,
)
from reviews.ledger.step_checks import pair_last_step
from reviews.quorum import derive_state, list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.ledger.findings import LedgerFinding
    from reviews.ledger.member_comparison import EntriesByType
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry

_COVERING_TYPES = frozenset({EntryType.REVIEW_OPENED, EntryType.REVIEW_REVISED})
# Members that later entries set instead of the one that opened or revised the review.
_ADDRESS_MEMBERS = ("link", "folders")
_LABEL_MEMBERS = ("title", "path", "title_before", "path_before", "moved_to", *_ADDRESS_MEMBERS)
_AMENDED_MEMBERS = {
    EntryType.REVIEW_RELABELLED: _LABEL_MEMBERS,
    EntryType.REVIEW_RELINKED: _ADDRESS_MEMBERS,
    EntryType.REVIEW_REASSIGNED: ("owners", "reassigned_to"),
}
_FILE_ENTRY_TYPES = frozenset(
    {EntryType.REVIEW_JOINED, EntryType.REVIEW_FILE_REVISED, EntryType.REVIEW_TAKEN_OUT}
)
"""Entry types that bring a bulk review to its next revision."""
_OPTIONAL_MEMBERS = ("seen_late", "happened_at", "campaign", "reassigned_to")
"""Members that an entry omits when empty."""
_COLUMN_BY_MEMBER = {"at": "changed_at"}
"""Members that the database names differently."""

ComparedMember = tuple[str, EntryValue, Any]
"""A member, its value in the ledger, and its value in the database."""


@dataclass(frozen=True, kw_only=True)
class ConsistencyResult:
    """Where a review and its entries differ, and the members that only one side has."""

    findings: tuple[LedgerFinding, ...]
    incomparable_members: frozenset[str] = frozenset()


def compare_review(
    review: Review, entries: Sequence[LedgerEntry], files: Sequence[BulkFile] = ()
) -> ConsistencyResult:
    """Compare a review, with its answers and a bulk review's files, with its entries, in order.

    Entries and rows of earlier versions lack members of today: those are `incomparable_members`.
    """
    state, by_type = _combine_entries(entries), group_by_type(entries)
    if not state.values:
        message = f"no entry says that review {show_id(review.id)} was opened"
        return ConsistencyResult(findings=(build_finding(review.id, message),))
    if removed := get_entries(by_type, EntryType.REVIEW_REMOVED):
        message = f"review {show_id(review.id)} is there, which entry {removed[-1]['seq']} says was removed"
        return ConsistencyResult(findings=(build_finding(review.id, message),))
    database_values = _describe_review(review)
    name_pairs, missing_names = _pair_names(review, by_type)
    pairs = [
        (name, state.get_value(name), database_values[name]) for name in state.find_differing(database_values)
    ]
    pairs += [*_pair_times(review, by_type), *name_pairs, _pair_states(review, by_type)]
    pairs.append(pair_stand_ins(review, entries))
    findings = [
        difference
        for name, entry_value, value in pairs
        if entry_value.value != value
        for difference in find_differences(review.id, _COLUMN_BY_MEMBER.get(name, name), entry_value, value)
    ]
    findings += compare_answers(review, by_type)
    findings += compare_files(review, files, entries)
    return ConsistencyResult(
        findings=tuple(findings),
        incomparable_members=missing_names | (database_values.keys() - state.values.keys()),
    )


def combine_values(entries: Sequence[LedgerEntry]) -> Mapping[str, Any]:
    """Return the values of a review that its entries lead to, by member."""
    return _combine_entries(entries).values


@dataclass(kw_only=True)
class _EntryState:
    """The combined values of entries; `amended_by` is the entry of a value later than `covered_by`."""

    values: dict[str, Any] = field(default_factory=dict)
    covered_by: int | None = None
    amended_by: dict[str, int] = field(default_factory=dict)

    def get_value(self, name: str) -> EntryValue:
        return EntryValue(self.values[name], self.amended_by.get(name, self.covered_by))

    def amend(self, values: Mapping[str, Any], seq: int) -> None:
        self.values |= values
        self.amended_by |= dict.fromkeys(values, seq)

    def find_differing(self, database_values: Mapping[str, Any]) -> list[str]:
        """Return the members whose values in `database_values` differ from the entries'; usually none."""
        if database_values.items() <= self.values.items():
            return []
        return [name for name, value in database_values.items() if self.values.get(name, value) != value]


def _combine_entries(entries: Sequence[LedgerEntry]) -> _EntryState:
    """Return the combined values of entries: the last one that opened or revised it, as amended since."""
    state = _EntryState()
    for entry in entries:
        kind, seq = entry.get("type", ""), entry["seq"]
        if kind in _COVERING_TYPES:
            state = _EntryState(values={**dict.fromkeys(_OPTIONAL_MEMBERS), **entry}, covered_by=seq)
        if kind in _FILE_ENTRY_TYPES:
            revision_values = {"at": entry.get("at"), "revision": entry.get("revision")}
            state.amend({**revision_values, **(entry.get("review") or {})}, seq)
        for name in _AMENDED_MEMBERS.get(kind, ()):
            state.values.pop(name, None)
            if name in entry:
                state.amend({name: entry[name]}, seq)
    return state


def _describe_review(review: Review) -> dict[str, Any]:
    """Return the members of an entry that would cover the review as it is now."""
    members = {**dict.fromkeys(_OPTIONAL_MEMBERS), **ledger_entries.build_revised(review, [])}
    del members["type"], members["events"]
    return members


def _pair_times(review: Review, entries: EntriesByType) -> list[ComparedMember]:
    """Return the members of other entries: when it was opened, its reminders, and what came after it."""
    opened = get_entries(entries, EntryType.REVIEW_OPENED)
    opened_at = EntryValue(opened[0].get("at"), opened[0]["seq"]) if opened else NO_ENTRY_VALUE
    reminders = _count_entries(entries, EntryType.REVIEW_REMINDED)
    superseded = find_last_value(entries, EntryType.REVIEW_SUPERSEDED, "by")
    absorbed = find_last_value(entries, EntryType.REVIEW_ABSORBED, "by")
    return [
        ("opened_at", opened_at, ledger_entries.format_moment(review.opened_at)),
        ("reminders", reminders, review.reminders),
        ("follow_ups", _count_entries(entries, EntryType.REVIEW_FOLLOWED_UP), review.follow_ups),
        (
            "closed_at",
            find_last_value(entries, EntryType.REVIEW_CLOSED, "at"),
            ledger_entries.format_moment(review.closed_at),
        ),
        (
            "lapsed_at",
            find_last_value(entries, EntryType.REVIEW_LAPSED, "at"),
            ledger_entries.format_moment(review.lapsed_at),
        ),
        _pair_carried(review, entries),
        ("superseded_by", superseded if superseded.entry else absorbed, review.superseded_by),
        (
            "snoozed_until",
            find_last_value(entries, EntryType.REVIEW_SNOOZED, "until"),
            ledger_entries.format_moment(review.snoozed_until),
        ),
    ]


def _count_entries(entries: EntriesByType, kind: EntryType) -> EntryValue:
    some = get_entries(entries, kind)
    return EntryValue(len(some), some[-1]["seq"] if some else None)


def _pair_carried(review: Review, entries: EntriesByType) -> ComparedMember:
    """Return the acknowledgement that still counts, as the entry and the row have it."""
    names = ("acknowledged_in", "acknowledged_version", "acknowledged_at", "at")
    recorded, carried = get_entries(entries, EntryType.REVIEW_CARRIED), review.carried
    people = list(carried.people) if carried else []
    recorded_people = _read_list(recorded[-1].get("acknowledged_by")) if recorded else []
    pairs = [pair_person(*pair) for pair in zip_longest(recorded_people, people)]
    entry_value = NO_ENTRY_VALUE
    if recorded:
        values = [recorded[-1].get(name) for name in names]
        entry_value = EntryValue([*values, [each for each, _ in pairs]], recorded[-1]["seq"])
    database_value = carried and [
        carried.review_id,
        carried.version,
        ledger_entries.format_moment(carried.acknowledged_at),
        ledger_entries.format_moment(carried.at),
        [each for _, each in pairs],
    ]
    return "carried", entry_value, database_value


def _read_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pair_names(review: Review, entries: EntriesByType) -> tuple[list[ComparedMember], frozenset[str]]:
    """Return the members for who snoozed the review, who reassigned it, and whom the last step asked.

    Rows of versions before 0.2 name none of them, and those before 0.4 no step: the missing ones are returned
    too.
    """
    snoozed = find_last_value(entries, EntryType.REVIEW_SNOOZED, "by")
    snoozer, database_snoozer = pair_person(snoozed.value, review.snoozed_by)
    pairs: list[ComparedMember] = [
        ("snoozed_by", EntryValue(snoozer, snoozed.entry), database_snoozer),
        _pair_reassignment(review, entries),
        pair_last_step(review, entries),
    ]
    empty = {name for name, entry_value, value in pairs if entry_value.entry is not None and not value}
    return [pair for pair in pairs if pair[0] not in empty], frozenset(empty)


def _pair_reassignment(review: Review, entries: EntriesByType) -> ComparedMember:
    reassigned, reassignment = get_entries(entries, EntryType.REVIEW_REASSIGNED), review.last_reassignment
    last = reassigned[-1] if reassigned else {}
    by, stored_by = pair_person(last.get("by"), reassignment.by if reassignment else None)
    to, stored_to = pair_person(last.get("to"), reassignment.to if reassignment else None)
    entry_value = NO_ENTRY_VALUE
    if reassigned:
        entry_value = EntryValue({"by": by, "to": to, "at": last.get("at")}, last["seq"])
    database_value = reassignment and {
        "by": stored_by,
        "to": stored_to,
        "at": ledger_entries.format_moment(reassignment.at),
    }
    return "handed_over", entry_value, database_value


def _pair_states(review: Review, entries: EntriesByType) -> ComparedMember:
    """Return the state that follows from the answers, which are compared with the ledger elsewhere."""
    absorbed = get_entries(entries, EntryType.REVIEW_ABSORBED)
    if absorbed:
        return "state", EntryValue(ReviewState.REPLACED.value, absorbed[-1]["seq"]), review.state.value
    carried = get_entries(entries, EntryType.REVIEW_CARRIED)
    if carried:
        return "state", EntryValue(ReviewState.CARRIED.value, carried[-1]["seq"]), review.state.value
    closed = get_entries(entries, EntryType.REVIEW_CLOSED)
    if closed:
        return "state", EntryValue(ReviewState.CLOSED.value, closed[-1]["seq"]), review.state.value
    answers = list_valid_answers(review)
    outcome = derive_state(review, answers) if answers else ReviewState.OPEN
    return "state", EntryValue(outcome.value), review.state.value
