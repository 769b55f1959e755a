"""Absences that have not begun: how they are shown, and what of them a person cancels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.absences import wording
from reviews.absences.intervals import Span, list_stretches, subtract
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
_SHORTEST_CANCELLED = timedelta(hours=1)
"""A shorter time, such as 14:30, can only mean the absence that begins then."""


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """What a person cancels: the absence of a number, a time such as a day, or the only one.

    The absences that begin in `span` are meant as a whole; if none does, this time of all of them.
    """

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


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """What is cancelled of one absence, and what is left of it."""

    absence: Absence
    span: Span

    @property
    def rest(self) -> list[Absence]:
        return subtract(self.absence, self.span)


def describe_planned(
    work: UnitOfWork, absence: Absence, absences: Sequence[Absence], zone: ZoneInfo, *, now: datetime
) -> PlannedAbsence:
    """Return a planned absence in words, with who stands in by all `absences` of the person."""
    local = absence.starts_at.astimezone(zone)
    stretches = list_stretches(absences, since=absence.starts_at, until=absence.end)
    return PlannedAbsence(
        id=absence.id,
        sentence=wording.describe_stretches(work, stretches, zone, now=now),
        beginning=f"{local:%Y-%m-%d %H:%M}".removesuffix(" 00:00"),
        is_cancellable=absence.source in DECLARED_SOURCES,
    )


def require_cancelled(
    cancellation: Cancellation, absences: Sequence[Absence], *, now: datetime
) -> list[Cancelled]:
    """Return what is cancelled of a person's absences that have not ended; raise `Refused` for nothing."""
    planned = [each for each in absences if each.starts_at > now]
    if cancellation.absence_id is not None:
        return [_cancel_whole(_require_number(planned, cancellation.absence_id))]
    if cancellation.span is not None:
        return _require_in_span(absences, cancellation.span, now=now)
    declared = [each for each in planned if each.source in DECLARED_SOURCES]
    if not planned:
        sentence = _("No absence is planned, so nothing was cancelled.")
    elif not declared:
        sentence = wording.explain_calendar()
    elif len(absences) > 1:
        sentence = _(
            "Nothing was cancelled. Say which planned absence you mean by the day on which it begins."
        )
    else:
        return [_cancel_whole(declared[0])]
    raise Refused(RefusalReason.NOTHING_TO_DO, sentence)


def _require_in_span(absences: Sequence[Absence], span: Span, *, now: datetime) -> list[Cancelled]:
    """Return the absences that begin in a time, else what all of them have of it."""
    declared = [each for each in absences if each.source in DECLARED_SOURCES]
    beginning = [
        each for each in declared if each.starts_at > now and span.start <= each.starts_at < span.end
    ]
    if beginning:
        return [_cancel_whole(each) for each in beginning]
    coming = Span(start=max(span.start, now), end=span.end)
    parts = [(each, coming.intersect(Span(start=each.starts_at, end=each.end))) for each in absences]
    in_span = [Cancelled(absence=each, span=part) for each, part in parts if part is not None]
    cancelled = [each for each in in_span if each.absence in declared]
    if not in_span:
        sentence = _("No absence is planned for that time, so nothing was cancelled.")
    elif not cancelled:
        sentence = wording.explain_calendar()
    elif span.end - span.start < _SHORTEST_CANCELLED:
        sentence = _("No absence begins at that time, so nothing was cancelled. Name the day instead.")
    else:
        return cancelled
    raise Refused(RefusalReason.NOTHING_TO_DO, sentence)


def _cancel_whole(absence: Absence) -> Cancelled:
    return Cancelled(absence=absence, span=Span(start=absence.starts_at, end=absence.end))


def _require_number(planned: Sequence[Absence], absence_id: int) -> Absence:
    absence = next((each for each in planned if each.id == absence_id), None)
    if absence is None:
        sentence = _("This absence is no longer planned: it has begun, or it was cancelled before.")
        raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
    if absence.source not in DECLARED_SOURCES:
        raise Refused(RefusalReason.NOTHING_TO_DO, wording.explain_calendar())
    return absence
