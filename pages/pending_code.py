"""The address for which a browser has requested a code, so that the page shows where to type it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask import session

from reviews.people.mailed_codes import CODE_VALID_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping

_SESSION_KEY = "asked"


def remember_address(address: str, *, at: datetime) -> None:
    session[_SESSION_KEY] = {"address": address, "at": at.isoformat()}


def get_address(*, now: datetime) -> str | None:
    """Return the address while a code mailed to it can still be valid."""
    pending: Mapping[str, str] | None = session.get(_SESSION_KEY)
    if pending is None or not now < datetime.fromisoformat(pending["at"]) + CODE_VALID_FOR:
        return None
    return pending["address"]


def forget_address() -> None:
    session.pop(_SESSION_KEY, None)
