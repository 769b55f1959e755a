"""How the single values of `routes.toml` are read; `ValueError` says what is wrong with one."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from reviews.kinds import ChangeKind
from reviews.language import LANGUAGES
from reviews.routes.routing import REVIEWABLE, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from reviews.routes.routing import AddressForm

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)
_CANARIES = timedelta(minutes=15), timedelta(days=7)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
MOST_ONE_BY_ONE = 1000
"""Files: a change is held against all those that its cause may have touched before it."""
_GROUP = re.compile(r"@[^\s@,;<>|]{1,80}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

E = TypeVar("E", bound=StrEnum)


def visible(text: str) -> str:
    """Take off white space around a text; one with a control character inside fits nowhere it is sent to."""
    if any(character < " " or character == "\x7f" for character in text.strip()):
        raise ValueError(f"{text!r} holds a line break or another control character")
    return text.strip()


def duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `8h` or `2d`."""
    form = _DURATION.fullmatch(text.strip())
    if form is None:
        raise ValueError(f'{text!r} is no duration: write a whole number and s, m, h or d, as in "60s"')
    if len(form[1]) > 8 or (length := timedelta(**{_UNITS[form[2]]: int(form[1])})) > _LONGEST:
        raise ValueError(f"{text!r} is longer than a year")
    return length


def interval(text: str) -> timedelta:
    """Read how long something waits until it comes again: without a wait it would come without end."""
    found = duration(text)
    if not found:
        raise ValueError(f"{text!r} is no time to wait: leave it out for never")
    return found


def canary(text: str) -> timedelta:
    """Read how often a test is sent: `daily`, or a duration."""
    found = _DAY if text.strip() == "daily" else duration(text)
    if not _CANARIES[0] <= found <= _CANARIES[1]:
        raise ValueError(f'{text!r} is too often or too seldom: write "daily", or from "15m" to "7d"')
    return found


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; names look like Europe/Riga") from None


def folder(text: str) -> str:
    """Read the id of a folder; those of connected storage are texts of any form (facts on DocSpace, 2.2)."""
    found = visible(text)
    if not found:
        raise ValueError("a folder id is empty")
    if re.fullmatch(r"-\d+|0+", found) or "://" in found:
        raise ValueError(f"{text!r} is no folder id: copy the number from the folder's address in DocSpace")
    return found


def email(text: str) -> str:
    if not _EMAIL.fullmatch(visible(text)):
        raise ValueError(f"{text!r} is no e-mail address")
    return visible(text)


def owner(text: str) -> str:
    """Read an address, or a user group of the chat: `@compliance-team`."""
    found = visible(text)
    if _GROUP.fullmatch(found):
        return found
    if not _EMAIL.fullmatch(found):
        raise ValueError(f"{text!r} is no e-mail address, nor a group's handle such as @compliance-team")
    return found


def required(text: str) -> int | None:
    """Read how many people have to acknowledge: a number, or `all-owners`, which is `None`."""
    if text.strip() == "all-owners":
        return None
    if not re.fullmatch("[0-9]{1,3}", text.strip()) or int(text) < 1:
        raise ValueError(f'{text!r} is no number of people: write 1, 2 and so on, or "all-owners"')
    return int(text)


def bulk(text: str) -> int | None:
    """Read how many files of one cause are reviewed one by one at most; 0 or `off`, which is `None`: any."""
    if text.strip() == "off":
        return None
    if not re.fullmatch("[0-9]{1,4}", text.strip()) or int(text) > MOST_ONE_BY_ONE:
        raise ValueError(f'{text!r} is no number of files: write one from 2 to {MOST_ONE_BY_ONE}, or "off"')
    if int(text) == 1:
        raise ValueError('a single file is reviewed by itself anyway: write 2 or more, or "off"')
    return int(text) or None


def reaction(text: str) -> str:
    """Read the name of a reaction in Slack, with or without its colons."""
    found = visible(text).strip(":")
    if not re.fullmatch("[a-z0-9_'+-]{1,100}", found):
        raise ValueError(f'{text!r} is no reaction: write its name, as in "white_check_mark"')
    return found


def language(text: str) -> str:
    if text.strip() not in LANGUAGES:
        raise ValueError(f"{text!r} is unknown{nearest(text, LANGUAGES)}")
    return text.strip()


def choice(kind: type[E]) -> Callable[[str], E]:
    def convert(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is unknown{nearest(text, [member.value for member in kind])}"
            ) from None

    return convert


def kind(text: str) -> ChangeKind:
    """Read a kind of change that asks for a review."""
    if text not in REVIEWABLE:
        known = sorted(member.value for member in REVIEWABLE)
        raise ValueError(f"{text!r} is unknown{nearest(text, known)}")
    return ChangeKind(text)


def target(notifiers: Mapping[str, AddressForm | None]) -> Callable[[str], Target]:
    """Return how to read a target of one of these channels; the channel knows the form of its addresses."""

    def convert(text: str) -> Target:
        found = Target.parse(visible(text))
        if found.notifier not in notifiers:
            raise ValueError(f"there is no channel {found.notifier!r}{nearest(found.notifier, notifiers)}")
        form = notifiers[found.notifier]
        if form is None and found.address:
            raise ValueError(f"{text!r} has an address too many: write {found.notifier!r}")
        if form and not found.address:
            raise ValueError(f"{text!r} lacks its address: write it as in {form.example!r}")
        wrong = form.why_not(found.address) if form else None
        if wrong:
            raise ValueError(wrong)
        return found

    return convert


def nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"
