"""One transaction over all the tables; it rolls back unless `commit` is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from store.absences import SqlAbsenceRepository
from store.alarms import SqlAlarmRepository, SqlCanaryRepository
from store.baselines import SqlBaselineRepository
from store.bulk_files import SqlBulkFileRepository
from store.campaigns import SqlCampaignRepository
from store.cards import SqlCardRepository
from store.chain import SqlLedgerRepository
from store.clock import read_database_time
from store.comparisons import SqlComparisonRepository
from store.earlier_comparisons import SqlEarlierComparisonRepository
from store.engine import connect
from store.events import SqlEventRepository
from store.gates import SqlGateRepository
from store.gatherings import SqlGatheringRepository
from store.groups import SqlGroupRepository
from store.incomplete_periods import SqlIncompletePeriodRepository
from store.listings import SqlReviewQueries
from store.openings import SqlOpeningRepository
from store.owner_accounts import SqlOwnerStateRepository
from store.people import SqlChatAccountRepository, SqlDocSpaceAccountRepository, SqlPersonRepository
from store.proofs import (
    SqlConversationRepository,
    SqlIdempotencyKeyRepository,
    SqlMailedCodeRepository,
    SqlSessionRepository,
    SqlSignInLinkRepository,
)
from store.queued_reminders import SqlQueuedReminderRepository
from store.quotas import SqlQuotaRepository
from store.review_digests import SqlReviewDigestRepository
from store.reviews import SqlReviewRepository
from store.round_claims import SqlRoundClaimRepository
from store.subscriptions import SqlSubscriptionRepository
from store.tree import SqlFileStateRepository, SqlFolderRepository
from store.unrouted_changes import SqlUnroutedChangeRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    import sqlalchemy as sa


RepositoryT = TypeVar("RepositoryT")


class _Repository(Generic[RepositoryT]):
    """A repository of a unit of work, made when it is first used: most units need two or three of them."""

    def __init__(self, make: Callable[[sa.Connection], RepositoryT]) -> None:
        self._make = make

    def __set_name__(self, owner: type[SqlUnitOfWork], name: str) -> None:
        self._name = name

    def __get__(self, work: SqlUnitOfWork, owner: type[SqlUnitOfWork]) -> RepositoryT:
        repository = self._make(work.connection)
        vars(work)[self._name] = repository  # which is found before this descriptor from now on
        return repository


class SqlUnitOfWork:
    """Implements the product's port of the same name; `connection` is for the runtime's other queries.

    A unit is opened once: its repositories stay with its connection.
    """

    events = _Repository(SqlEventRepository)
    files = _Repository(SqlFileStateRepository)
    folders = _Repository(SqlFolderRepository)
    baselines = _Repository(SqlBaselineRepository)
    reviews = _Repository(SqlReviewRepository)
    bulk_files = _Repository(SqlBulkFileRepository)
    gatherings = _Repository(SqlGatheringRepository)
    cards = _Repository(SqlCardRepository)
    gates = _Repository(SqlGateRepository)
    people = _Repository(SqlPersonRepository)
    accounts = _Repository(SqlChatAccountRepository)
    docspace_accounts = _Repository(SqlDocSpaceAccountRepository)
    groups = _Repository(SqlGroupRepository)
    conversations = _Repository(SqlConversationRepository)
    review_digests = _Repository(SqlReviewDigestRepository)
    campaigns = _Repository(SqlCampaignRepository)
    subscriptions = _Repository(SqlSubscriptionRepository)
    idempotency_keys = _Repository(SqlIdempotencyKeyRepository)
    codes = _Repository(SqlMailedCodeRepository)
    quotas = _Repository(SqlQuotaRepository)
    alarms = _Repository(SqlAlarmRepository)
    canaries = _Repository(SqlCanaryRepository)
    sign_in_links = _Repository(SqlSignInLinkRepository)
    sessions = _Repository(SqlSessionRepository)
    comparisons = _Repository(SqlComparisonRepository)
    earlier_comparisons = _Repository(SqlEarlierComparisonRepository)
    openings = _Repository(SqlOpeningRepository)
    listings = _Repository(SqlReviewQueries)
    ledger = _Repository(SqlLedgerRepository)
    owner_states = _Repository(SqlOwnerStateRepository)
    unrouted_changes = _Repository(SqlUnroutedChangeRepository)
    incomplete_periods = _Repository(SqlIncompletePeriodRepository)
    queued_reminders = _Repository(SqlQueuedReminderRepository)
    absences = _Repository(SqlAbsenceRepository)
    round_claims = _Repository(SqlRoundClaimRepository)

    def __init__(self, engine: sa.Engine, *, reading: bool = False) -> None:
        self._engine, self._reading = engine, reading

    def __enter__(self) -> Self:
        if "connection" in vars(self):
            raise RuntimeError("a unit of work is opened once")
        self.connection = connect(self._engine, reading=self._reading)
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            # A locked database refuses at BEGIN; `with` would not return the connection to the pool.
            self.connection.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transaction.is_active:
            self._transaction.rollback()
        self.connection.close()

    def commit(self) -> None:
        if "ledger" in vars(self) and self.ledger.has_waiting():
            self.ledger.commit_waiting(self._transaction)
        else:
            self._transaction.commit()

    def now(self) -> datetime:
        return read_database_time(self.connection)
