"""Parsers of the single values of `routes.toml`; `ValueError` says what is wrong with a value."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from reviews.kinds import ChangeKind
from reviews.language import LANGUAGES
from reviews.routes.route import REVIEWABLE_KINDS, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from reviews.routes.route import AddressForm

DURATION_PATTERN = re.compile(r"(\d+)\s*(s|m|h|d)")
_MAX_DURATION = timedelta(days=366)
_DAY = timedelta(days=1)
_CANARY_INTERVALS = timedelta(minutes=15), timedelta(days=7)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
MAX_BULK_LIMIT = 1000
"""In files: a change is compared with all that its cause may have touched before it."""
_GROUP_PATTERN = re.compile(r"@[^\s@,;<>|]{1,80}")
_EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+")

E = TypeVar("E", bound=StrEnum)


class UnknownChannel(ValueError):
    """A target begins with a word that is no channel."""


def parse_text(text: str) -> str:
    """Strip a text; refuse one with a control character inside, which fits nowhere that it is sent."""
    if any(character < " " or character == "\x7f" for character in text.strip()):
        raise ValueError(f"{text!r} holds a line break or another control character")
    return text.strip()


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `8h` or `2d`."""
    form = DURATION_PATTERN.fullmatch(text.strip())
    if form is None:
        raise ValueError(f'{text!r} is not a duration: write a whole number and s, m, h or d, as in "60s"')
    if len(form[1]) > 8 or (length := timedelta(**{_UNITS[form[2]]: int(form[1])})) > _MAX_DURATION:
        raise ValueError(f"{text!r} is longer than a year")
    return length


def parse_interval(text: str) -> timedelta:
    """Read the wait before something recurs, which can't be zero: without a wait it would recur endlessly."""
    return refuse_no_wait(text, parse_duration(text))


def refuse_no_wait(text: str, interval: timedelta) -> timedelta:
    if not interval:
        raise ValueError(f"{text!r} is not a waiting time: leave it out for never")
    return interval


def parse_canary_interval(text: str) -> timedelta:
    """Read how often a test is sent: `daily`, or a duration."""
    interval = _DAY if text.strip() == "daily" else parse_duration(text)
    if not _CANARY_INTERVALS[0] <= interval <= _CANARY_INTERVALS[1]:
        raise ValueError(f'{text!r} is out of range: write "daily", or from "15m" to "7d"')
    return interval


def parse_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; names look like Europe/Riga") from None


def parse_folder_id(text: str) -> str:
    """Read the id of a folder; those of connected storage are texts of any form (facts on DocSpace, 2.2)."""
    folder_id = parse_text(text)
    if not folder_id:
        raise ValueError("a folder id is empty")
    if re.fullmatch(r"-\d+|0+", folder_id) or "://" in folder_id:
        raise ValueError(
            f"{text!r} is not a folder id: copy the number from the folder's address in DocSpace"
        )
    return folder_id


def parse_email(text: str) -> str:
    if not _EMAIL_PATTERN.fullmatch(parse_text(text)):
        raise ValueError(f"{text!r} is not an e-mail address")
    return parse_text(text)


def parse_owner(text: str) -> str:
    """Read an address, or a user group of the chat: `@compliance-team`."""
    owner = parse_text(text)
    if _GROUP_PATTERN.fullmatch(owner):
        return owner
    if not _EMAIL_PATTERN.fullmatch(owner):
        raise ValueError(f"{text!r} is not an e-mail address or a group's handle such as @compliance-team")
    return owner


def parse_required(text: str) -> int | None:
    """Read how many people have to acknowledge: a number, or `all-owners`, which is `None`."""
    if text.strip() == "all-owners":
        return None
    if not re.fullmatch("[0-9]{1,3}", text.strip()) or int(text) < 1:
        raise ValueError(f'{text!r} is not a number of people: write 1, 2 and so on, or "all-owners"')
    return int(text)


def parse_bulk_limit(text: str) -> int | None:
    """Read how many files of one cause are reviewed one by one at most; 0 or `off` (no limit) is `None`."""
    if text.strip() == "off":
        return None
    if not re.fullmatch("[0-9]{1,4}", text.strip()) or int(text) > MAX_BULK_LIMIT:
        raise ValueError(f'{text!r} is not a number of files: write one from 2 to {MAX_BULK_LIMIT}, or "off"')
    if int(text) == 1:
        raise ValueError('a single file always has its own review: write 2 or more, or "off"')
    return int(text) or None


def parse_reaction(text: str) -> str:
    """Read the name of a reaction in Slack, with or without its colons."""
    reaction = parse_text(text).strip(":")
    if not re.fullmatch("[a-z0-9_'+-]{1,100}", reaction):
        raise ValueError(f'{text!r} is not a reaction: write its name, as in "white_check_mark"')
    return reaction


def parse_language(text: str) -> str:
    if text.strip() not in LANGUAGES:
        raise ValueError(f"{text!r} is unknown{suggest_nearest(text, LANGUAGES)}")
    return text.strip()


def make_choice_parser(kind: type[E]) -> Callable[[str], E]:
    def convert(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is unknown{suggest_nearest(text, [member.value for member in kind])}"
            ) from None

    return convert


def parse_change_kind(text: str) -> ChangeKind:
    """Read a kind of change that needs a review."""
    if text not in REVIEWABLE_KINDS:
        choices = sorted(member.value for member in REVIEWABLE_KINDS)
        raise ValueError(f"{text!r} is unknown{suggest_nearest(text, choices)}")
    return ChangeKind(text)


def make_target_parser(notifiers: Mapping[str, AddressForm | None]) -> Callable[[str], Target]:
    """Return a parser of targets of these channels; each channel defines the form of its addresses."""

    def convert(text: str) -> Target:
        target = Target.parse(parse_text(text))
        if target.notifier not in notifiers:
            raise UnknownChannel(
                f"there is no channel {target.notifier!r}{suggest_nearest(target.notifier, notifiers)}"
            )
        form = notifiers[target.notifier]
        if form is None and target.address:
            raise ValueError(f"{text!r} takes no address: write {target.notifier!r}")
        if form and not target.address:
            raise ValueError(f"{text!r} needs an address: write it as in {form.example!r}")
        problem = form.find_problem(target.address) if form else None
        if problem:
            raise ValueError(problem)
        return target

    return convert


def suggest_nearest(word: str, choices: Collection[str]) -> str:
    near = difflib.get_close_matches(word, choices, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(choices))}"
