"""Whether a review says what the record says of it: who can change the one may have forgotten the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.ledger.answer_checks import compare_answers
from reviews.ledger.file_checks import compare_files
from reviews.ledger.findings import show_id
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_checks import (
    NO_ENTRY_VALUE,
    EntryValue,
    build_finding,
    find_differences,
    find_last_value,
    get_entries,
    group_by_type,
)
from reviews.quorum import derive_state, list_valid_answers
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.ledger.findings import LedgerFinding
    from reviews.ledger.member_checks import EntriesByType
    from reviews.model import Review
    from reviews.ports.reviews import LedgerEntry

_COVERING_TYPES = frozenset({EntryType.REVIEW_OPENED, EntryType.REVIEW_REVISED})
# What later entries say of a review instead of the one that opened or revised it.
_ADDRESS_MEMBERS = ("link", "folders")
_LABEL_MEMBERS = ("title", "path", "title_before", "path_before", "moved_to", *_ADDRESS_MEMBERS)
_AMENDED_MEMBERS = {
    EntryType.REVIEW_RELABELLED: _LABEL_MEMBERS,
    EntryType.REVIEW_RELINKED: _ADDRESS_MEMBERS,
    EntryType.REVIEW_REASSIGNED: ("owners",),
}
_FILE_ENTRY_TYPES = frozenset(
    {EntryType.REVIEW_JOINED, EntryType.REVIEW_FILE_REVISED, EntryType.REVIEW_TAKEN_OUT}
)
"""What brings a bulk review to its next revision."""
_OPTIONAL_MEMBERS = ("seen_late", "happened_at")
"""Members that an entry leaves out where there is nothing to say."""
_COLUMN_BY_MEMBER = {"at": "changed_at"}
"""What the database calls a member by another name."""

ComparedMember = tuple[str, EntryValue, Any]
"""A member, what the ledger says of it, and what the database does."""


@dataclass(frozen=True, kw_only=True)
class ConsistencyResult:
    """Where a review and its entries say different things, and the members of which one side says nothing."""

    findings: tuple[LedgerFinding, ...]
    unsaid: frozenset[str] = frozenset()


def compare_review(
    review: Review, entries: Sequence[LedgerEntry], files: Sequence[BulkFile] = ()
) -> ConsistencyResult:
    """Hold a review with its answers, and a bulk review with its files, against its entries, in order.

    Entries and rows of earlier versions lack members of today: those are named in `unsaid`.
    """
    amount, by_type = _combine_entries(entries), group_by_type(entries)
    if not amount.values:
        says = f"no entry says that review {show_id(review.id)} was opened"
        return ConsistencyResult(findings=(build_finding(review.id, says),))
    if removed := get_entries(by_type, EntryType.REVIEW_REMOVED):
        says = f"review {show_id(review.id)} is there, which entry {removed[-1]['seq']} says was removed"
        return ConsistencyResult(findings=(build_finding(review.id, says),))
    found = _describe_review(review)
    passed_on, nameless = _pair_names(review, by_type)
    pairs = [(name, amount.get_value(name), found[name]) for name in amount.find_differing(found)]
    pairs += [*_pair_times(review, by_type), *passed_on, _pair_states(review, by_type)]
    findings = [
        difference
        for name, said, value in pairs
        if said.value != value
        for difference in find_differences(review.id, _COLUMN_BY_MEMBER.get(name, name), said, value)
    ]
    findings += compare_answers(review, by_type)
    findings += compare_files(review, files, entries)
    return ConsistencyResult(
        findings=tuple(findings), unsaid=nameless | (found.keys() - amount.values.keys())
    )


@dataclass(kw_only=True)
class _EntryState:
    """What entries amount to: each value, and which entry says it, where not the one that covered it last."""

    values: dict[str, Any] = field(default_factory=dict)
    covered_by: int | None = None
    amended_by: dict[str, int] = field(default_factory=dict)

    def get_value(self, name: str) -> EntryValue:
        return EntryValue(self.values[name], self.amended_by.get(name, self.covered_by))

    def amend(self, values: Mapping[str, Any], seq: int) -> None:
        self.values |= values
        self.amended_by |= dict.fromkeys(values, seq)

    def find_differing(self, found: Mapping[str, Any]) -> list[str]:
        """Return of which members another value was found than is said; mostly that is none."""
        if found.items() <= self.values.items():
            return []
        return [name for name, value in found.items() if self.values.get(name, value) != value]


def _combine_entries(entries: Sequence[LedgerEntry]) -> _EntryState:
    """Return what the entries amount to: the last one that opened or revised it, as amended since."""
    amount = _EntryState()
    for entry in entries:
        kind, seq = entry.get("type", ""), entry["seq"]
        if kind in _COVERING_TYPES:
            amount = _EntryState(values={**dict.fromkeys(_OPTIONAL_MEMBERS), **entry}, covered_by=seq)
        if kind in _FILE_ENTRY_TYPES:
            whole = {"at": entry.get("at"), "revision": entry.get("revision")}
            amount.amend({**whole, **(entry.get("review") or {})}, seq)
        for name in _AMENDED_MEMBERS.get(kind, ()):
            amount.values.pop(name, None)
            if name in entry:
                amount.amend({name: entry[name]}, seq)
    return amount


def _describe_review(review: Review) -> dict[str, Any]:
    """Return what an entry that covered the review as it is now would say."""
    said = {**dict.fromkeys(_OPTIONAL_MEMBERS), **ledger_entries.build_revised(review, [])}
    del said["type"], said["events"]
    return said


def _pair_times(review: Review, entries: EntriesByType) -> list[ComparedMember]:
    """Return what other entries say: when it was opened, what the clock did, and what came after it."""
    opened = get_entries(entries, EntryType.REVIEW_OPENED)
    begun = EntryValue(opened[0].get("at"), opened[0]["seq"]) if opened else NO_ENTRY_VALUE
    reminded = get_entries(entries, EntryType.REVIEW_REMINDED)
    reminders = EntryValue(len(reminded), reminded[-1]["seq"] if reminded else None)
    superseded = find_last_value(entries, EntryType.REVIEW_SUPERSEDED, "by")
    absorbed = find_last_value(entries, EntryType.REVIEW_ABSORBED, "by")
    return [
        ("opened_at", begun, ledger_entries.format_moment(review.opened_at)),
        ("reminders", reminders, review.reminders),
        (
            "lapsed_at",
            find_last_value(entries, EntryType.REVIEW_LAPSED, "at"),
            ledger_entries.format_moment(review.lapsed_at),
        ),
        ("superseded_by", superseded if superseded.entry else absorbed, review.superseded_by),
        (
            "snoozed_until",
            find_last_value(entries, EntryType.REVIEW_SNOOZED, "until"),
            ledger_entries.format_moment(review.snoozed_until),
        ),
    ]


def _pair_names(review: Review, entries: EntriesByType) -> tuple[list[ComparedMember], frozenset[str]]:
    """Return what is said of who put the review off and who passed it on.

    Rows of versions before 0.2 name neither: which of the two is missing is returned beside.
    """
    snoozed = find_last_value(entries, EntryType.REVIEW_SNOOZED, "by")
    by = EntryValue(_read_name(snoozed.value) if snoozed.entry else "", snoozed.entry)
    handed = _pair_handover(review, entries)
    pairs: list[ComparedMember] = [("snoozed_by", by, review.snoozed_by), handed]
    empty = {name for name, said, value in pairs if said.entry is not None and not value}
    return [pair for pair in pairs if pair[0] not in empty], frozenset(empty)


def _pair_handover(review: Review, entries: EntriesByType) -> ComparedMember:
    reassigned = get_entries(entries, EntryType.REVIEW_REASSIGNED)
    said = NO_ENTRY_VALUE
    if reassigned:
        last = reassigned[-1]
        value = {"by": _read_name(last.get("by")), "to": _read_name(last.get("to")), "at": last.get("at")}
        said = EntryValue(value, last["seq"])
    handed = review.handed_over
    found = handed and {"by": handed.by, "to": handed.to, "at": ledger_entries.format_moment(handed.at)}
    return "handed_over", said, found


def _pair_states(review: Review, entries: EntriesByType) -> ComparedMember:
    """Return the state that the answers amount to; the answers are held against the ledger themselves."""
    absorbed = get_entries(entries, EntryType.REVIEW_ABSORBED)
    if absorbed:
        return "state", EntryValue(ReviewState.REPLACED.value, absorbed[-1]["seq"]), review.state.value
    given = list_valid_answers(review)
    outcome = derive_state(review, given) if given else ReviewState.OPEN
    return "state", EntryValue(outcome.value), review.state.value


def _read_name(who: Any) -> str:
    """Return the name of somebody in an entry as the review's row has it."""
    return plain(str(who.get("name", ""))) if isinstance(who, dict) else ""
