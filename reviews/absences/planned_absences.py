"""Absences that have not begun: how they are shown, and which of them a person means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.absences import wording
from reviews.absences.stand_in_choice import Span
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.ports.absences import AbsenceSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.identity import ProvenPerson
    from reviews.ports.absences import Absence
    from reviews.ports.unit_of_work import UnitOfWork

DECLARED_SOURCES = frozenset({AbsenceSource.CHAT, AbsenceSource.PAGE})
"""An absence from one of these is changed and cancelled here, one of a calendar only there."""


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """Which planned absence a person cancels: that of a number, of a time such as a day, or the only one."""

    person: ProvenPerson
    absence_id: int | None = None
    span: Span | None = None
    request_name: str = ""
    """The name of the request, as in `reviews.repeated_requests`; empty on a page."""


@dataclass(frozen=True, kw_only=True)
class PlannedAbsence:
    """An absence that has not begun, in one sentence to the person.

    `beginning` is its first day in the person's zone, as it may be typed: `2026-12-24`, with the time if that
    is not midnight.
    """

    id: int
    sentence: str
    beginning: str
    is_cancellable: bool


def describe_planned(work: UnitOfWork, absence: Absence, zone: ZoneInfo, *, now: datetime) -> PlannedAbsence:
    local = absence.starts_at.astimezone(zone)
    return PlannedAbsence(
        id=absence.id,
        sentence=wording.describe_absence(work, absence, zone, now=now),
        beginning=f"{local:%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
        is_cancellable=absence.source in DECLARED_SOURCES,
    )


def require_planned(cancellation: Cancellation, absences: Sequence[Absence], *, now: datetime) -> Absence:
    """Return which of a person's absences that have not ended is meant; raise `Refused` if none can be."""
    planned = [each for each in absences if each.starts_at > now]
    if cancellation.absence_id is not None:
        return _require_number(planned, cancellation.absence_id)
    selected = _select_by_time(planned, cancellation.span) if cancellation.span else planned
    declared = [each for each in selected if each.source in DECLARED_SOURCES]
    if not planned:
        sentence = _("No absence is planned, so nothing was cancelled.")
    elif not selected:
        sentence = _("No absence is planned for that time, so nothing was cancelled.")
    elif not declared:
        sentence = wording.explain_calendar()
    elif len(declared) > 1 or (cancellation.span is None and len(absences) > 1):
        sentence = _(
            "Nothing was cancelled. Say which planned absence you mean by the day on which it begins."
        )
    else:
        return declared[0]
    raise Refused(RefusalReason.NOTHING_TO_DO, sentence)


def _require_number(planned: Sequence[Absence], absence_id: int) -> Absence:
    absence = next((each for each in planned if each.id == absence_id), None)
    if absence is None:
        sentence = _("This absence is no longer planned: it has begun, or it was cancelled before.")
        raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
    if absence.source not in DECLARED_SOURCES:
        raise Refused(RefusalReason.NOTHING_TO_DO, wording.explain_calendar())
    return absence


def _select_by_time(planned: Sequence[Absence], span: Span) -> list[Absence]:
    """Return the absences that begin within a time; if none does, those that include some of it."""
    beginning = [each for each in planned if span.start <= each.starts_at < span.end]
    return beginning or [each for each in planned if span.intersect(Span(start=each.starts_at, end=each.end))]
