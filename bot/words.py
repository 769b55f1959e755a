"""The words of the command: one parser for every chat."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

DEFAULT_COUNT = 5
LARGEST_COUNT = 20
_NUMBER = re.compile("[0-9]{1,4}")


class Verb(StrEnum):
    RECENT = "recent"
    PENDING = "pending"
    HELP = "help"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody asked for; `hint` says what was not understood."""

    verb: Verb
    count: int = DEFAULT_COUNT
    hint: str | None = None


def parse(text: str) -> Request:
    """Read `recent [N]`, `pending` or `help`; anything else becomes help with a hint."""
    words = text.split()
    if not words:
        return Request(verb=Verb.HELP)
    verb, rest = words[0].lower(), words[1:]
    if verb not in list(Verb):
        near = difflib.get_close_matches(verb, list(Verb), n=1)
        tip = f" Did you mean {near[0]}?" if near else ""
        return Request(verb=Verb.HELP, hint=f"I don't know {words[0][:40]!r}.{tip}")
    if verb != Verb.RECENT or not rest:
        return Request(verb=Verb(verb), count=LARGEST_COUNT if verb == Verb.PENDING else DEFAULT_COUNT)
    count = rest[0]
    if not (_NUMBER.fullmatch(count) and 1 <= int(count) <= LARGEST_COUNT):
        return Request(
            verb=Verb.HELP, hint=f"recent takes a number from 1 to {LARGEST_COUNT}, not {count[:40]!r}."
        )
    return Request(verb=Verb.RECENT, count=int(count))
