"""Owners and deputies who have lost their DocSpace account: looked up daily, and recorded in the ledger.

A review whose only owner has left stays unanswered, and nothing else shows why. Only what DocSpace definitely
answers counts, twice in a row: a portal in trouble must not leave a false entry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from reviews.identity import join_addresses
from reviews.ledger import silence_entries
from reviews.ports.silence import AbsenceReason, OwnerDuties, OwnerState, Presence
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes

LOOK_INTERVAL = timedelta(days=1)
SECOND_LOOK_AFTER = timedelta(hours=1)
"""How long after an answer against an account it is asked again: until then nothing is recorded."""
MAX_LOOKS = 50
"""Owners who are looked up in one round. Ten thousand of them take a day and a half."""
OWNER_RETENTION = timedelta(days=30)
"""How long the state of an owner whom no route names any more is stored after the last lookup."""
MAX_CLOCK_ERROR = timedelta(minutes=1)


class Standing(StrEnum):
    """What DocSpace answers about an account."""

    ACTIVE = "active"
    DISABLED = "disabled"
    NO_ACCOUNT = "no_account"
    UNCLEAR = "unclear"
    """It is hidden from the key's user, not activated yet, or DocSpace refused or failed on this question."""


class StandingQuery(Protocol):
    """Asks DocSpace about accounts. Each method raises `TryLater` or `RateLimitReached` without an answer."""

    def find_by_address(self, address: str) -> Standing: ...

    def find_by_id(self, account_id: str) -> Standing: ...

    def finds_key_user(self) -> bool:
        """Return whether the same question finds the key's own user, who has an account for certain."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwnerAccounts:
    """Looks up owners and deputies, and records who is gone and who is back, once each.

    User groups of a chat are left out: what is stored of them does not tell an empty one from one that can't
    be read.
    """

    transactions: Transactions
    routes: Routes
    query: StandingQuery
    clock: Clock

    def look_up_due(self, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Look up those who are due, the longest waiting first; return of how many.

        Raises `TryLater` and `RateLimitReached`; what was stored until then stays.
        """
        due = self._list_due()[:MAX_LOOKS]
        is_trusted: bool | None = None
        for number, (duties, before) in enumerate(due):
            if is_stopping():
                return number
            standing = self._find_standing(duties.address)
            if standing is Standing.NO_ACCOUNT:
                is_trusted = self.query.finds_key_user() if is_trusted is None else is_trusted
                standing = standing if is_trusted else Standing.UNCLEAR
            self._store(duties, before, standing)
        return len(due)

    def _list_due(self) -> list[tuple[OwnerDuties, OwnerState]]:
        duties = list_duties(self.routes)
        with self.transactions(reading=True) as work:
            stored = work.owner_states.find(list(duties))
        states = [(each, stored.get(key, OwnerState(address=key))) for key, each in duties.items()]
        due = [(each, state) for each, state in states if self._is_due(state)]
        return sorted(due, key=lambda each: (each[1].asked_at is not None, each[1].asked_at, each[1].address))

    def _is_due(self, state: OwnerState) -> bool:
        if state.asked_at is None:
            return True
        is_doubted = state.doubt is not None and state.presence is not Presence.GONE
        now, interval = self.clock(), SECOND_LOOK_AFTER if is_doubted else LOOK_INTERVAL
        return not now - interval < state.asked_at <= now + MAX_CLOCK_ERROR

    def _find_standing(self, address: str) -> Standing:
        """Return how a person stands with all their accounts, by id where the routing file names one."""
        addresses = join_addresses(self.routes.people, (address,))
        standings = [self._find_one(each) for each in addresses]
        order = (Standing.ACTIVE, Standing.UNCLEAR, Standing.DISABLED)
        return next((each for each in order if each in standings), Standing.NO_ACCOUNT)

    def _find_one(self, address: str) -> Standing:
        accounts = self.routes.people.get(address.casefold())
        if accounts is not None and accounts.docspace:
            return self.query.find_by_id(accounts.docspace)
        return self.query.find_by_address(address)

    def _store(self, duties: OwnerDuties, before: OwnerState, standing: Standing) -> None:
        """Store an answer, and what it means in the ledger; nothing where another worker was faster."""
        now = self.clock()
        after = follow_standing(replace(before, asked_at=now, looks=before.looks + 1), standing)
        with self.transactions() as work:
            if not work.owner_states.save(after):
                return
            if after.presence is Presence.GONE and before.presence is not Presence.GONE:
                work.ledger.append(silence_entries.build_owner_gone(after, duties, at=now))
            elif before.presence is Presence.GONE and after.presence is Presence.PRESENT:
                work.ledger.append(silence_entries.build_owner_back(before, duties, at=now))
            work.commit()


def follow_standing(state: OwnerState, standing: Standing) -> OwnerState:
    """Return the state after an answer, which came at its `asked_at`."""
    if standing is Standing.UNCLEAR:
        return state
    if standing is Standing.ACTIVE:
        return replace(
            state,
            presence=Presence.PRESENT,
            reason=None,
            seen_at=state.asked_at,
            doubt=None,
            doubted_at=None,
        )
    reason = AbsenceReason(standing.value)
    never_had_one = state.presence is Presence.UNKNOWN and reason is AbsenceReason.NO_ACCOUNT
    if never_had_one and state.doubt is None:
        return state
    return _add_doubt(state, reason)


def _add_doubt(state: OwnerState, reason: AbsenceReason) -> OwnerState:
    """Return the state after an answer against an account: it takes two that agree, some time apart."""
    if state.presence is Presence.GONE:
        return state
    if state.doubt is not reason or state.doubted_at is None or state.asked_at is None:
        return replace(state, doubt=reason, doubted_at=state.asked_at)
    if state.asked_at - state.doubted_at < SECOND_LOOK_AFTER:
        return state
    return replace(state, presence=Presence.GONE, reason=reason)


def list_duties(routes: Routes) -> dict[str, OwnerDuties]:
    """Return the owners and deputies of all routes who are people, by casefolded address."""
    owned, deputized = _list_routes(routes, "owners"), _list_routes(routes, "deputies")
    return {
        key: OwnerDuties(
            address=(owned.get(key) or deputized[key])[0][0],
            owner_of=tuple(route for _, route in owned.get(key, ())),
            deputy_of=tuple(route for _, route in deputized.get(key, ())),
        )
        for key in dict.fromkeys((*owned, *deputized))
    }


def _list_routes(routes: Routes, role: str) -> dict[str, list[tuple[str, str]]]:
    """Return for each casefolded address how the routes write it in a role, and which routes do."""
    named: dict[str, list[tuple[str, str]]] = {}
    for route in routes.all:
        entries: Iterable[str] = route.owners if role == "owners" else route.deputies
        for entry in entries:
            if not is_group(entry):
                named.setdefault(entry.casefold(), []).append((entry, route.name))
    return named
