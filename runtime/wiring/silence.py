"""What records owners without an account, floods of changes without a review, and folders not complete."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace.client import Client
from docspace.limits import READ_SECONDS
from reviews.intake.unrouted_changes import UnroutedFloods
from reviews.monitoring.owner_accounts import OwnerAccounts
from reviews.sweep.incomplete_periods import IncompletePeriods
from runtime.call_limits.call_allowance import TurnWait
from runtime.call_limits.spare_calls import SPARE_TURN_SECONDS
from webhook.accounts import AccountStandings

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring


def build_owner_accounts(wiring: Wiring, *, wait: Callable[[float], bool]) -> OwnerAccounts:
    """Return the use case; its calls to DocSpace are those that events leave, and `wait` for their turn."""
    http = wiring.connect_with_spare_calls(
        timeout=READ_SECONDS, turn_wait=TurnWait(seconds=SPARE_TURN_SECONDS, wait=wait)
    )
    return OwnerAccounts(
        transactions=wiring.transactions,
        routes=wiring.routes,
        query=AccountStandings(client=Client(http)),
        clock=wiring.clock,
    )


def build_unrouted_floods(wiring: Wiring) -> UnroutedFloods:
    return UnroutedFloods(transactions=wiring.transactions, clock=wiring.clock)


def build_incomplete_periods(wiring: Wiring) -> IncompletePeriods:
    return IncompletePeriods(
        transactions=wiring.transactions,
        routes=wiring.routes,
        interval=timedelta(minutes=wiring.settings.sweep_minutes),
        clock=wiring.clock,
    )
