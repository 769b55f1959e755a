"""The connections to DocSpace: for events, for sweeps, for people who wait."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from docspace.client import Client
from docspace.limits import READ_SECONDS, ConcurrencyLimit
from docspace.rooms import Rooms
from reviews.people.docspace_accounts import AccountLookup
from runtime.call_limits.call_allowance import BACKGROUND_RATE, NO_TURN_WAIT, SWEEP_RATE, TurnWait
from runtime.call_limits.docspace_calls import AccountSearch, DocSpaceConnector
from runtime.call_limits.spare_calls import SPARE_TURN_SECONDS
from runtime.wiring.databases import DatabaseWiring
from webhook.accounts import ACCOUNT_TIMEOUT_SECONDS, AccountFinder, OwnerAccountFinder
from webhook.document_source import PortalDocuments
from webhook.enrichment import Enrichment

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http


@dataclass(frozen=True)
class DocSpaceWiring(DatabaseWiring):
    """Clients of DocSpace, within the limits that all processes share."""

    @cached_property
    def portal(self) -> Enrichment:
        return self.build_portal(self.docspace_http)

    def build_portal(self, http: Http) -> Enrichment:
        """Return the reader of the portal over this connection."""
        return Enrichment(Client(http))

    def build_documents(self, http: Http, *, max_bytes: int) -> PortalDocuments:
        """Return the source of documents over this connection, of those up to a size."""
        return PortalDocuments(Client(http), max_bytes=max_bytes)

    @cached_property
    def docspace_client(self) -> Client:
        return Client(self.docspace_http)

    @cached_property
    def docspace_http(self) -> Http:
        return self._docspace_calls.connect(timeout=READ_SECONDS)

    @cached_property
    def unlimited_http(self) -> Http:
        """The connection for a few manual calls, which need no database to be counted in."""
        return self._docspace_calls.connect_unlimited()

    @cached_property
    def unlimited_client(self) -> Client:
        return Client(self.unlimited_http)

    @cached_property
    def keyless_http(self) -> Http:
        """The connection for what DocSpace shows to everyone, before there is a key."""
        return self._docspace_calls.connect_without_key()

    @cached_property
    def rooms(self) -> Rooms:
        """The rooms and folders that the key's user sees, for a person who chooses one."""
        return Rooms(self.unlimited_http)

    @cached_property
    def _docspace_for_people(self) -> Http:
        """The connection of commands in chat, for whose answer a person waits."""
        return self._docspace_calls.connect_for_person(timeout=READ_SECONDS)

    def connect_for_command(self, turn_wait: TurnWait) -> Http:
        """Return the connection of a command whose calls wait for their turn."""
        return self._docspace_calls.connect(timeout=READ_SECONDS, turn_wait=turn_wait)

    def connect_for_sweeps(self, turn_wait: TurnWait = NO_TURN_WAIT) -> Http:
        """Return the connection of the worker's sweeps, which leave calls to the events."""
        rates = [SWEEP_RATE, BACKGROUND_RATE]
        return self._docspace_calls.connect(timeout=READ_SECONDS, rates=rates, turn_wait=turn_wait)

    def build_command_account_finder(self, turn_wait: TurnWait) -> OwnerAccountFinder:
        """Return the query for the accounts of people whom a command names."""
        return OwnerAccountFinder(client=Client(self.connect_for_command(turn_wait)))

    def build_owner_account_finder(self, wait: Callable[[float], bool]) -> OwnerAccountFinder:
        """Return the query for owners; its calls are those that events leave, and `wait` for their turn."""
        turn_wait = TurnWait(seconds=SPARE_TURN_SECONDS, wait=wait)
        http = self._docspace_calls.connect_with_spare_calls(timeout=READ_SECONDS, turn_wait=turn_wait)
        return OwnerAccountFinder(client=Client(http))

    @cached_property
    def _docspace_calls(self) -> DocSpaceConnector:
        return DocSpaceConnector(
            settings=self.settings,
            transactions=self.transactions,
            clock=self.clock,
            concurrency_limit=self.concurrency_limit,
        )

    @cached_property
    def concurrency_limit(self) -> ConcurrencyLimit:
        """How many concurrent calls to DocSpace this process may make; the worker keeps it up to date."""
        return ConcurrencyLimit()

    @cached_property
    def docspace_accounts(self) -> AccountLookup:
        return AccountLookup(
            transactions=self.request_transactions,
            clock=self.clock,
            find_account=AccountSearch(self._build_account_finder),
        )

    def _build_account_finder(self) -> AccountFinder:
        http = self._docspace_calls.connect_for_person(timeout=ACCOUNT_TIMEOUT_SECONDS)
        return AccountFinder(client=Client(http))
