"""What remains in the rows of a review, so that they say what its entries say once a person is erased.

A member that an entry of an earlier version names in clear stays: the entry can't be changed, and a row that
says otherwise would look forged.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.erasure.stored_values import erase_member
from reviews.kinds import StepAction
from reviews.ledger.absence_checks import list_recorded_stand_ins
from reviews.ledger.entry_values import read_absent
from reviews.ledger.file_checks import combine_file_values
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_consistency import combine_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.ports.ledger import LedgerEntry

_ANSWERS = frozenset({EntryType.REVIEW_ACKNOWLEDGED, EntryType.REVIEW_CHANGES_REQUESTED})
_STEPS: Mapping[str | None, EntryType] = {
    StepAction.REMIND: EntryType.REVIEW_REMINDED,
    StepAction.ESCALATE: EntryType.REVIEW_ESCALATED,
}
"""The entries that say whom a step asked: a lapse asks no one."""
_REVIEW_MEMBERS = ("contributors", "acts", "owners", "reassigned_to")
_FILE_MEMBERS = ("contributors", "acts")
_ANSWER_MEMBERS = ("reviewer", "proof", "note", "owner", "stand_in_for")
_PEOPLES_TEXTS = frozenset({"note"})


@dataclass(frozen=True, kw_only=True)
class RevealedEntries:
    """The entries of a review with what they commit to: as they are, and without the person."""

    before: Sequence[LedgerEntry]
    after: Sequence[LedgerEntry]


def find_review_changes(
    person: ErasedPerson, row: Mapping[str, Any], entries: RevealedEntries
) -> dict[str, Any]:
    """Return the columns of a review's row that change, with their new values."""
    step = row["last_step"] or {}
    before, after = (_describe(each, step.get("action")) for each in (entries.before, entries.after))
    return _find_changes(person, row, before, after)


def find_file_changes(
    person: ErasedPerson, rows: Sequence[Mapping[str, Any]], entries: RevealedEntries
) -> dict[str, dict[str, Any]]:
    """Return the same for the files of a bulk review, by the file's id."""
    before, after = combine_file_values(entries.before), combine_file_values(entries.after)
    changes = {}
    for row in rows:
        old, new = before.get(row["file_id"], {}), after.get(row["file_id"], {})
        pairs = [{name: each.get(name) for name in _FILE_MEMBERS} for each in (old, new)]
        if changed_values := _find_changes(person, row, *pairs):
            changes[row["file_id"]] = changed_values
    return changes


def find_answer_changes(
    person: ErasedPerson, rows: Sequence[Mapping[str, Any]], entries: RevealedEntries
) -> dict[int, dict[str, Any]]:
    """Return the same for the answers to a review, by their numbers; `rows` are in order.

    Answers and entries are in the same order. If some are missing, each answer is looked at alone.
    """
    before, after = _list_answers(entries.before), _list_answers(entries.after)
    changes = {}
    for position, row in enumerate(rows):
        if len(rows) == len(before):
            changed_values = _find_changes(person, row, before[position], after[position])
        else:
            erased = {
                name: erase_member(person, name, row[name], texts=_PEOPLES_TEXTS) for name in _ANSWER_MEMBERS
            }
            changed_values = {name: value for name, value in erased.items() if value != row[name]}
        if changed_values:
            changes[row["id"]] = changed_values
    return changes


def find_campaign_changes(
    person: ErasedPerson, row: Mapping[str, Any], *, before: LedgerEntry, after: LedgerEntry
) -> dict[str, Any]:
    """Return the columns of a campaign's row that change; the entry is the one that says it was started."""
    return _find_changes(person, row, _describe_campaign(before), _describe_campaign(after))


def _describe_campaign(started: LedgerEntry) -> dict[str, Any]:
    return {"people": started.get("owners"), "starter": started.get("by")}


def _find_changes(
    person: ErasedPerson, row: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: _choose(person, name, row[name], before=before[name], after=after[name])
        for name in before
        if before[name] != after[name] and row[name]
    }


def _choose(person: ErasedPerson, name: str, stored: Any, *, before: Any, after: Any) -> Any:
    """Return what the entries say now; a row that said something else before loses the person alone."""
    if stored == before:
        return after
    if isinstance(stored, dict) and isinstance(before, dict):
        # The row has members of its own, such as when a review was handed over; the person's are as said.
        new_values = {each: value for each, value in after.items() if before.get(each) != value}
        return {**erase_member(person, name, stored, texts=_PEOPLES_TEXTS), **new_values}
    return erase_member(person, name, stored, texts=_PEOPLES_TEXTS)


def _describe(entries: Sequence[LedgerEntry], step_action: str | None) -> dict[str, Any]:
    """Return what the entries say of people, by column; `step_action` is that of the row's last step."""
    values = combine_values(entries)
    snoozed = _find_last(entries, EntryType.REVIEW_SNOOZED)
    reassigned = _find_last(entries, EntryType.REVIEW_REASSIGNED)
    carried = _find_last(entries, EntryType.REVIEW_CARRIED)
    return {
        **{name: values.get(name) for name in _REVIEW_MEMBERS},
        "snoozer": snoozed.get("by"),
        "handed_over": {name: reassigned.get(name) for name in ("by", "to")},
        "last_step": {"whom": _find_last(entries, _STEPS.get(step_action)).get("whom")},
        "carried": {"people": carried.get("acknowledged_by")},
        "stand_ins": list_recorded_stand_ins(entries),
    }


def _list_answers(entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    answers = sorted((each for each in entries if each.get("type") in _ANSWERS), key=itemgetter("seq"))
    return [
        {**{name: each.get(name) for name in _ANSWER_MEMBERS}, "stand_in_for": read_absent(each)}
        for each in answers
    ]


def _find_last(entries: Sequence[LedgerEntry], kind: EntryType | None) -> LedgerEntry:
    return next((each for each in reversed(entries) if each.get("type") == kind), {})
