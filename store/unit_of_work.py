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
    """Implements the product's port of the same name; `connection` is for what the runtime asks beside it."""

    def __init__(self, engine: sa.Engine, *, reading: bool = False) -> None:
        self._engine, self._reading = engine, reading

    def __enter__(self) -> Self:
        self.connection = connect(self._engine, reading=self._reading)
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            # A locked database refuses at BEGIN; `with` would not give the connection back.
            self.connection.close()
            raise
        self.events = Events(self.connection)
        self.files = Files(self.connection)
        self.folders = Folders(self.connection)
        self.baselines = Baselines(self.connection)
        self.reviews = Reviews(self.connection)
        self.bulk_files = BulkFiles(self.connection)
        self.cards = Cards(self.connection)
        self.gates = Gates(self.connection)
        self.people = People(self.connection)
        self.accounts = Accounts(self.connection)
        self.docspace_accounts = DocSpaceAccounts(self.connection)
        self.groups = Groups(self.connection)
        self.conversations = Conversations(self.connection)
        self.subscriptions = Subscriptions(self.connection)
        self.told = Told(self.connection)
        self.codes = Codes(self.connection)
        self.quotas = Quotas(self.connection)
        self.alarms = Alarms(self.connection)
        self.canaries = Canaries(self.connection)
        self.sign_in_links = SignInLinks(self.connection)
        self.sessions = Sessions(self.connection)
        self.listings = Listings(self.connection)
        self.ledger = Chain(self.connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()
        self.connection.close()

    def commit(self) -> None:
        self.ledger.write()
        self._transaction.commit()

    def now(self) -> datetime:
        return now(self.connection)
