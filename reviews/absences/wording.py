"""What people are told of their absences, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.absences.local_times import format_local_time
from reviews.language import _, format_number, join_with_and, ngettext
from reviews.people.answerers import name_people
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.ports.absences import Absence
    from reviews.ports.unit_of_work import UnitOfWork


def describe_absence(work: UnitOfWork, absence: Absence, zone: ZoneInfo, *, now: datetime) -> str:
    """Return from when until when a person is away, and who stands in, as one sentence to them."""
    start = format_local_time(absence.starts_at, zone, now=now)
    end = format_local_time(absence.end, zone, now=now)
    if absence.stand_in is None:
        sentence = (
            _("You are away until {end}.")
            if absence.starts_at <= now
            else _("You will be away from {start} until {end}.")
        )
        return sentence.format(start=start, end=end)
    [name] = name_people(work, [absence.stand_in])
    sentence = (
        _("You are away until {end}; {name} stands in.")
        if absence.starts_at <= now
        else _("You will be away from {start} until {end}; {name} stands in.")
    )
    return sentence.format(start=start, end=end, name=name)


def describe_stand_in_duty(work: UnitOfWork, absence: Absence, zone: ZoneInfo, *, now: datetime) -> str:
    """Return for whom the reader stands in, and when."""
    [name] = name_people(work, [absence.person])
    end = format_local_time(absence.end, zone, now=now)
    if absence.starts_at <= now:
        return _("You stand in for {name} until {end}.").format(name=name, end=end)
    start = format_local_time(absence.starts_at, zone, now=now)
    return _("You will stand in for {name} from {start} until {end}.").format(name=name, start=start, end=end)


def describe_handed_over(count: int, *, is_capped: bool) -> str:
    """Return how many open reviews others answer now; `is_capped` if there may be more."""
    if is_capped:
        return _("More than {count} open reviews are handed over now.").format(count=format_number(count))
    if not count:
        return _("No open review has to be handed over now.")
    return ngettext(
        "{count} open review is handed over now.", "{count} open reviews are handed over now.", count
    ).format(count=format_number(count))


def describe_deputies(route: str, names: Sequence[str]) -> str:
    """Return who answers on a route for an owner without a named stand-in."""
    if not names:
        sentence = _(
            "On {route} no one can stand in for you: you will still be asked there. Name a stand-in to "
            "change that."
        )
        return sentence.format(route=clean_text(route))
    sentence = ngettext("On {route} {names} stands in.", "On {route} {names} stand in.", len(names))
    return sentence.format(route=clean_text(route), names=join_with_and(list(names)))


def explain_no_reviews() -> str:
    return _(
        "No review waits for you: no route names you, no open review was reassigned to you, and you stand in "
        "for no one. So there is nothing to hand over, and nothing was stored."
    )


def explain_not_away() -> str:
    return _("You are not away, so there is nothing to end.")


def welcome_back() -> str:
    return _("Welcome back. Your open reviews come back to you now.")


def confirm_cancellation() -> str:
    return _("Your planned absence is cancelled. Your reviews stay with you.")


def describe_cancelled(absence: Absence, zone: ZoneInfo, *, now: datetime) -> str:
    """Return which absence was cancelled."""
    start = format_local_time(absence.starts_at, zone, now=now)
    end = format_local_time(absence.end, zone, now=now)
    return _("It would have been from {start} until {end}.").format(start=start, end=end)


def explain_calendar() -> str:
    return _("This absence is in the calendar, and can be cancelled only there.")
