"""The DocSpace account behind an address, to distinguish reviewers from those who changed a document.

An address alone is not enough: it can be changed, and a person may have two. DocSpace's id of an account
doesn't change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from reviews.errors import RefusalReason, Refused, ReviewError, TryLater
from reviews.identity import PROVEN_BY_DOCSPACE
from reviews.language import _
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson, Reviewer
    from reviews.ports.people import AddressAnswer
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

ACCOUNT_VALID_FOR = timedelta(days=1)
"""How long DocSpace's answer that an account has an address is used."""
ABSENCE_VALID_FOR = timedelta(minutes=1)
"""How long an answer that an address has no account is used: a person with a new one can soon answer."""
ACCOUNT_RETENTION = timedelta(days=30)
MAX_ADDRESSES = 20  # addresses of one person at one click

T = TypeVar("T")


class AccountLookupNeeded(ReviewError):
    """DocSpace has to be queried for these addresses before a decision."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__("DocSpace has to be asked for accounts")
        self.addresses = tuple(addresses)


class DocSpaceUnavailable(Refused):
    """DocSpace did not respond, so nothing was decided."""


class AccountQuery(Protocol):
    """Queries DocSpace for the account of an address."""

    def __call__(self, address: str) -> str | None:
        """Return the id of the account with an address; `None` for no account, or a hidden one.

        Raises `TryLater` where DocSpace does not respond within two seconds.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class AccountLookup:
    """Queries DocSpace for accounts when a decision needs them, and stores the answers."""

    transactions: Transactions
    clock: Clock
    find_account: AccountQuery

    def run_with_lookup(
        self, action: Callable[[], T], *, before_lookup: Callable[[], object] = lambda: None
    ) -> T:
        """Return what `action` returns; where it needs accounts, query DocSpace and run `action` once more.

        `before_lookup` is called before the query, which takes some seconds an address. Raises
        `DocSpaceUnavailable` where DocSpace does not respond.
        """
        try:
            return action()
        except AccountLookupNeeded as lookup:
            before_lookup()
            self._look_up(lookup.addresses)
        try:
            return action()
        except AccountLookupNeeded:
            raise _make_unavailable() from None

    def _look_up(self, addresses: Sequence[str]) -> None:
        try:
            account_by_address = {
                address: self.find_account(address) for address in addresses[:MAX_ADDRESSES]
            }
        except TryLater:
            raise _make_unavailable() from None
        with self.transactions() as work:
            work.docspace_accounts.remember(account_by_address, at=self.clock())
            work.commit()


def recognize(work: UnitOfWork, person: ProvenPerson) -> list[Reviewer]:
    """Return a person under each of their addresses, each with the DocSpace account that has it.

    There is one more alias for each further account from the routing file or from DocSpace's answers.
    """
    answers = work.docspace_accounts.find_answers(person.addresses)
    aliases = [_add_account(alias, answers) for alias in person.aliases]
    ids = {alias.docspace_id for alias in aliases}
    answered_accounts = (answer.account for answer in answers.values() if answer.account)
    others = dict.fromkeys(
        account for account in (*person.docspace_ids.values(), *answered_accounts) if account not in ids
    )
    return [*aliases, *(replace(aliases[0], email=None, docspace_id=account) for account in others)]


def has_account(work: UnitOfWork, person: ProvenPerson, *, now: datetime) -> bool:
    """Return whether a DocSpace account of a person is identified.

    Raises `AccountLookupNeeded` while one of their addresses has no recent answer from DocSpace. An account
    that the routing file names for an address is the operator's statement, and needs no query.
    """
    unnamed = [address for address in person.addresses if address.casefold() not in person.docspace_ids]
    answers = work.docspace_accounts.find_answers(unnamed)
    stale_addresses = [address for address in unnamed if not _is_fresh(answers.get(address.casefold()), now)]
    if stale_addresses:
        raise AccountLookupNeeded(stale_addresses)
    return bool(person.docspace_ids) or any(answer.account for answer in answers.values())


def _is_fresh(answer: AddressAnswer | None, now: datetime) -> bool:
    """Return whether DocSpace need not be queried again."""
    if answer is None:
        return False
    max_age = ABSENCE_VALID_FOR if answer.account is None else ACCOUNT_VALID_FOR
    return now - max_age < answer.asked_at <= now + ABSENCE_VALID_FOR


def _add_account(alias: Reviewer, answers: Mapping[str, AddressAnswer]) -> Reviewer:
    answer = answers.get((alias.email or "").casefold())
    named_alias = replace(alias, name=clean_text(alias.name))
    if answer is None or answer.account is None or alias.docspace_id is not None:
        return named_alias
    proven_by = {**alias.proven_by, "docspace_id": PROVEN_BY_DOCSPACE}
    return replace(named_alias, docspace_id=answer.account, proven_by=proven_by)


def _make_unavailable() -> DocSpaceUnavailable:
    return DocSpaceUnavailable(
        RefusalReason.UNPROVEN,
        _(
            "Nothing was recorded: DocSpace did not answer, so this app can't tell whether you changed the "
            "document yourself. Try again in a minute."
        ),
    )
