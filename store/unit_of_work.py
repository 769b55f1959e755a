"""One transaction over all the tables. Rolls back unless it was told to commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from store.accounts import Accounts
from store.alarms import Alarms, Canaries
from store.baselines import Baselines
from store.bulk_files import BulkFiles
from store.cards import Cards, Gates
from store.chain import Chain
from store.docspace_accounts import DocSpaceAccounts
from store.engine import connect, now
from store.events import Events
from store.groups import Groups
from store.listings import Listings
from store.people import People
from store.proofs import Codes, Conversations, Sessions, SignInLinks, Told
from store.quotas import Quotas
from store.reviews import Reviews
from store.subscriptions import Subscriptions
from store.tree import Files, Folders

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    import sqlalchemy as sa


class UnitOfWork:
    """Implements the product's port of the same name."""

    def __init__(self, engine: sa.Engine, *, reading: bool = False) -> None:
        self._engine, self._reading = engine, reading

    def __enter__(self) -> Self:
        self._connection = connect(self._engine, reading=self._reading)
        try:
            self._transaction = self._connection.begin()
        except BaseException:
            # A locked database refuses at BEGIN; `with` would not give the connection back.
            self._connection.close()
            raise
        self.events = Events(self._connection)
        self.files = Files(self._connection)
        self.folders = Folders(self._connection)
        self.baselines = Baselines(self._connection)
        self.reviews = Reviews(self._connection)
        self.bulk_files = BulkFiles(self._connection)
        self.cards = Cards(self._connection)
        self.gates = Gates(self._connection)
        self.people = People(self._connection)
        self.accounts = Accounts(self._connection)
        self.docspace_accounts = DocSpaceAccounts(self._connection)
        self.groups = Groups(self._connection)
        self.conversations = Conversations(self._connection)
        self.subscriptions = Subscriptions(self._connection)
        self.told = Told(self._connection)
        self.codes = Codes(self._connection)
        self.quotas = Quotas(self._connection)
        self.alarms = Alarms(self._connection)
        self.canaries = Canaries(self._connection)
        self.sign_in_links = SignInLinks(self._connection)
        self.sessions = Sessions(self._connection)
        self.listings = Listings(self._connection)
        self.ledger = Chain(self._connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()
        self._connection.close()

    def commit(self) -> None:
        self.ledger.write()
        self._transaction.commit()

    def now(self) -> datetime:
        return now(self._connection)
