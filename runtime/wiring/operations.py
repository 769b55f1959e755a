"""What watches over an installation: canaries, alarms, the health check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import notifiers
from reviews.absences.calendar_sync import CalendarSync
from reviews.monitoring.alarms import Alarms
from reviews.monitoring.canaries import Canaries
from reviews.monitoring.checkpoint_posts import CheckpointPosts
from runtime.calendars.calendar_client import CalendarClient
from runtime.calendars.calendar_reader import IsolatedCalendarReader
from runtime.evidence.checkpoint_maker import CheckpointMaker
from runtime.evidence.cosigning import Cosigning
from runtime.evidence.key_source import find_origin
from runtime.evidence.timestamp_client import TimestampClient
from runtime.evidence.timestamping import Timestamping
from runtime.evidence.witness_client import WitnessClient
from runtime.observe.health import Health
from runtime.wiring.channels import ChannelWiring

if TYPE_CHECKING:
    from reviews.people.code_mail import MonitoredCodeMailer


@dataclass(frozen=True)
class OperationsWiring(ChannelWiring):
    """The use cases for operators."""

    @cached_property
    def canaries(self) -> Canaries:
        return Canaries(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            silent=notifiers.list_silent_channels(),
        )

    @cached_property
    def patient_canaries(self) -> Canaries:
        """The canaries for endpoints, where a person waits."""
        return replace(self.canaries, transactions=self.request_transactions)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(transactions=self.transactions, routes=self.routes)

    @cached_property
    def checkpoint_posts(self) -> CheckpointPosts:
        return CheckpointPosts(
            transactions=self.transactions, routes=self.routes, silent=notifiers.list_silent_channels()
        )

    @cached_property
    def checkpoint_maker(self) -> CheckpointMaker:
        origin = find_origin(self.settings)
        return CheckpointMaker(self.engine, self.ledger_keys, origin=origin, clock=self.clock)

    @cached_property
    def cosigning(self) -> Cosigning | None:
        """What has witnesses cosign the ledger, if there is a policy."""
        policy = self.witness_policy
        if policy is None:
            return None
        return Cosigning(
            self.engine,
            policy,
            WitnessClient(self.clock),
            list_keys=self.list_verifier_keys,
            clock=self.clock,
        )

    @cached_property
    def timestamping(self) -> Timestamping | None:
        """What has an authority timestamp the checkpoints, if there is one."""
        url = self.settings.tsa_url
        if not url:
            return None
        client = TimestampClient(url, roots=self.tsa_certificates, clock=self.clock)
        return Timestamping(self.engine, client, clock=self.clock)

    @cached_property
    def calendar_reader(self) -> IsolatedCalendarReader | None:
        """What reads the calendar of absences, if the routing file has one."""
        address = self.routes.calendar
        return IsolatedCalendarReader(CalendarClient(address)) if address else None

    @cached_property
    def calendar_sync(self) -> CalendarSync:
        return CalendarSync(transactions=self.transactions, routes=self.routes)

    @cached_property
    def database_health(self) -> Health:
        """The health check without the routes, for where they may be what is broken."""
        sweep_interval = None if self.settings.has_receiver else self.settings.sweep_interval
        return Health(engine=self.engine, clock=self.clock, sweep_interval=sweep_interval)

    def build_health(self, mail: MonitoredCodeMailer | None) -> Health:
        """Return the whole health check of a process; `mail` is its mailer of codes, if it has one."""
        return replace(
            self.database_health, routes=self.routes, slack_socket=self.uses_slack_socket, mail=mail
        )
