"""One transaction over all the tables; it rolls back unless `commit` is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from store.accounts import SqlChatAccountRepository
from store.alarms import SqlAlarmRepository, SqlCanaryRepository
from store.baselines import SqlBaselineRepository
from store.bulk_files import SqlBulkFileRepository
from store.cards import SqlCardRepository, SqlGateRepository
from store.chain import SqlLedgerRepository
from store.docspace_accounts import SqlDocSpaceAccountRepository
from store.engine import connect, read_database_time
from store.events import SqlEventRepository
from store.groups import SqlGroupRepository
from store.listings import SqlReviewQueries
from store.people import SqlPersonRepository
from store.proofs import (
    SqlConversationRepository,
    SqlIdempotencyKeyRepository,
    SqlMailedCodeRepository,
    SqlSessionRepository,
    SqlSignInLinkRepository,
)
from store.quotas import SqlQuotaRepository
from store.reviews import SqlReviewRepository
from store.subscriptions import SqlSubscriptionRepository
from store.tree import SqlFileStateRepository, SqlFolderRepository

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    import sqlalchemy as sa


class SqlUnitOfWork:
    """Implements the product's port of the same name; `connection` is for the runtime's other queries."""

    def __init__(self, engine: sa.Engine, *, reading: bool = False) -> None:
        self._engine, self._reading = engine, reading

    def __enter__(self) -> Self:
        self.connection = connect(self._engine, reading=self._reading)
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            # A locked database refuses at BEGIN; `with` would not return the connection to the pool.
            self.connection.close()
            raise
        self.events = SqlEventRepository(self.connection)
        self.files = SqlFileStateRepository(self.connection)
        self.folders = SqlFolderRepository(self.connection)
        self.baselines = SqlBaselineRepository(self.connection)
        self.reviews = SqlReviewRepository(self.connection)
        self.bulk_files = SqlBulkFileRepository(self.connection)
        self.cards = SqlCardRepository(self.connection)
        self.gates = SqlGateRepository(self.connection)
        self.people = SqlPersonRepository(self.connection)
        self.accounts = SqlChatAccountRepository(self.connection)
        self.docspace_accounts = SqlDocSpaceAccountRepository(self.connection)
        self.groups = SqlGroupRepository(self.connection)
        self.conversations = SqlConversationRepository(self.connection)
        self.subscriptions = SqlSubscriptionRepository(self.connection)
        self.idempotency_keys = SqlIdempotencyKeyRepository(self.connection)
        self.codes = SqlMailedCodeRepository(self.connection)
        self.quotas = SqlQuotaRepository(self.connection)
        self.alarms = SqlAlarmRepository(self.connection)
        self.canaries = SqlCanaryRepository(self.connection)
        self.sign_in_links = SqlSignInLinkRepository(self.connection)
        self.sessions = SqlSessionRepository(self.connection)
        self.listings = SqlReviewQueries(self.connection)
        self.ledger = SqlLedgerRepository(self.connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()
        self.connection.close()

    def commit(self) -> None:
        self.ledger.write_waiting()
        self._transaction.commit()

    def now(self) -> datetime:
        return read_database_time(self.connection)
