"""Whether alarms reach a channel, and whether the canaries come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from notifiers.shared.teams_text import escape_copied
from reviews.routes.route import OPERATORS_ROUTE
from runtime.doctor.evidence import MAKE_KEY
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.evidence.key_source import find_origin
from runtime.worker.canary_sender import describe_lost_canary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

CANARY = "canary"
CHECKPOINT_POSTS = "ledger checkpoints in chat"
_TEAMS = {"teams", "teams-bot"}
"""The channels whose cards have no text for copying, so that Markdown is read in it."""


def check_operators(wiring: Wiring) -> Iterator[Finding]:
    operators = wiring.routes.operators
    if operators:
        yield report_ok(OPERATORS_ROUTE, f"alarms are posted in {', '.join(map(str, operators.notify))}")
    else:
        yield report_warning(
            OPERATORS_ROUTE, "alarms go to the log only",
            f"add a route with the name {OPERATORS_ROUTE} and the channels in notify, and nothing else",
        )  # fmt: skip


def check_checkpoint_posts(wiring: Wiring) -> Iterator[Finding]:
    """Report where checkpoints are posted; yield nothing if no route wants them."""
    targets = wiring.checkpoint_posts.list_targets()
    if not targets:
        return
    origin = find_origin(wiring.settings)
    in_teams = [str(each) for each in targets if each.notifier in _TEAMS]
    if in_teams and escape_copied(origin) != origin:
        message = (
            f"Teams shows other characters for some of {origin}: what is copied in {', '.join(in_teams)}"
        )
        remedy = "post it in another channel too: the name of the ledger is part of its key, and has to stay"
        yield report_warning(CHECKPOINT_POSTS, f"{message} can't be verified", remedy)
    if wiring.ledger_keys.all:
        yield report_ok(CHECKPOINT_POSTS, f"a checkpoint is posted daily in {', '.join(map(str, targets))}")
    else:
        message = "no checkpoint is posted: without a key none is signed"
        yield report_warning(CHECKPOINT_POSTS, message, MAKE_KEY)


def check_canaries(wiring: Wiring) -> Iterator[Finding]:
    """Report on the canaries that the routes want; yield nothing if no route wants any."""
    tested = [route for route in wiring.routes.all if route.canary]
    if not tested:
        return
    if wiring.settings.has_receiver and not wiring.settings.public_url:
        yield report_warning(
            "PUBLIC_URL", f"it is not set, so tests go to {wiring.settings.outside_address} only",
            "set PUBLIC_URL to the address that DocSpace calls",
        )  # fmt: skip
    try:
        late = wiring.canaries.list_overdue(wiring.clock())
    except sa.exc.SQLAlchemyError:
        return  # the check of the database reports this
    for legs in late:
        yield report_error(
            CANARY,
            describe_lost_canary(legs, wiring.settings),
            "docspace-review canary shows how far a test gets",
        )
    if not late:
        yield report_ok(CANARY, f"no test is missing for {', '.join(route.name for route in tested)}")
