"""Calendars of public holidays: days worked out by hand, all countries, and codes that are none."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from holidays.registry import COUNTRIES

from reviews.errors import RoutesInvalid
from runtime.settings.holiday_calendars import find_calendar
from runtime.settings.routes_source import parse_routes

TODAY = date(2026, 12, 1)
LEAST = '[[route]]\nwatch = ["1"]\nowners = ["a@b.example"]\nnotify = ["console"]\n'

# From the laws on holidays of Latvia and of Bavaria. Easter Sunday is 5 April 2026 and 28 March 2027.
# Latvia's government moves a day between a holiday and a weekend: in 2026 those are 2 January and 22 June.
LATVIA = {
    2026: "01-01 01-02 04-03 04-05 04-06 05-01 05-04 05-10 05-24 06-22 06-23 06-24 11-18 "
    "12-24 12-25 12-26 12-31",
    2027: "01-01 03-26 03-28 03-29 05-01 05-04 05-09 05-16 06-23 06-24 11-18 12-24 12-25 12-26 12-31",
}
BAVARIA = {
    2026: "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26",
    2027: "01-01 01-06 03-26 03-29 05-01 05-06 05-17 05-27 10-03 11-01 12-25 12-26",
}


@pytest.mark.parametrize(("code", "years"), [("LV", LATVIA), ("DE-BY", BAVARIA)])
def test_the_holidays_are_those_of_the_law(code: str, years: dict[int, str]) -> None:
    calendar = find_calendar(code)

    assert calendar.code == code
    for year, days in years.items():
        assert calendar.list_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in days.split()}


def test_a_subdivision_has_the_holidays_of_its_country_and_its_own() -> None:
    own = find_calendar("DE-BY").list_holidays(2026) - find_calendar("DE").list_holidays(2026)

    assert {date(2026, 1, 6), date(2026, 6, 4), date(2026, 11, 1)} == own


def test_the_day_on_which_a_holiday_is_made_up_for_counts_also_in_the_year_before() -> None:
    """New Year's Day of 2028 is a Saturday, so Friday is free."""
    assert date(2027, 12, 31) in find_calendar("US").list_holidays(2027)


@pytest.mark.parametrize("year", [1, 1899, 2101, 9999])
def test_a_year_without_data_has_no_holidays(year: int) -> None:
    assert find_calendar("LV").list_holidays(year) == frozenset()


def test_threads_that_ask_at_once_get_the_same_days() -> None:
    calendar, barrier = find_calendar("EE"), threading.Barrier(8)

    def ask(number: int) -> frozenset[date]:
        barrier.wait()
        return calendar.list_holidays(2030 + number % 2)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert len(set(answers)) == 2
    assert all({day.year for day in answer} <= {2030, 2031} for answer in answers)
    assert calendar.list_holidays(2030) is calendar.list_holidays(2030)


def test_each_country_is_taken_or_refused_for_want_of_data() -> None:
    reasons: dict[str, list[str]] = {}
    for code in [codes[1] for codes in COUNTRIES.values()]:
        try:
            parse_routes(f'{LEAST}holidays = "{code}"\n', today=TODAY)
        except RoutesInvalid as invalid:
            reasons[code] = invalid.problems

    assert len(COUNTRIES) > 200
    # No one lives on Bouvet Island; in Ukraine no holidays are observed while the war lasts.
    assert {"BV"} <= set(reasons) <= {"BV", "HM", "IO", "LK", "UA"}
    for code, problems in reasons.items():
        [problem] = problems
        form = re.fullmatch(
            f"line 5: holidays: no public holidays of '{code}' are available for ([0-9]{{4}}): "
            "leave it out, and write the days into closed",
            problem,
        )
        assert form is not None
        assert find_calendar(code).list_holidays(int(form[1])) == frozenset()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("lv", "; did you mean 'LV' (Latvia)?"),
        ("VL", "; did you mean 'LV' (Latvia)?"),
        ("LVA", "; did you mean 'LV' (Latvia)?"),
        ("Latvja", "; did you mean 'LV' (Latvia)?"),
        ("UK", "; did you mean 'GB' (United Kingdom)?"),
        ("de-by", "; did you mean 'DE-BY' (Germany)?"),
        ("DE_BY", "; did you mean 'DE-BY' (Germany)?"),
        ("de_bayern", "; did you mean 'DE-BY' (Germany)?"),
        ("United_Kingdom", "; did you mean 'GB' (United Kingdom)?"),
        ("DE-Bayern", "; did you mean 'DE-BY'?"),
        ("DE-Byern", "; did you mean 'DE-BY' or 'DE-BE'?"),
        ("GB-XX", "; known are GB-ENG, GB-NIR, GB-SCT, GB-WLS"),
        ("LV-RIX", "; did you mean 'LV'? It has no subdivisions"),
        ("XX", ': write the code of a country, as in "LV", or with a subdivision, as in "DE-BY"'),
        ("", ': write the code of a country, as in "LV", or with a subdivision, as in "DE-BY"'),
        ("registry", ': write the code of a country, as in "LV", or with a subdivision, as in "DE-BY"'),
    ],
)
def test_a_code_that_is_none_is_refused_with_the_nearest(code: str, reason: str) -> None:
    with pytest.raises(ValueError, match="there is no calendar") as raised:
        find_calendar(code)

    assert str(raised.value) == f"there is no calendar {code!r}{reason}"


@pytest.mark.parametrize("codes", ["DE, LV", "DE;LV", "DE-BY,LV"])
def test_several_codes_in_one_text_are_refused_with_how_a_list_is_written(codes: str) -> None:
    with pytest.raises(ValueError, match=re.escape('write several as a list, as in ["LV", "DE-BY"]')):
        find_calendar(codes)


def test_a_code_without_its_subdivision_is_refused() -> None:
    with pytest.raises(ValueError, match="no calendar 'DE-'; known are DE-BB, DE-BE"):
        find_calendar("DE-")
