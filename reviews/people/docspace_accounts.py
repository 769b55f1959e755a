"""Whose account in DocSpace an address is: by it people are told from those who changed a document.

An address alone does not do: it can be changed, and a person may have two. DocSpace's id of an account stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from reviews.errors import RefusalReason, Refused, ReviewError, TryLater
from reviews.language import _
from reviews.proven_person import BY_DOCSPACE
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.ports.people import AskedAddress
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson

GOOD_FOR = timedelta(days=1)
"""How long an account is believed to have an address."""
ABSENT_FOR = timedelta(minutes=1)
"""How long an address is believed to have no account: whoever is given one can soon answer."""
KEPT = timedelta(days=30)
MOST_ASKED = 20  # addresses of one person at one click

T = TypeVar("T")


class AccountsToAsk(ReviewError):
    """DocSpace has to be asked for these addresses before anything can be decided."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__("DocSpace has to be asked for accounts")
        self.addresses = tuple(addresses)


class NoAnswer(Refused):
    """DocSpace did not answer, so nothing was decided."""


class FindsAccounts(Protocol):
    """Asks DocSpace whose an address is."""

    def __call__(self, address: str) -> str | None:
        """Return the id of the account with an address; `None` for no account, or one that is hidden.

        Raises `TryLater` where DocSpace does not answer within two seconds.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class DocSpaceAccounts:
    """Asks DocSpace for accounts where a decision needs them, and writes down what it answered."""

    transactions: Transactions
    clock: Clock
    find: FindsAccounts

    def decide(self, act: Callable[[], T], *, asking: Callable[[], object] = lambda: None) -> T:
        """Return what `act` returns. Where it wants accounts, DocSpace is asked, and `act` is called again.

        `asking` is called before DocSpace is asked, which takes some seconds an address. Raises `NoAnswer`
        where DocSpace does not answer.
        """
        try:
            return act()
        except AccountsToAsk as wanted:
            asking()
            self._ask(wanted.addresses)
        try:
            return act()
        except AccountsToAsk:
            raise _no_answer() from None

    def _ask(self, addresses: Sequence[str]) -> None:
        try:
            found = {each: self.find(each) for each in addresses[:MOST_ASKED]}
        except TryLater:
            raise _no_answer() from None
        with self.transactions() as work:
            work.docspace_accounts.remember(found, at=self.clock())
            work.commit()


def recognize(work: UnitOfWork, person: ProvenPerson) -> list[Reviewer]:
    """Return a person under each of their addresses, each with the account in DocSpace that has it.

    One more for each further account, that the routing file names or DocSpace has answered.
    """
    found = work.docspace_accounts.of(person.addresses)
    aliases = [_with_account(alias, found) for alias in person.aliases]
    ids = {alias.docspace_id for alias in aliases}
    answered = (asked.account for asked in found.values() if asked.account)
    others = dict.fromkeys(each for each in (*person.docspace_ids.values(), *answered) if each not in ids)
    return [*aliases, *(replace(aliases[0], email=None, docspace_id=each) for each in others)]


def has_account(work: UnitOfWork, person: ProvenPerson, *, now: datetime) -> bool:
    """Tell whether it is known which account in DocSpace a person has.

    Raises `AccountsToAsk` while DocSpace has not been asked for one of their addresses of late. Where the
    routing file names the account of an address, that is the operator's word, and DocSpace need not be asked.
    """
    unnamed = [each for each in person.addresses if each.casefold() not in person.docspace_ids]
    found = work.docspace_accounts.of(unnamed)
    stale = [each for each in unnamed if not _counts(found.get(each.casefold()), now)]
    if stale:
        raise AccountsToAsk(stale)
    return bool(person.docspace_ids) or any(asked.account for asked in found.values())


def _counts(asked: AskedAddress | None, now: datetime) -> bool:
    """Tell whether DocSpace need not be asked again."""
    if asked is None:
        return False
    good_for = ABSENT_FOR if asked.account is None else GOOD_FOR
    return now - good_for < asked.asked_at <= now + ABSENT_FOR


def _with_account(alias: Reviewer, found: Mapping[str, AskedAddress]) -> Reviewer:
    asked = found.get((alias.email or "").casefold())
    named = replace(alias, name=plain(alias.name))
    if asked is None or asked.account is None or alias.docspace_id is not None:
        return named
    proven = {**alias.proven_by, "docspace_id": BY_DOCSPACE}
    return replace(named, docspace_id=asked.account, proven_by=proven)


def _no_answer() -> NoAnswer:
    return NoAnswer(
        RefusalReason.UNPROVEN,
        _(
            "Nothing was recorded: DocSpace did not answer, so this app can't tell whether you changed the "
            "document yourself. Try again in a minute."
        ),
    )
