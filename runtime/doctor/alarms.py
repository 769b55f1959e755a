"""Whether anybody would be told if something broke, and whether the tests of the whole way come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.routes.routing import OPERATORS
from runtime.doctor.findings import broken, good, lacking
from runtime.worker.canary_flight import told_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

CANARY = "canary"


def operators(wiring: Wiring) -> Iterator[Finding]:
    found = wiring.routes.operators
    if found:
        yield good(OPERATORS, f"told of alarms in {', '.join(map(str, found.notify))}")
    else:
        yield lacking(
            OPERATORS, "nobody is told of alarms: they go to the log only",
            f"add a route with the name {OPERATORS} and the channels in notify, and nothing else",
        )  # fmt: skip


def canaries(wiring: Wiring) -> Iterator[Finding]:
    """Tell how the tests do that the routes want; without any there is nothing to tell."""
    tested = [route for route in wiring.routes.all if route.canary]
    if not tested:
        return
    if not wiring.settings.public_url:
        yield lacking(
            "PUBLIC_URL", f"it is not set, so tests go to {wiring.settings.outside_address} only",
            "set PUBLIC_URL to the address that DocSpace calls",
        )  # fmt: skip
    try:
        late = wiring.canaries.overdue(wiring.clock())
    except sa.exc.SQLAlchemyError:
        return  # which the check of the database tells
    for legs in late:
        yield broken(CANARY, told_of(legs, wiring.settings), "docspace-review canary shows how far one comes")
    if not late:
        yield good(CANARY, f"no test is missing of {', '.join(route.name for route in tested)}")
