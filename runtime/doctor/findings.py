"""One finding a line: what it is about, how it stands, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """`warning` is what works, but not all of it; only an `error` makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`about` names the part, as in `slack:C0123456789`; `do` is empty where nothing is to be done."""

    about: str
    standing: Standing
    says: str
    do: str = ""


def good(about: str, says: str) -> Finding:
    return Finding(about=about, standing=Standing.OK, says=says)


def lacking(about: str, says: str, do: str) -> Finding:
    return Finding(about=about, standing=Standing.WARNING, says=says, do=do)


def broken(about: str, says: str, do: str) -> Finding:
    return Finding(about=about, standing=Standing.ERROR, says=says, do=do)
