"""Calendars of public holidays, by the library `holidays`, which is loaded only where a route names one."""

from __future__ import annotations

import difflib
import re
import warnings
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MAX_SUGGESTIONS = 3
_SEVERAL = re.compile("[,;+&]")
_LOADING = Lock()


@dataclass(frozen=True, kw_only=True)
class PublicCalendar:
    """The public holidays of a country, or of its subdivision, by their codes in ISO 3166."""

    country: str
    subdivision: str | None = None

    @property
    def code(self) -> str:
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    def list_holidays(self, year: int) -> frozenset[date]:
        return _load_year(self.country, self.subdivision, year)


def find_calendar(code: str) -> PublicCalendar:
    """Return the calendar of `LV` or `DE-BY`; `ValueError` says why there is none, with the nearest codes."""
    country, hyphen, subdivision = code.strip().partition("-")
    countries = _list_countries()
    if _SEVERAL.search(code):
        raise ValueError(f'{code!r} is no code: write several as a list, as in ["LV", "DE-BY"]')
    if country not in countries.values():
        raise ValueError(
            f"there is no calendar {code!r}{_suggest_countries(country, subdivision, countries)}"
        )
    subdivisions = _list_subdivisions(country) if hyphen else {}
    if hyphen and subdivision not in subdivisions.values():
        suggestion = _suggest_subdivisions(country, subdivision, subdivisions)
        raise ValueError(f"there is no calendar {code!r}{suggestion}")
    return PublicCalendar(country=country, subdivision=subdivision or None)


def _suggest_countries(country: str, subdivision: str, codes: Mapping[str, str]) -> str:
    before, underscore, after = country.partition("_")
    if underscore and before.casefold() in codes:
        country, subdivision = before, after
    names: dict[str, str] = {}
    for name, code in codes.items():
        names.setdefault(code, name)  # the first is the country's own
    near = {each: each for each in _find_nearest(country, codes)}
    for each in near:
        near[each] += "".join(f"-{part}" for part in _find_nearest(subdivision, _list_subdivisions(each))[:1])
    if near:
        return f"; did you mean {' or '.join(f'{near[each]!r} ({names[each].title()})' for each in near)}?"
    return ': write the code of a country, as in "LV", or with a subdivision, as in "DE-BY"'


def _suggest_subdivisions(country: str, subdivision: str, codes: Mapping[str, str]) -> str:
    if not codes:
        return f"; did you mean {country!r}? It has no subdivisions"
    near = _find_nearest(subdivision, codes) or tuple(dict.fromkeys(codes.values()))
    choices = [f"{country}-{each}" for each in near]
    if len(choices) > MAX_SUGGESTIONS:
        return f"; known are {', '.join(choices)}"
    return f"; did you mean {' or '.join(map(repr, choices))}?"


def _find_nearest(word: str, codes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the codes whose names are the nearest: the same but for case, then letters that were swapped."""
    name = word.casefold()
    if name in codes:
        return (codes[name],)
    swapped = [each for each in codes if sorted(each) == sorted(name)][:MAX_SUGGESTIONS]
    near = swapped or difflib.get_close_matches(name, codes, n=MAX_SUGGESTIONS, cutoff=0.7)
    return tuple(dict.fromkeys(codes[each] for each in near))


def _list_countries() -> dict[str, str]:
    """Return the code of each country by its names and codes of two and three letters, in lower case."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - as below

    return {
        name.casefold(): codes[1]
        for module, codes in COUNTRIES.items()
        for name in (module.replace("_", " "), *codes[1:])
    }


def _list_subdivisions(country: str) -> dict[str, str]:
    """Return the code of each subdivision by that and by its names, in lower case."""
    import holidays  # noqa: PLC0415 - as below

    calendar = holidays.country_holidays(country)
    names = {**{each: each for each in calendar.subdivisions}, **calendar.subdivisions_aliases}
    return {name.casefold(): code for name, code in names.items()}


@cache
def _load_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Return the days of one year; the library's own objects grow as they are read, so none is shared."""
    import holidays  # noqa: PLC0415 - most routes name no holidays, and it takes 0.2 s to load

    with _LOADING, warnings.catch_warnings():  # which is for one thread at a time
        warnings.simplefilter("ignore")  # of some years it has only a part of the days, and says so
        days = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
    return frozenset(day for day in days if day.year == year)
