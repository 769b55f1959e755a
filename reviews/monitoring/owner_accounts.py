"""Owners and deputies who have lost their DocSpace account: looked up daily, and recorded in the ledger.

A review whose only owner has left stays unanswered, and nothing else shows why. Only what DocSpace definitely
answers counts, twice in a row: a portal in trouble must not leave a false entry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from reviews.errors import TryLater
from reviews.identity import join_addresses
from reviews.ledger import entries_without_review
from reviews.ports.owner_accounts import AccountAnswer, LossReason, OwnerDuties, OwnerPresence, OwnerState
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviews.clock import Clock
    from reviews.ports.owner_accounts import OwnerAccountQuery
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

LOOKUP_INTERVAL = timedelta(days=1)
CONFIRM_AFTER = timedelta(hours=1)
"""How long after an answer against an account it is asked again: until then nothing is recorded."""
MAX_LOOKUPS = 50
"""Owners who are looked up in one round. Ten thousand of them take a day and a half."""
MAX_REASSIGNED = 10_000
"""Open reviews that were reassigned, the oldest: the owners of more are not looked up."""
OWNER_RETENTION = timedelta(days=30)
"""How long the state of an owner who has nothing to answer any more is stored after the last lookup."""
MAX_CLOCK_ERROR = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class OwnerAccounts:
    """Looks up owners and deputies, and records who is gone and who is back, once each.

    User groups of a chat are left out: what is stored of them does not tell an empty one from one that can't
    be read.
    """

    transactions: Transactions
    routes: Routes
    query: OwnerAccountQuery
    clock: Clock

    def look_up_due(self, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Look up those who are due, the longest waiting first; return how many.

        Raises `TryLater` and `RateLimitReached`; what was stored until then stays. An owner without an answer
        comes last in the next round: DocSpace may fail on this one alone.
        """
        due = self._list_due()[:MAX_LOOKUPS]
        is_trusted: bool | None = None
        for number, (duties, before) in enumerate(due):
            if is_stopping():
                return number
            try:
                answer = self._ask(duties.address)
            except TryLater:
                self._store(duties, before, AccountAnswer.UNCLEAR)
                raise
            if answer is AccountAnswer.NO_ACCOUNT:
                is_trusted = self.query.finds_key_user() if is_trusted is None else is_trusted
                answer = answer if is_trusted else AccountAnswer.UNCLEAR
            self._store(duties, before, answer)
        return len(due)

    def _list_due(self) -> list[tuple[OwnerDuties, OwnerState]]:
        with self.transactions(reading=True) as work:
            duties = read_duties(work, self.routes)
            stored = work.owner_states.find(list(duties))
        states = [(each, stored.get(key, OwnerState(address=key))) for key, each in duties.items()]
        due = [(each, state) for each, state in states if self._is_due(state)]
        return sorted(due, key=lambda each: (each[1].asked_at is not None, each[1].asked_at, each[1].address))

    def _is_due(self, state: OwnerState) -> bool:
        if state.asked_at is None:
            return True
        is_unconfirmed = state.unconfirmed_reason is not None and state.presence is not OwnerPresence.GONE
        now, interval = self.clock(), CONFIRM_AFTER if is_unconfirmed else LOOKUP_INTERVAL
        return not now - interval < state.asked_at <= now + MAX_CLOCK_ERROR

    def _ask(self, address: str) -> AccountAnswer:
        """Return how a person stands with all their accounts, by id where the routing file names one."""
        addresses = join_addresses(self.routes.people, (address,))
        answers = [self._ask_one(each) for each in addresses]
        order = (AccountAnswer.ACTIVE, AccountAnswer.UNCLEAR, AccountAnswer.DISABLED)
        return next((each for each in order if each in answers), AccountAnswer.NO_ACCOUNT)

    def _ask_one(self, address: str) -> AccountAnswer:
        accounts = self.routes.people.get(address.casefold())
        if accounts is not None and accounts.docspace:
            return self.query.find_by_id(accounts.docspace)
        return self.query.find_by_address(address)

    def _store(self, duties: OwnerDuties, before: OwnerState, answer: AccountAnswer) -> None:
        """Store an answer, and what it means in the ledger.

        Nothing where another worker was faster, or where nothing is left for the person to answer.
        """
        now = self.clock()
        after = apply_answer(replace(before, asked_at=now, lookups=before.lookups + 1), answer)
        with self.transactions() as work:
            if duties.assigned_in:  # reviews may have been answered since they were listed
                present = read_duties(work, self.routes).get(after.address)
                if present is None:
                    return
                duties = present
            if not work.owner_states.save(after):
                return
            if after.presence is OwnerPresence.GONE and before.presence is not OwnerPresence.GONE:
                work.ledger.append(entries_without_review.build_owner_gone(after, duties, at=now))
            elif before.presence is OwnerPresence.GONE and after.presence is OwnerPresence.PRESENT:
                work.ledger.append(entries_without_review.build_owner_back(before, duties, at=now))
            work.commit()


def apply_answer(state: OwnerState, answer: AccountAnswer) -> OwnerState:
    """Return the state after an answer, which came at its `asked_at`."""
    if answer is AccountAnswer.UNCLEAR:
        return state
    if answer is AccountAnswer.ACTIVE:
        return replace(
            state,
            presence=OwnerPresence.PRESENT,
            reason=None,
            seen_at=state.asked_at,
            unconfirmed_reason=None,
            unconfirmed_since=None,
        )
    reason = _LOSSES[answer]
    never_had_one = state.presence is OwnerPresence.UNKNOWN and reason is LossReason.NO_ACCOUNT
    if never_had_one and state.unconfirmed_reason is None:
        return state
    return _confirm_loss(state, reason)


def _confirm_loss(state: OwnerState, reason: LossReason) -> OwnerState:
    """Return the state after an answer against an account: it takes two that agree, some time apart."""
    if state.presence is OwnerPresence.GONE:
        return state
    if state.unconfirmed_reason is not reason or state.unconfirmed_since is None or state.asked_at is None:
        return replace(state, unconfirmed_reason=reason, unconfirmed_since=state.asked_at)
    if state.asked_at - state.unconfirmed_since < CONFIRM_AFTER:
        return state
    return replace(state, presence=OwnerPresence.GONE, reason=reason)


_LOSSES = {
    AccountAnswer.NO_ACCOUNT: LossReason.NO_ACCOUNT,
    AccountAnswer.DISABLED: LossReason.DISABLED,
}


def read_duties(work: UnitOfWork, routes: Routes) -> dict[str, OwnerDuties]:
    """Return the people who have to answer: those of the routes, and owners of reassigned open reviews."""
    return list_duties(routes, work.owner_states.list_reassigned(MAX_REASSIGNED))


def list_duties(routes: Routes, reassigned: Iterable[tuple[str, str]] = ()) -> dict[str, OwnerDuties]:
    """Return the owners and deputies who are people, by casefolded address.

    They are those of all routes, and the owners of `reassigned` reviews, each with the route of the review.
    """
    roles = (
        _group_routes((each, route.name) for route in routes.all for each in route.owners),
        _group_routes((each, route.name) for route in routes.all for each in route.deputies),
        _group_routes(reassigned),
    )
    return {
        key: OwnerDuties(
            address=next(role[key][0][0] for role in roles if key in role),
            owner_of=_list_routes(roles[0], key),
            deputy_of=_list_routes(roles[1], key),
            assigned_in=_list_routes(roles[2], key),
        )
        for key in dict.fromkeys(chain(*roles))
    }


def _group_routes(entries: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the people among entries of owners with a route, by casefolded address."""
    named: dict[str, list[tuple[str, str]]] = {}
    for entry, route in entries:
        if not is_group(entry):
            named.setdefault(entry.casefold(), []).append((entry, route))
    return named


def _list_routes(role: Mapping[str, Sequence[tuple[str, str]]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(route for _, route in role.get(key, ())))
