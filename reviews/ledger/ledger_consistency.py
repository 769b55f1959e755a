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
    NOT_SAID,
    Said,
    entries_of,
    find_differences,
    group_by_type,
    lone_finding,
    say_last,
)
from reviews.quorum import standing, state_with
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.ledger.findings import Finding
    from reviews.ledger.member_checks import EntriesByType
    from reviews.model import Review
    from reviews.ports.reviews import Entry

_COVERS = frozenset({EntryType.REVIEW_OPENED, EntryType.REVIEW_REVISED})
# What later entries say of a review instead of the one that opened or revised it.
_ADDRESS = ("link", "folders")
_LABELS = ("title", "path", "title_before", "path_before", "moved_to", *_ADDRESS)
_AMENDS = {
    EntryType.REVIEW_RELABELLED: _LABELS,
    EntryType.REVIEW_RELINKED: _ADDRESS,
    EntryType.REVIEW_REASSIGNED: ("owners",),
}
_BY_FILES = frozenset({EntryType.REVIEW_JOINED, EntryType.REVIEW_FILE_REVISED, EntryType.REVIEW_TAKEN_OUT})
"""What brings a bulk review to its next revision."""
_LEFT_OUT = ("seen_late", "happened_at")
"""Members that an entry leaves out where there is nothing to say."""
_COLUMNS = {"at": "changed_at"}
"""What the database calls a member by another name."""

Pair = tuple[str, Said, Any]
"""A member, what the ledger says of it, and what the database does."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Where a review and its entries say different things, and the members of which one side says nothing."""

    findings: tuple[Finding, ...]
    unsaid: frozenset[str] = frozenset()


def compare_review(review: Review, entries: Sequence[Entry], files: Sequence[BulkFile] = ()) -> Agreement:
    """Hold a review with its answers, and a bulk review with its files, against its entries, in order.

    Entries and rows of earlier versions lack members of today: those are named in `unsaid`.
    """
    amount, by_type = _amount_to(entries), group_by_type(entries)
    if not amount.values:
        says = f"no entry says that review {show_id(review.id)} was opened"
        return Agreement(findings=(lone_finding(review.id, says),))
    if removed := entries_of(by_type, EntryType.REVIEW_REMOVED):
        says = f"review {show_id(review.id)} is there, which entry {removed[-1]['seq']} says was removed"
        return Agreement(findings=(lone_finding(review.id, says),))
    found = _values(review)
    passed_on, nameless = _pair_names(review, by_type)
    pairs = [(name, amount.say(name), found[name]) for name in amount.find_others(found)]
    pairs += [*_pair_times(review, by_type), *passed_on, _pair_states(review, by_type)]
    findings = [
        difference
        for name, said, value in pairs
        if said.value != value
        for difference in find_differences(review.id, _COLUMNS.get(name, name), said, value)
    ]
    findings += compare_answers(review, by_type)
    findings += compare_files(review, files, entries)
    return Agreement(findings=tuple(findings), unsaid=nameless | (found.keys() - amount.values.keys()))


@dataclass(kw_only=True)
class _Amount:
    """What entries amount to: each value, and which entry says it, where not the one that covered it last."""

    values: dict[str, Any] = field(default_factory=dict)
    covered_by: int | None = None
    amended_by: dict[str, int] = field(default_factory=dict)

    def say(self, name: str) -> Said:
        return Said(self.values[name], self.amended_by.get(name, self.covered_by))

    def amend(self, values: Mapping[str, Any], seq: int) -> None:
        self.values |= values
        self.amended_by |= dict.fromkeys(values, seq)

    def find_others(self, found: Mapping[str, Any]) -> list[str]:
        """Return of which members another value was found than is said; mostly that is none."""
        if found.items() <= self.values.items():
            return []
        return [name for name, value in found.items() if self.values.get(name, value) != value]


def _amount_to(entries: Sequence[Entry]) -> _Amount:
    """Return what the entries amount to: the last one that opened or revised it, as amended since."""
    amount = _Amount()
    for entry in entries:
        kind, seq = entry.get("type", ""), entry["seq"]
        if kind in _COVERS:
            amount = _Amount(values={**dict.fromkeys(_LEFT_OUT), **entry}, covered_by=seq)
        if kind in _BY_FILES:
            whole = {"at": entry.get("at"), "revision": entry.get("revision")}
            amount.amend({**whole, **(entry.get("review") or {})}, seq)
        for name in _AMENDS.get(kind, ()):
            amount.values.pop(name, None)
            if name in entry:
                amount.amend({name: entry[name]}, seq)
    return amount


def _values(review: Review) -> dict[str, Any]:
    """Return what an entry that covered the review as it is now would say."""
    said = {**dict.fromkeys(_LEFT_OUT), **ledger_entries.revised(review, [])}
    del said["type"], said["events"]
    return said


def _pair_times(review: Review, entries: EntriesByType) -> list[Pair]:
    """Return what other entries say: when it was opened, what the clock did, and what came after it."""
    opened = entries_of(entries, EntryType.REVIEW_OPENED)
    begun = Said(opened[0].get("at"), opened[0]["seq"]) if opened else NOT_SAID
    reminded = entries_of(entries, EntryType.REVIEW_REMINDED)
    reminders = Said(len(reminded), reminded[-1]["seq"] if reminded else None)
    superseded = say_last(entries, EntryType.REVIEW_SUPERSEDED, "by")
    absorbed = say_last(entries, EntryType.REVIEW_ABSORBED, "by")
    return [
        ("opened_at", begun, ledger_entries.moment(review.opened_at)),
        ("reminders", reminders, review.reminders),
        (
            "lapsed_at",
            say_last(entries, EntryType.REVIEW_LAPSED, "at"),
            ledger_entries.moment(review.lapsed_at),
        ),
        ("superseded_by", superseded if superseded.entry else absorbed, review.superseded_by),
        (
            "snoozed_until",
            say_last(entries, EntryType.REVIEW_SNOOZED, "until"),
            ledger_entries.moment(review.snoozed_until),
        ),
    ]


def _pair_names(review: Review, entries: EntriesByType) -> tuple[list[Pair], frozenset[str]]:
    """Return what is said of who put the review off and who passed it on.

    Rows of versions before 0.2 name neither: which of the two is missing is returned beside.
    """
    snoozed = say_last(entries, EntryType.REVIEW_SNOOZED, "by")
    by = Said(_name(snoozed.value) if snoozed.entry else "", snoozed.entry)
    handed = _pair_handover(review, entries)
    pairs: list[Pair] = [("snoozed_by", by, review.snoozed_by), handed]
    empty = {name for name, said, value in pairs if said.entry is not None and not value}
    return [pair for pair in pairs if pair[0] not in empty], frozenset(empty)


def _pair_handover(review: Review, entries: EntriesByType) -> Pair:
    reassigned = entries_of(entries, EntryType.REVIEW_REASSIGNED)
    said = NOT_SAID
    if reassigned:
        last = reassigned[-1]
        value = {"by": _name(last.get("by")), "to": _name(last.get("to")), "at": last.get("at")}
        said = Said(value, last["seq"])
    handed = review.handed_over
    found = handed and {"by": handed.by, "to": handed.to, "at": ledger_entries.moment(handed.at)}
    return "handed_over", said, found


def _pair_states(review: Review, entries: EntriesByType) -> Pair:
    """Return the state that the answers amount to; the answers are held against the ledger themselves."""
    absorbed = entries_of(entries, EntryType.REVIEW_ABSORBED)
    if absorbed:
        return "state", Said(ReviewState.REPLACED.value, absorbed[-1]["seq"]), review.state.value
    given = standing(review)
    outcome = state_with(review, given) if given else ReviewState.OPEN
    return "state", Said(outcome.value), review.state.value


def _name(who: Any) -> str:
    """Return the name of somebody in an entry as the review's row has it."""
    return plain(str(who.get("name", ""))) if isinstance(who, dict) else ""
