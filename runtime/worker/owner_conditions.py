"""Conditions of owners and deputies who have no DocSpace account any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.monitoring.alarms import Condition
from reviews.monitoring.owner_accounts import read_duties
from reviews.ports.owner_accounts import LossReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reviews.ports.owner_accounts import OwnerDuties, OwnerState
    from runtime.wiring.wiring import Wiring

MAX_GONE = 1000
MAX_LISTED_OWNERS = 20
_REPLACE = "Replace them in the routing file"
_REASONS = {
    LossReason.NO_ACCOUNT: "has no DocSpace account any more",
    LossReason.DISABLED: "has a disabled DocSpace account",
}


def gone_owners(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for each owner or deputy who is gone; if there are very many, one for all.

    It ends when they have an account again, or when nothing is left for them to answer.
    """
    with wiring.transactions(reading=True) as work:
        states = work.owner_states.list_gone(MAX_GONE)
        duties = read_duties(work, wiring.routes) if states else {}
    gone = [(state, duties[state.address]) for state in states if state.address in duties]
    if len(gone) > MAX_LISTED_OWNERS:
        yield _build_common_condition(gone)
        return
    for state, own_duties in gone:
        is_named = own_duties.owner_of or own_duties.deputy_of
        replacing = f"{_REPLACE}, and reassign" if is_named else "Reassign"
        yield Condition(
            key=f"owner:{state.address}",
            sentence=_describe(state, own_duties),
            remedy=f"{replacing} their open reviews: docspace-review reviews list --state open "
            f"--route {own_duties.first_route}",
        )


def _build_common_condition(gone: Sequence[tuple[OwnerState, OwnerDuties]]) -> Condition:
    return Condition(
        key="owner",
        sentence=f"{len(gone):,} owners and deputies have no active DocSpace account any more, among them: "
        f"{_describe(*gone[0])}",
        remedy=f"{_REPLACE}; the entries owner:gone of docspace-review ledger export name all of them",
    )


def _describe(state: OwnerState, duties: OwnerDuties) -> str:
    roles = {
        "Owner": duties.owner_of,
        "Deputy": duties.deputy_of,
        "Owner of a reassigned review": duties.assigned_in,
    }
    role, routes = next((role, routes) for role, routes in roles.items() if routes)
    others = f" and {len(routes) - 1:,} more" if len(routes) > 1 else ""
    reason = _REASONS[state.reason or LossReason.NO_ACCOUNT]
    return f"{role} {duties.address} (route {routes[0]}{others}) {reason}: reviews may stay unanswered"
