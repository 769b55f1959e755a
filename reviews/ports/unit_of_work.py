"""The unit of work: one transaction with all repositories, and the rules for its implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from reviews.ports.absences import AbsenceRepository
    from reviews.ports.alarms import AlarmRepository, CanaryRepository
    from reviews.ports.bulk_files import BulkFileRepository
    from reviews.ports.campaigns import CampaignRepository
    from reviews.ports.cards import CardRepository, GateRepository
    from reviews.ports.comparisons import ComparisonRepository
    from reviews.ports.earlier_comparisons import EarlierComparisonRepository
    from reviews.ports.events import EventRepository
    from reviews.ports.gatherings import GatheringRepository
    from reviews.ports.incomplete_periods import IncompletePeriodRepository
    from reviews.ports.ledger import LedgerRepository
    from reviews.ports.listing import ReviewQueries
    from reviews.ports.openings import OpeningRepository
    from reviews.ports.owner_accounts import OwnerStateRepository
    from reviews.ports.people import (
        ChatAccountRepository,
        ConversationRepository,
        DocSpaceAccountRepository,
        GroupRepository,
        IdempotencyKeyRepository,
        MailedCodeRepository,
        PersonRepository,
        QuotaRepository,
        SessionRepository,
        SignInLinkRepository,
    )
    from reviews.ports.reminders import QueuedReminderRepository
    from reviews.ports.review_digests import ReviewDigestRepository
    from reviews.ports.reviews import ReviewRepository
    from reviews.ports.round_claims import RoundClaimRepository
    from reviews.ports.subscriptions import SubscriptionRepository
    from reviews.ports.tree import BaselineRepository, FileStateRepository, FolderRepository
    from reviews.ports.unrouted_changes import UnroutedChangeRepository


class UnitOfWork(Protocol):
    """One transaction. Rolls back unless `commit` was called."""

    @property
    def events(self) -> EventRepository: ...
    @property
    def files(self) -> FileStateRepository: ...
    @property
    def folders(self) -> FolderRepository: ...
    @property
    def baselines(self) -> BaselineRepository: ...
    @property
    def reviews(self) -> ReviewRepository: ...
    @property
    def bulk_files(self) -> BulkFileRepository: ...
    @property
    def gatherings(self) -> GatheringRepository: ...
    @property
    def cards(self) -> CardRepository: ...
    @property
    def gates(self) -> GateRepository: ...
    @property
    def people(self) -> PersonRepository: ...
    @property
    def accounts(self) -> ChatAccountRepository: ...
    @property
    def docspace_accounts(self) -> DocSpaceAccountRepository: ...
    @property
    def groups(self) -> GroupRepository: ...
    @property
    def conversations(self) -> ConversationRepository: ...
    @property
    def review_digests(self) -> ReviewDigestRepository: ...
    @property
    def campaigns(self) -> CampaignRepository: ...
    @property
    def subscriptions(self) -> SubscriptionRepository: ...
    @property
    def idempotency_keys(self) -> IdempotencyKeyRepository: ...
    @property
    def codes(self) -> MailedCodeRepository: ...
    @property
    def quotas(self) -> QuotaRepository: ...
    @property
    def alarms(self) -> AlarmRepository: ...
    @property
    def canaries(self) -> CanaryRepository: ...
    @property
    def sign_in_links(self) -> SignInLinkRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def comparisons(self) -> ComparisonRepository: ...
    @property
    def earlier_comparisons(self) -> EarlierComparisonRepository: ...
    @property
    def openings(self) -> OpeningRepository: ...
    @property
    def listings(self) -> ReviewQueries: ...
    @property
    def ledger(self) -> LedgerRepository: ...
    @property
    def owner_states(self) -> OwnerStateRepository: ...
    @property
    def unrouted_changes(self) -> UnroutedChangeRepository: ...
    @property
    def incomplete_periods(self) -> IncompletePeriodRepository: ...
    @property
    def queued_reminders(self) -> QueuedReminderRepository: ...
    @property
    def absences(self) -> AbsenceRepository: ...
    @property
    def round_claims(self) -> RoundClaimRepository: ...

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
    """Opens units of work; one that only reads neither waits for writers nor blocks them."""

    def __call__(self, *, reading: bool = False) -> UnitOfWork: ...
