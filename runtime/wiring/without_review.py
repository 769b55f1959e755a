"""What records owners without an account, floods of changes without a review, and folders not complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.intake.unrouted_changes import UnroutedFloods
from reviews.monitoring.owner_accounts import OwnerAccounts
from reviews.sweep.incomplete_periods import IncompletePeriods

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring


def build_owner_accounts(wiring: Wiring, *, wait: Callable[[float], bool]) -> OwnerAccounts:
    return OwnerAccounts(
        transactions=wiring.transactions,
        routes=wiring.routes,
        query=wiring.build_owner_account_finder(wait),
        clock=wiring.clock,
    )


def build_unrouted_floods(wiring: Wiring) -> UnroutedFloods:
    return UnroutedFloods(transactions=wiring.transactions, clock=wiring.clock)


def build_incomplete_periods(wiring: Wiring) -> IncompletePeriods:
    return IncompletePeriods(
        transactions=wiring.transactions,
        routes=wiring.routes,
        interval=wiring.settings.sweep_interval,
        clock=wiring.clock,
    )
