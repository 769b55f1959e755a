"""The database connections: one for each kind of work of a process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.evidence.key_file import find_key_file
from runtime.evidence.key_source import find_origin, load_ledger_keys
from runtime.evidence.receipt_source import ReceiptSource
from runtime.evidence.timestamps import load_certificates
from runtime.evidence.witness_policy import load_witness_policy
from runtime.observe.disk_failures import log_disk_failures
from runtime.observe.lock_timeouts import log_lock_timeouts
from runtime.observe.schema_watch import SchemaWatch
from runtime.settings import disk
from runtime.settings.settings import Settings, UnusableSettings
from store.clock import DatabaseClock
from store.database_address import UnusableAddress
from store.database_description import find_database_file
from store.engine import authenticate_entries, create_engine, create_statement_engine
from store.limits import SQLITE_CLICK_SECONDS, WorkKind, use_limits_of
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import WebhookWatch
from store.workers import WorkerRegistry

if TYPE_CHECKING:
    import sqlalchemy as sa
    from cryptography import x509

    from reviews.clock import Clock
    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey
    from reviews.ledger.entry_macs import MacKey
    from reviews.ports.unit_of_work import Transactions
    from runtime.evidence.ledger_key import LedgerKeys


def get_utc_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class DatabaseWiring:
    """Connections and transactions, each made on first use."""

    settings: Settings
    work: WorkKind = WorkKind.SERVE
    """What the process does with the database, unless a part of it says otherwise."""

    @cached_property
    def engine(self) -> sa.Engine:
        try:
            engine = self._create_engine(self.settings.database_url.get_secret_value(), work_kind=self.work)
        except UnusableAddress as error:
            raise UnusableSettings(str(error)) from error
        if engine.url.get_backend_name() == "sqlite":
            file = Path(engine.url.database or "")
            reason = disk.explain_unsuitable_disk(file, setting=self.settings.get_option)
            if reason:
                raise UnusableSettings(f"DATABASE_URL: {reason}")
        return engine

    def _create_engine(
        self, address: str, *, work_kind: WorkKind = WorkKind.SERVE, lock_timeout: float | None = None
    ) -> sa.Engine:
        engine = create_engine(address, work_kind=work_kind, lock_timeout=lock_timeout)
        _log_failures(engine)
        authenticate_entries(engine, self._find_mac_key)
        return engine

    @cached_property
    def ledger_keys(self) -> LedgerKeys:
        """The keys of the ledger; raises `UnusableSettings` for one that can't be used."""
        return load_ledger_keys(self.settings, self.ledger_key_file)

    def check_ledger_settings(self) -> None:
        """Raise `UnusableSettings` for a key, a name, a policy or certificates that can't be used.

        Nothing is kept.
        """
        load_ledger_keys(self.settings, self.ledger_key_file)
        find_origin(self.settings)
        load_witness_policy(self.settings)
        load_certificates(self.settings)

    def list_verifier_keys(self) -> list[VerifierKey]:
        """Return the keys by which others verify the checkpoints of this ledger, the present one first."""
        origin = find_origin(self.settings)
        return [key.build_verifier_key(origin) for key in self.ledger_keys.all]

    @cached_property
    def witness_policy(self) -> Policy | None:
        """The policy of the witnesses; raises `UnusableSettings` for one that can't be used."""
        return load_witness_policy(self.settings)

    @cached_property
    def tsa_certificates(self) -> tuple[x509.Certificate, ...]:
        """The root certificates of the timestamping authority, or none; raises `UnusableSettings`."""
        return load_certificates(self.settings)

    @property
    def ledger_key_file(self) -> Path | None:
        """The file of the ledger's key if no setting holds it: beside a SQLite database."""
        file = find_database_file(self.engine)
        return None if file is None or self.settings.get_option("LEDGER_KEY") else find_key_file(file)

    @cached_property
    def receipt_source(self) -> ReceiptSource:
        """The receipts of reviews."""
        return ReceiptSource(self.engine, lambda: self.ledger_keys)

    @cached_property
    def request_receipt_source(self) -> ReceiptSource:
        """The same for requests for which a person waits."""
        return ReceiptSource(self.request_engine, lambda: self.ledger_keys)

    def _find_mac_key(self) -> MacKey | None:
        current = self.ledger_keys.current
        return current.mac_key if current else None

    @cached_property
    def clock(self) -> Clock:
        """The database's clock: times that one host wrote are compared with it on another."""
        return DatabaseClock(self.engine)

    @cached_property
    def heartbeat_engine(self) -> sa.Engine:
        """The connections of the worker's heartbeats; no statement on them takes long."""
        address = self.engine.url.render_as_string(hide_password=False)
        return create_engine(address, work_kind=WorkKind.BEAT)

    @cached_property
    def worker_registry(self) -> WorkerRegistry:
        return WorkerRegistry(self.engine)

    @cached_property
    def heartbeat_registry(self) -> WorkerRegistry:
        """The same register, on the connections of the heartbeats."""
        return WorkerRegistry(self.heartbeat_engine)

    @cached_property
    def webhook_watch(self) -> WebhookWatch:
        return WebhookWatch(self.engine)

    @cached_property
    def schema(self) -> SchemaWatch:
        """The check for this release's schema in the database; no work is taken while it differs."""
        return SchemaWatch(lambda: self.engine)

    @cached_property
    def transactions(self) -> Transactions:
        return partial(SqlUnitOfWork, self.engine)

    @cached_property
    def request_engine(self) -> sa.Engine:
        """The engine for requests for which a person waits: a click, a page, a command in chat."""
        if self.work is WorkKind.REQUEST and self.engine.dialect.name != "sqlite":
            return self.engine
        if self.engine.dialect.name != "sqlite":
            return use_limits_of(self.engine, WorkKind.REQUEST)
        address = self.engine.url.render_as_string(hide_password=False)
        return self._create_engine(address, lock_timeout=SQLITE_CLICK_SECONDS)

    @cached_property
    def request_transactions(self) -> Transactions:
        return partial(SqlUnitOfWork, self.request_engine)

    @cached_property
    def receiving_engine(self) -> sa.Engine:
        if self.engine.dialect.name == "sqlite":
            address = self.engine.url.render_as_string(hide_password=False)
            return self._create_engine(address, work_kind=WorkKind.RECEIVE)
        engine = create_statement_engine(self.engine)
        _log_failures(engine)
        return engine

    @cached_property
    def receiving_transactions(self) -> Transactions:
        """Units of work of a single statement, for the receiver's one writer."""
        return partial(SqlUnitOfWork, self.receiving_engine)


def _log_failures(engine: sa.Engine) -> None:
    log_lock_timeouts(engine)
    log_disk_failures(engine)
