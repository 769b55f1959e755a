"""The connections to DocSpace: for events, for sweeps, for people who wait."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

from docspace.client import Client
from docspace.http import READ_SECONDS, Http, Share
from reviews.people.docspace_accounts import DocSpaceAccounts
from runtime.far_sides.call_allowance import SWEEPS, UNHURRIED
from runtime.far_sides.docspace_calls import AccountSearch, Calls
from runtime.wiring.databases import Databases
from webhook.accounts import PATIENCE as PATIENCE_FOR_ACCOUNTS
from webhook.enrich import Enrichment


@dataclass(frozen=True)
class DocSpaceConnections(Databases):
    """Clients of DocSpace, within the limits that all processes share."""

    @cached_property
    def portal(self) -> Enrichment:
        return Enrichment(Client(self.docspace))

    @cached_property
    def docspace(self) -> Http:
        return self._docspace_calls.connect(patience=READ_SECONDS)

    @cached_property
    def _docspace_for_people(self) -> Http:
        """The connection of commands in chat, whose answer somebody waits for."""
        return self._docspace_calls.connect_for_person(patience=READ_SECONDS)

    def docspace_for_sweeps(self) -> Http:
        """Return the connection of the worker's sweeps, which leave calls to the events."""
        return self._docspace_calls.connect(patience=READ_SECONDS, paces=[SWEEPS, UNHURRIED])

    @cached_property
    def _docspace_calls(self) -> Calls:
        return Calls(
            settings=self.settings, transactions=self.transactions, clock=self.clock, share=self.share
        )

    @cached_property
    def share(self) -> Share:
        """How many calls to DocSpace this process may have under way; the worker keeps it up to date."""
        return Share()

    @cached_property
    def docspace_accounts(self) -> DocSpaceAccounts:
        connect = partial(self._docspace_calls.connect_for_person, patience=PATIENCE_FOR_ACCOUNTS)
        return DocSpaceAccounts(transactions=self.patient, clock=self.clock, find=AccountSearch(connect))
