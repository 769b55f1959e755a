"""Whose account in DocSpace an address is: by it people are told from those who changed a document.

An address alone does not do: it can be changed, and a person may have two. DocSpace's id of an account stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from reviews.errors import RefusalReason, Refused, ReviewError, TryLater
from reviews.language import _
from reviews.proven_person import PROVEN_BY_DOCSPACE
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.ports.people import AddressAnswer
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson

ACCOUNT_VALID_FOR = timedelta(days=1)
"""How long an account is believed to have an address."""
ABSENCE_VALID_FOR = timedelta(minutes=1)
"""How long an address is believed to have no account: whoever is given one can soon answer."""
ACCOUNT_RETENTION = timedelta(days=30)
MAX_ADDRESSES = 20  # addresses of one person at one click

T = TypeVar("T")


class AccountLookupNeeded(ReviewError):
    """DocSpace has to be asked for these addresses before anything can be decided."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__("DocSpace has to be asked for accounts")
        self.addresses = tuple(addresses)


class DocSpaceUnavailable(Refused):
    """DocSpace did not answer, so nothing was decided."""


class AccountQuery(Protocol):
    """Asks DocSpace whose an address is."""

    def __call__(self, address: str) -> str | None:
        """Return the id of the account with an address; `None` for no account, or one that is hidden.

        Raises `TryLater` where DocSpace does not answer within two seconds.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class AccountLookup:
    """Asks DocSpace for accounts where a decision needs them, and writes down what it answered."""

    transactions: Transactions
    clock: Clock
    find: AccountQuery

    def decide(self, act: Callable[[], T], *, asking: Callable[[], object] = lambda: None) -> T:
        """Return what `act` returns. Where it wants accounts, DocSpace is asked, and `act` is called again.

        `asking` is called before DocSpace is asked, which takes some seconds an address. Raises
        `DocSpaceUnavailable` where DocSpace does not answer.
        """
        try:
            return act()
        except AccountLookupNeeded as wanted:
            asking()
            self._look_up(wanted.addresses)
        try:
            return act()
        except AccountLookupNeeded:
            raise _make_unavailable() from None

    def _look_up(self, addresses: Sequence[str]) -> None:
        try:
            found = {each: self.find(each) for each in addresses[:MAX_ADDRESSES]}
        except TryLater:
            raise _make_unavailable() from None
        with self.transactions() as work:
            work.docspace_accounts.remember(found, at=self.clock())
            work.commit()


def recognize(work: UnitOfWork, person: ProvenPerson) -> list[Reviewer]:
    """Return a person under each of their addresses, each with the account in DocSpace that has it.

    One more for each further account, that the routing file names or DocSpace has answered.
    """
    found = work.docspace_accounts.find_answers(person.addresses)
    aliases = [_add_account(alias, found) for alias in person.aliases]
    ids = {alias.docspace_id for alias in aliases}
    answered = (asked.account for asked in found.values() if asked.account)
    others = dict.fromkeys(each for each in (*person.docspace_ids.values(), *answered) if each not in ids)
    return [*aliases, *(replace(aliases[0], email=None, docspace_id=each) for each in others)]


def has_account(work: UnitOfWork, person: ProvenPerson, *, now: datetime) -> bool:
    """Tell whether it is known which account in DocSpace a person has.

    Raises `AccountLookupNeeded` while DocSpace has not been asked for one of their addresses of late. Where
    the routing file names the account of an address, that is the operator's word, and DocSpace need not be
    asked.
    """
    unnamed = [each for each in person.addresses if each.casefold() not in person.docspace_ids]
    found = work.docspace_accounts.find_answers(unnamed)
    stale = [each for each in unnamed if not _is_fresh(found.get(each.casefold()), now)]
    if stale:
        raise AccountLookupNeeded(stale)
    return bool(person.docspace_ids) or any(asked.account for asked in found.values())


def _is_fresh(asked: AddressAnswer | None, now: datetime) -> bool:
    """Tell whether DocSpace need not be asked again."""
    if asked is None:
        return False
    good_for = ABSENCE_VALID_FOR if asked.account is None else ACCOUNT_VALID_FOR
    return now - good_for < asked.asked_at <= now + ABSENCE_VALID_FOR


def _add_account(alias: Reviewer, found: Mapping[str, AddressAnswer]) -> Reviewer:
    asked = found.get((alias.email or "").casefold())
    named = replace(alias, name=plain(alias.name))
    if asked is None or asked.account is None or alias.docspace_id is not None:
        return named
    proven = {**alias.proven_by, "docspace_id": PROVEN_BY_DOCSPACE}
    return replace(named, docspace_id=asked.account, proven_by=proven)


def _make_unavailable() -> DocSpaceUnavailable:
    return DocSpaceUnavailable(
        RefusalReason.UNPROVEN,
        _(
            "Nothing was recorded: DocSpace did not answer, so this app can't tell whether you changed the "
            "document yourself. Try again in a minute."
        ),
    )
