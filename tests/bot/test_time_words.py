"""Days and times as people type them: which moment they mean, and what is offered instead of other words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command_parser import parse
from bot.command_requests import (
    AwayRequest,
    BackRequest,
    CancelAbsenceRequest,
    HelpRequest,
    PersonReference,
    ShowAbsenceRequest,
)
from bot.time_words import TimeWords

RIGA = ZoneInfo("Europe/Riga")
TUESDAY = datetime(2026, 12, 1, 9, 30, 0, 5, tzinfo=RIGA)
MONDAY = datetime(2026, 11, 30, 9, 30, 0, 5, tzinfo=RIGA)
ZONES = ("Europe/Riga", "UTC", "America/St_Johns", "Pacific/Apia", "America/Havana")


def read(text: str) -> AwayRequest:
    request = parse(f"away {text}")
    assert isinstance(request, AwayRequest), request
    return request


def resolve(text: str, now: datetime = TUESDAY) -> str:
    return read(f"until {text}").until.resolve(now, RIGA).astimezone(RIGA).isoformat()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Monday", "2026-12-07T00:00:00+02:00"),
        ("mon", "2026-12-07T00:00:00+02:00"),
        ("Monday.", "2026-12-07T00:00:00+02:00"),
        ("morgen.", "2026-12-02T00:00:00+02:00"),
        ("Montag", "2026-12-07T00:00:00+02:00"),
        ("Tuesday", "2026-12-08T00:00:00+02:00"),
        ("Wednesday", "2026-12-02T00:00:00+02:00"),
        ("Monday 14:00", "2026-12-07T14:00:00+02:00"),
        ("Monday at 14:00", "2026-12-07T14:00:00+02:00"),
        ("Montag um 14:00 Uhr", "2026-12-07T14:00:00+02:00"),
        ("tomorrow", "2026-12-02T00:00:00+02:00"),
        ("morgen 9:05", "2026-12-02T09:05:00+02:00"),
        ("übermorgen", "2026-12-03T00:00:00+02:00"),
        ("14:00", "2026-12-01T14:00:00+02:00"),
        ("7 Dec", "2026-12-07T00:00:00+02:00"),
        ("Dec 7", "2026-12-07T00:00:00+02:00"),
        ("7 December 2026", "2026-12-07T00:00:00+02:00"),
        ("7. Dezember 2026", "2026-12-07T00:00:00+02:00"),
        ("7. Dez. 08:00", "2026-12-07T08:00:00+02:00"),
        ("1 März", "2027-03-01T00:00:00+02:00"),
        ("2026-12-07", "2026-12-07T00:00:00+02:00"),
        ("7.12.", "2026-12-07T00:00:00+02:00"),
        ("7.12.2026", "2026-12-07T00:00:00+02:00"),
        ("29 Feb", "2028-02-29T00:00:00+02:00"),
        ("5 Nov", "2026-11-05T00:00:00+02:00"),
    ],
)
def test_a_day_and_a_time_are_understood(text: str, moment: str) -> None:
    assert resolve(text) == moment


def test_a_weekday_said_on_that_day_is_the_next_one() -> None:
    assert resolve("Monday", MONDAY) == "2026-12-07T00:00:00+02:00"


def test_a_day_of_last_year_is_not_taken_for_the_one_in_a_year() -> None:
    new_year = datetime(2027, 1, 2, 9, 0, 0, 5, tzinfo=RIGA)

    assert resolve("20 Dec", new_year) == "2026-12-20T00:00:00+02:00"


def test_the_end_is_counted_from_the_beginning() -> None:
    request = read("from Monday until Friday")
    assert request.start is not None
    start = request.start.resolve(TUESDAY, RIGA)

    assert request.until.resolve(start, RIGA) - start == timedelta(days=4)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-28 03:30", "2027-03-28T04:30:00+03:00"),  # clocks skip 03:00 to 04:00
        ("2027-10-31 03:30", "2027-10-31T03:30:00+03:00"),  # the first of the two
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_decided(text: str, moment: str) -> None:
    assert resolve(text) == moment


@pytest.mark.parametrize(
    ("text", "stand_in"),
    [
        ("until Monday <@U2|ilze>", PersonReference(name="ilze", mention="U2")),
        ("<@U2|ilze> until Monday", PersonReference(name="ilze", mention="U2")),
        ("until Monday ilze@example.com", PersonReference(name="ilze@example.com")),
        (
            "until Monday <mailto:ilze@example.com|ilze@example.com>",
            PersonReference(name="ilze@example.com"),
        ),
        ('from tomorrow until Monday "Ilze Kalna"', PersonReference(name="Ilze Kalna")),
        ("until Monday", None),
    ],
)
def test_a_stand_in_is_a_mention_an_address_or_a_quoted_name(
    text: str, stand_in: PersonReference | None
) -> None:
    assert read(text).stand_in == stand_in


def test_away_alone_asks_and_back_ends() -> None:
    assert parse("away") == ShowAbsenceRequest()
    assert parse("Back") == BackRequest()
    assert parse("away cancel") == CancelAbsenceRequest()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-12-07", "2026-12-07T00:00:00+02:00", "2026-12-08T00:00:00+02:00"),
        ("from 7 Dec 14:00", "2026-12-07T14:00:00+02:00", "2026-12-07T14:01:00+02:00"),
        ("28 March 2027", "2027-03-28T00:00:00+02:00", "2027-03-29T00:00:00+03:00"),  # a day of 23 hours
        ("today", "2026-12-01T00:00:00+02:00", "2026-12-02T00:00:00+02:00"),
    ],
)
def test_an_absence_is_cancelled_by_a_day_or_a_minute(text: str, start: str, end: str) -> None:
    request = parse(f"away cancel {text}")
    assert isinstance(request, CancelAbsenceRequest)
    assert isinstance(request.at, TimeWords)

    span = request.at.resolve_span(TUESDAY, RIGA)

    assert [each.astimezone(RIGA).isoformat() for each in (span.start, span.end)] == [start, end]


@pytest.mark.parametrize(
    ("text", "hint", "example"),
    [
        ("away until Mondy", "Did you mean Monday?", "away until Monday"),
        ("away until Decembre 7", "Did you mean December?", "away until December 7"),
        ("away until xyzzy", "such as Monday, 7 Dec, 2026-12-07 or 14:00, not 'xyzzy'", "away until Monday"),
        ("away until 31 Feb", "not '31 Feb'", "away until Monday"),
        ("away until Monday, 16 March", "not 'Monday, 16 March'.", "away until Monday"),
        ("away until Monday Ilze Kalna", "a name in quotation marks", "away until Monday"),
        ("away until 7 Dec ilze", "Name a person by a mention, an address", "away until Monday"),
        ("away until 25:00", "not '25:00'", "away until Monday"),
        ("away until 9999-01-01", "not '9999-01-01'", "away until Monday"),
        ("away bis Montag", "Did you mean until?", "away until Montag"),
        ("away Monday", "I don't understand 'Monday' there.", "away until Monday"),
        ("away from Monday", "Say until when", "away until Monday"),
        ("away until", "Something is missing after until", "away until Monday"),
        ("away until Monday <@U1> <@U2>", "Only one person", "away until Monday"),
        ("away cancel Mondy", "Did you mean Monday?", "away cancel Monday"),
        ("away cancel 2026-13-01", "cancel takes a day, a date or a time", "away cancel Monday"),
        ("away cancel <@U1|x>", "not 'x'", "away cancel Monday"),
        ("away cancl Monday", "Did you mean cancel?", "away cancel Monday"),
        ("away absagen 7. Dezember", "Did you mean cancel?", "away cancel 7. Dezember"),
        ("cancel", "Did you mean away?", "away"),
        ("back now", "I don't understand 'now' there.", "back"),
        ("urlaub", "Did you mean away?", "away"),
        ("awya until Monday", "Did you mean away?", "away until Monday"),
    ],
)
def test_other_words_get_a_hint_and_an_example_that_works(text: str, hint: str, example: str) -> None:
    request = parse(text)

    assert isinstance(request, HelpRequest)
    assert hint in request.hint
    assert request.example == example


def test_a_weekday_before_a_date_is_not_corrected_to_itself() -> None:
    request = parse("away until Monday, 16 March")

    assert isinstance(request, HelpRequest)
    assert "Did you mean" not in request.hint


def test_a_word_in_the_wrong_place_is_not_corrected_to_itself() -> None:
    request = parse("away <@U1|x> cancel 7. 2026-12-07")

    assert isinstance(request, HelpRequest)
    assert "Did you mean" not in request.hint
    assert not isinstance(parse(request.example), HelpRequest)


words = st.sampled_from(
    ["until", "from", "cancel", "Monday", "7", "7.", "Dec", "29", "Feb", "14:00", "99:99", "7.12.", "0.0.",
     "2026", "2026-12-07", "0000-00-00", "tomorrow", "um", "<@U1|x>", '"', "x@y", "²", "٣"]
)  # fmt: skip


moments = st.integers(0, 800 * 366 * 86_400).map(lambda seconds: TUESDAY + timedelta(seconds=seconds))


@given(
    text=st.lists(words | st.text(max_size=5), max_size=8).map(" ".join),
    now=moments,
    zone=st.sampled_from(ZONES),
)
def test_whatever_is_typed_is_a_moment_or_gets_an_example_that_works(
    text: str, now: datetime, zone: str
) -> None:
    request = parse(f"away {text}")

    if isinstance(request, AwayRequest):
        assert request.until.resolve(now, ZoneInfo(zone)).tzinfo is UTC
    if isinstance(request, CancelAbsenceRequest) and request.at:
        span = request.at.resolve_span(now, ZoneInfo(zone))
        assert span.start < span.end
    if isinstance(request, HelpRequest):
        better = parse(request.example)
        assert not (isinstance(better, HelpRequest) and better.hint)
