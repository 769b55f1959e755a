"""The `/log` of a file or folder (facts on DocSpace, 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import asked
from demo.answers import address, wrapped
from demo.audit import ACTION_IDS
from demo.dtos import audited

if TYPE_CHECKING:
    from flask import Response

    from demo.emitting import Emitting


def log(portal: Emitting, kind: str, entry: int) -> Response:
    """Audited actions, newest first; `fromDate`, `toDate`, `count` up to 100 and `startIndex` narrow them."""
    since, until = asked.moment("fromDate"), asked.moment("toDate")
    with portal.guard:
        actions = [
            action
            for action in portal.audit.of(kind, entry)
            if (since is None or action.date >= since) and (until is None or action.date <= until)
        ]
    start, count = asked.page()
    page = actions[start : start + count]
    return wrapped(audited(portal, page, ACTION_IDS, address()), total=len(actions))
