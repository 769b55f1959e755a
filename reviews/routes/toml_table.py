"""Reader for the values of one table of `routes.toml`, which gathers all problems, each with its line."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_ID = 10**30
_PEOPLE_KEYS = ("owners", "deputies")

T = TypeVar("T")


class TomlTable:
    """One table; `find_line` returns the line of a key in the file."""

    def __init__(self, table: Mapping[str, Any], *, find_line: Callable[[str], int]) -> None:
        self.table = table
        self.find_line = cache(find_line)  # a list of many thousand lines may have a problem in each
        self.problems: list[str] = []

    def read_flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.add_problem(key, f"{key} must be true or false, without quotes")
            return False
        return value

    def read_text(
        self, key: str, default: str | None, convert: Callable[[str], T], *, example: str = ""
    ) -> T | None:
        """Return what a text means; `example` shows the operator one, where another type stands."""
        value = self.table.get(key, default)
        if value is None:
            return None
        if not isinstance(value, str):
            shown = f', as in "{example}"' if example else ""
            self.add_problem(key, f"{key} must be text in quotes{shown}")
            return None
        return self.convert_value(key, value, convert)

    def read_number(
        self, key: str, default: int | None, convert: Callable[[str], int | None], *, expected: str
    ) -> int | None:
        """Return a number or what a word in its place means; `expected` names both for the operator."""
        value = self.table.get(key, default)
        if type(value) is not int and not isinstance(value, str):
            self.add_problem(key, f"{key} must be {expected}, not {_format_value(value)}")
            return default
        try:
            return convert(str(value))
        except ValueError as error:
            self.add_problem(key, f"{key}: {error}")
            return default

    def read_list(
        self, key: str, convert: Callable[[str], T], *, required: bool = False, allow_single: bool = False
    ) -> tuple[T, ...]:
        """Return the values of a list of texts; with `allow_single` also of a text alone."""
        values = self.table.get(key, [])
        if allow_single and isinstance(values, str):
            values = [values]
        if not isinstance(values, list):
            self.add_problem(key, f'{key} must be a list, as in {key} = ["..."]')
            return ()
        if required and not values:
            self.add_problem(key, f"{key} is missing or empty")
        converted_by_text: dict[str, T] = {}
        for value in values:
            text = str(value) if key == "watch" and type(value) is int and abs(value) < MAX_ID else value
            if not isinstance(text, str):
                self.add_problem(key, f"{key} must hold texts in quotes, not {_format_value(value)}")
                continue
            converted = self.convert_value(key, text, convert)
            identity = text.strip().casefold() if key in _PEOPLE_KEYS else text.strip()
            if identity in converted_by_text:
                self.add_problem(key, f"{key}: {text!r} is listed twice")
            elif converted is not None:
                converted_by_text[identity] = converted
        return tuple(converted_by_text.values())

    def convert_value(self, key: str, text: str, convert: Callable[[str], T]) -> T | None:
        try:
            return convert(text)
        except ValueError as error:
            self.add_problem(key, f"{key}: {error}")
            return None

    def add_problem(self, key: str, reason: str) -> None:
        self.problems.append(f"line {self.find_line(key)}: {reason}")


def _format_value(value: object) -> str:
    """Return a value for use in a sentence; a number may have too many digits to be written."""
    if isinstance(value, date | time):
        return value.isoformat()
    return "a huge number" if isinstance(value, int) and abs(value) >= MAX_ID else repr(value)[:60]
