"""What the product asks of the world around it, and the rules that whoever provides it must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from reviews.ports.alarms import Alarms, Canaries
    from reviews.ports.bulk_files import BulkFiles
    from reviews.ports.listing import Listings
    from reviews.ports.people import (
        Accounts,
        Codes,
        Conversations,
        DocSpaceAccounts,
        Groups,
        People,
        Quotas,
        Sessions,
        SignInLinks,
        Told,
    )
    from reviews.ports.reviews import Cards, Events, Gates, Ledger, Reviews
    from reviews.ports.subscriptions import Subscriptions
    from reviews.ports.tree import Baselines, Files, Folders


class UnitOfWork(Protocol):
    """One transaction. Rolls back unless `commit` was called."""

    @property
    def events(self) -> Events: ...
    @property
    def files(self) -> Files: ...
    @property
    def folders(self) -> Folders: ...
    @property
    def baselines(self) -> Baselines: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def bulk_files(self) -> BulkFiles: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def gates(self) -> Gates: ...
    @property
    def people(self) -> People: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def docspace_accounts(self) -> DocSpaceAccounts: ...
    @property
    def groups(self) -> Groups: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def told(self) -> Told: ...
    @property
    def codes(self) -> Codes: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def canaries(self) -> Canaries: ...
    @property
    def sign_in_links(self) -> SignInLinks: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def listings(self) -> Listings: ...
    @property
    def ledger(self) -> Ledger: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def commit(self) -> None: ...

    def now(self) -> datetime:
        """Return the time in UTC by the database's clock, which all processes share."""
        ...


class Transactions(Protocol):
    """Opens units of work; one that only reads neither waits for writers nor holds them up."""

    def __call__(self, *, reading: bool = False) -> UnitOfWork: ...
