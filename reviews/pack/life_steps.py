"""What each type of ledger entry changes in the life of a review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.bulk import BULK_ID_PREFIX
from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.unanswered_revisions import JOINED_BULK_REVIEW, TAKEN_OUT
from reviews.pack.entry_members import (
    DECISIONS,
    read_answer,
    read_contributors,
    read_count,
    read_opened,
    read_required,
    read_texts,
    read_time,
)
from reviews.pack.review_life import RecordedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.pack.review_life import ReviewLife
    from reviews.ports.ledger import LedgerEntry

_CONTINUED_ELSEWHERE = frozenset({JOINED_BULK_REVIEW, TAKEN_OUT})
"""Causes with which the same content went on to another review: no revision was left without an answer."""


def add_entry(life: ReviewLife, entry: LedgerEntry) -> None:
    """Go on with the next entry of a review; a type that changes nothing in a pack only counts."""
    life.entries.append(read_count(entry.get("seq")) or 0)
    _note_unanswered(life, entry)
    step = _STEPS.get(read_text(entry, "type"))
    if step is not None:
        step(life, entry)
        life.update_state()


def _note_unanswered(life: ReviewLife, entry: LedgerEntry) -> None:
    unanswered = entry.get("unanswered")
    if isinstance(unanswered, dict) and read_text(unanswered, "cause") not in _CONTINUED_ELSEWHERE:
        life.ended_unanswered.add(read_count(unanswered.get("revision")) or 0)


def _set_content(life: ReviewLife, entry: LedgerEntry) -> None:
    """Take what an entry says that opens or revises the whole review."""
    life.file_id = read_text(entry, "file_id")
    life.kind = read_text(entry, "kind")
    _relabel(life, entry)
    life.revision = read_count(entry.get("revision")) or life.revision
    life.version = read_count(entry.get("version_to"))
    life.owners = read_texts(entry.get("owners"))
    life.contributors = read_contributors(entry.get("contributors"))
    life.due_at = read_time(entry.get("due_at"))
    life.required = read_required(entry)
    life.gone.clear()


def _relabel(life: ReviewLife, entry: LedgerEntry) -> None:
    """Take the name and the place; entries of early releases have no place."""
    life.title = read_text(entry, "title")
    life.path = read_text(entry, "path") if "path" in entry else life.path


def _update_bulk(life: ReviewLife, entry: LedgerEntry) -> None:
    """Take what changes of a bulk review when a file joins, changes or leaves."""
    life.revision = read_count(entry.get("revision")) or life.revision
    life.gone.discard(read_text(entry, "file_id"))
    amended = entry.get("review")
    if not isinstance(amended, dict):
        return
    life.title = read_text(amended, "title") if "title" in amended else life.title
    life.path = read_text(amended, "path") if "path" in amended else life.path
    if "contributors" in amended:
        life.contributors = read_contributors(amended["contributors"])
    if "required" in amended:
        life.required = read_required(amended)


def _join(life: ReviewLife, entry: LedgerEntry) -> None:
    life.files.add(read_text(entry, "file_id"))
    _update_bulk(life, entry)


def _take_out(life: ReviewLife, entry: LedgerEntry) -> None:
    life.files.discard(read_text(entry, "file_id"))
    _update_bulk(life, entry)


def _reassign(life: ReviewLife, entry: LedgerEntry) -> None:
    life.owners = read_texts(entry.get("owners"))


def _record_answer(life: ReviewLife, entry: LedgerEntry) -> None:
    answer = read_answer(entry, decision=DECISIONS[read_text(entry, "type")])
    if answer is not None:
        life.recorded.append(
            RecordedAnswer(
                answer=answer,
                entry=life.entries[-1],
                reviewer=entry.get("reviewer"),
                opened=read_opened(entry),
                absent=read_text(entry, "stand_in_for", "name"),
            )
        )


def _withdraw(life: ReviewLife, entry: LedgerEntry) -> None:
    """Mark the answer of this reviewer, as two may have answered at one moment; else the one of that time."""
    answered_at = read_time(entry.get("answered_at"))
    standing = [
        each for each in life.recorded if each.answer.at == answered_at and each.answer.withdrawn_at is None
    ]
    own = [each for each in standing if each.reviewer == entry.get("reviewer")]
    for each in (own or standing)[:1]:
        each.answer = replace(each.answer, withdrawn_at=read_time(entry.get("at")) or answered_at)


def _carry(life: ReviewLife, _entry: LedgerEntry) -> None:
    life.carried = True


def _absorb(life: ReviewLife, entry: LedgerEntry) -> None:
    life.absorbed = True
    life.superseded_by = life.superseded_by or read_text(entry, "by") or None


def _supersede(life: ReviewLife, entry: LedgerEntry) -> None:
    life.superseded_by = read_text(entry, "by") or None


def _lapse(life: ReviewLife, entry: LedgerEntry) -> None:
    life.lapsed_at = read_time(entry.get("at"))
    life.lapsed_step = read_text(entry, "step")


def _escalate(life: ReviewLife, _entry: LedgerEntry) -> None:
    life.escalations += 1


def _follow_up(life: ReviewLife, _entry: LedgerEntry) -> None:
    life.follow_ups += 1


def _remove(life: ReviewLife, entry: LedgerEntry) -> None:
    life.removed_at = read_time(entry.get("at"))


def _lose_document(life: ReviewLife, entry: LedgerEntry) -> None:
    life.gone.add(_name_lost(entry))


def _find_document(life: ReviewLife, entry: LedgerEntry) -> None:
    if life.file_id.startswith(BULK_ID_PREFIX):
        life.gone.discard(_name_lost(entry))
    else:
        life.gone.clear()
    if not life.gone:
        life.ended_unanswered.discard(life.revision)


def _give_up(life: ReviewLife, entry: LedgerEntry) -> None:
    life.given_up[_name_delivery(entry)] += 1


def _recover(life: ReviewLife, entry: LedgerEntry) -> None:
    del life.given_up[_name_delivery(entry)]


def _name_lost(entry: LedgerEntry) -> str:
    """Return the id of the folder with which documents went, or of the document itself."""
    return read_text(entry, "with_folder", "file_id") or read_text(entry, "file_id")


def _name_delivery(entry: LedgerEntry) -> tuple[str, ...]:
    return tuple(read_text(entry, name) for name in ("notifier", "target", "what"))


_STEPS: Mapping[str, Callable[[ReviewLife, LedgerEntry], None]] = {
    EntryType.REVIEW_OPENED: _set_content,
    EntryType.REVIEW_REVISED: _set_content,
    EntryType.REVIEW_RELABELLED: _relabel,
    EntryType.REVIEW_JOINED: _join,
    EntryType.REVIEW_FILE_REVISED: _update_bulk,
    EntryType.REVIEW_TAKEN_OUT: _take_out,
    EntryType.REVIEW_REASSIGNED: _reassign,
    EntryType.REVIEW_ACKNOWLEDGED: _record_answer,
    EntryType.REVIEW_CHANGES_REQUESTED: _record_answer,
    EntryType.REVIEW_WITHDRAWN: _withdraw,
    EntryType.REVIEW_CARRIED: _carry,
    EntryType.REVIEW_ABSORBED: _absorb,
    EntryType.REVIEW_SUPERSEDED: _supersede,
    EntryType.REVIEW_ESCALATED: _escalate,
    EntryType.REVIEW_LAPSED: _lapse,
    EntryType.REVIEW_FOLLOWED_UP: _follow_up,
    EntryType.REVIEW_REMOVED: _remove,
    EntryType.REVIEW_DOCUMENT_GONE: _lose_document,
    EntryType.REVIEW_DOCUMENT_BACK: _find_document,
    EntryType.DELIVERY_GIVEN_UP: _give_up,
    EntryType.DELIVERY_RECOVERED: _recover,
}
"""What each type of entry changes; the others change nothing that a pack says."""
