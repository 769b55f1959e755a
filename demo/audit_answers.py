"""The `/log` of a file or folder (facts on DocSpace, 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import query
from demo.answers import address, wrap_success
from demo.audit import ACTION_IDS
from demo.dtos import write_audit

if TYPE_CHECKING:
    from flask import Response

    from demo.emission import Emitting


def log(portal: Emitting, kind: str, entry: int) -> Response:
    """Return audited actions, newest first, by `fromDate`, `toDate`, `count` up to 100 and `startIndex`."""
    since, until = query.get_time("fromDate"), query.get_time("toDate")
    with portal.guard:
        actions = [
            action
            for action in portal.audit.list_actions(kind, entry, now=portal.clock())
            if (since is None or action.date >= since) and (until is None or action.date <= until)
        ]
    start, count = query.page()
    page = actions[start : start + count]
    return wrap_success(write_audit(portal, page, ACTION_IDS, address()), total=len(actions))
