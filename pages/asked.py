"""The address for which a browser has asked for a code, so that the page shows where to type it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import session

from reviews.people.mailed_codes import GOOD_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "asked"


def note(address: str, *, at: datetime) -> None:
    session[_KEY] = {"address": address, "at": at.isoformat()}


def address(*, now: datetime) -> str | None:
    """Return the address while a code that was mailed to it can still count."""
    kept: Mapping[str, str] | None = session.get(_KEY)
    if kept is None or not now < datetime.fromisoformat(kept["at"]) + GOOD_FOR:
        return None
    return kept["address"]


def forget() -> None:
    session.pop(_KEY, None)
