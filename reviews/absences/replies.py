"""What a person learns of their absences, before a chat or the page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.absences.planned_absences import PlannedAbsence


@dataclass(frozen=True, kw_only=True)
class AbsenceReply:
    """A sentence for everyone who reads the answer, and what only the person should read.

    `planned` is what they might want to cancel; the chat or page says how.
    """

    sentence: str
    lines: tuple[str, ...] = ()
    planned: tuple[PlannedAbsence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AbsenceState:
    """Whether a person is away: the sentences to them."""

    current: str = ""
    planned: tuple[PlannedAbsence, ...] = ()
    duties: tuple[str, ...] = ()
    """For whom they stand in."""
