"""What people are told of their absences, in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.absences.local_times import format_local_time
from reviews.language import _, format_number, join_with_and, ngettext
from reviews.people.answerers import name_people
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.absences.intervals import Span
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


def describe_stretches(
    work: UnitOfWork, stretches: Sequence[Absence], zone: ZoneInfo, *, now: datetime
) -> str:
    """Return when a person is away in a time without a gap, and who stands in when, in sentences to them."""
    first, last = stretches[0], stretches[-1]
    if len(stretches) == 1:
        return describe_absence(work, first, zone, now=now)
    whole = describe_absence(work, replace(first, ends_at=last.end, stand_in=None), zone, now=now)
    return " ".join([whole, *(describe_stretch(work, each, zone, now=now) for each in stretches)])


def describe_stretch(work: UnitOfWork, stretch: Absence, zone: ZoneInfo, *, now: datetime) -> str:
    """Return who stands in for the reader in a part of their absence."""
    start = format_local_time(stretch.starts_at, zone, now=now)
    end = format_local_time(stretch.end, zone, now=now)
    is_current = stretch.starts_at <= now
    if stretch.stand_in is None:
        sentence = (
            _("Until {end} the deputies stand in.")
            if is_current
            else _("From {start} until {end} the deputies stand in.")
        )
        return sentence.format(start=start, end=end)
    [name] = name_people(work, [stretch.stand_in])
    sentence = (
        _("Until {end} {name} stands in.") if is_current else _("From {start} until {end} {name} stands in.")
    )
    return sentence.format(start=start, end=end, name=name)


def describe_added(work: UnitOfWork, absence: Absence, zone: ZoneInfo, *, now: datetime) -> str:
    """Return a present absence in words, whose person has said before that they are away for longer."""
    end = format_local_time(absence.end, zone, now=now)
    if absence.stand_in is None:
        return _("You are away at least until {end}.").format(end=end)
    [name] = name_people(work, [absence.stand_in])
    return _("You are away at least until {end}; {name} stands in until then.").format(end=end, name=name)


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


def announce_planned() -> str:
    return _("What you have planned for later stays.")


def confirm_cancellation(*, is_whole: bool, is_covered: bool) -> str:
    """Return that an absence, or a time of it, was cancelled; `is_covered` if another one has it too."""
    if is_covered:
        return _("This is cancelled. Another absence of yours has some of that time too, and stays.")
    if is_whole:
        return _("Your planned absence is cancelled. Your reviews stay with you.")
    return _("You are not away at that time any more. The rest of your absence stays.")


def describe_cancelled(span: Span, zone: ZoneInfo, *, now: datetime) -> str:
    """Return which time of an absence was cancelled."""
    start = format_local_time(span.start, zone, now=now)
    end = format_local_time(span.end, zone, now=now)
    return _("You would have been away from {start} until {end}.").format(start=start, end=end)


def explain_limit(count: int) -> str:
    sentence = _("You have {count} absences that are not over. Cancel one of them first.")
    return sentence.format(count=count)


def explain_calendar() -> str:
    return _("This absence is in the calendar, and can be cancelled only there.")
