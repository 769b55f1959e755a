"""The days after which checkpoints and timestamps of a pack are named: what has to be true of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.evidence.signed_notes import NoteError, parse_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.evidence.signed_notes import VerifierKey

    CheckpointIdentity = tuple[str, frozenset[tuple[str, bytes]]]

_DAY = timedelta(days=1)


@dataclass
class DayOrder:
    """Days in order, each with its checkpoint: a ledger has no fewer entries on a later one.

    A checkpoint is of one day alone: without a new one, no later day has any, nor a timestamp.
    """

    _day: date = date.min
    _size: int = 0
    _days: dict[CheckpointIdentity, date] = field(default_factory=dict)
    """Those of the checkpoints of this size: others can't come again."""

    def add_day(self, day: date, size: int, checkpoint: CheckpointIdentity) -> None:
        """Take the next day's checkpoint, or raise `NoteError` if it is too small, or that of another day."""
        if size < self._size:
            raise NoteError(f"it has {size:,} entries, fewer than the {self._size:,} of {self._day}")
        if size > self._size:
            self._days.clear()
        if checkpoint in self._days:
            raise NoteError(f"it is the checkpoint of {self._days[checkpoint]}, which is of one day alone")
        self._day, self._size, self._days[checkpoint] = day, size, day


def identify_checkpoint(note: str, keys: Iterable[VerifierKey]) -> CheckpointIdentity:
    """Return the text of a checkpoint, and which of the ledger's keys have signed it.

    A new key signs the last checkpoint anew. Signatures of other keys don't count: anyone can add one.
    """
    key_ids, parsed = {(key.name, key.key_id) for key in keys}, parse_note(note)
    return parsed.text, frozenset({(each.name, each.key_id) for each in parsed.signatures} & key_ids)


def require_day(time: datetime, day: date) -> None:
    """Raise `NoteError` unless a timestamp is of a day, by a clock that is wrong by less than one."""
    if abs(time.astimezone(UTC).date() - day) > _DAY:
        raise NoteError(f"it states {time:%Y-%m-%d %H:%M} UTC, which is not within a day of its name")


def list_days(since: datetime, until: datetime) -> tuple[date, date]:
    """Return the first and the last day (UTC) of a period, whose end is exclusive."""
    last = until - timedelta(microseconds=1)
    return since.astimezone(UTC).date(), last.astimezone(UTC).date()


def find_day_outside(days: Sequence[date], *, since: datetime, until: datetime) -> date | None:
    """Return the first of some days in order that is not in a period, nor the first one after it."""
    first, last = list_days(since, until)
    outside = [*(day for day in days if day < first), *[day for day in days if day > last][1:]]
    return next(iter(outside), None)
