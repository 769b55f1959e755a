"""A stand-in for the remote service of each channel, so that every channel is tested by the contract.

A new channel that calls a service adds its stand-in to `REMOTE_SERVICES`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.edge.fake_slack import FakeSlack
from tests.edge.fake_teams import FakeTeams
from tests.edge.http_sink import HttpSink
from tests.edge.smtp_server import MailServer
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.notifiers.teams import CHANNEL
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

SECRET = "s3cr3t-of-the-far-side"


@dataclass(frozen=True, kw_only=True)
class RemoteService:
    """What a channel has to be given to reach a stand-in: an address that it knows, and the settings.

    `secret` is what no error may tell; `conversation` is what it told of the address before. `member` is
    a person who can be written to alone, by their mail address; `takes_strangers` says that anyone else can.
    """

    target: str
    settings: Mapping[str, str]
    secret: str
    conversation: Mapping[str, str] = field(default_factory=dict)
    member: str | None = None
    takes_strangers: bool = False


@contextmanager
def slack() -> Iterator[RemoteService]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_channel("C1", "compliance")
        settings = {"SLACK_BOT_TOKEN": fake.token, "SLACK_API_URL": fake.api_url}
        yield RemoteService(target="C1", settings=settings, secret=fake.token, member=OWNER)


@contextmanager
def teams() -> Iterator[RemoteService]:
    with WorkflowsSink() as sink:
        settings = {"TEAMS_WORKFLOW_COMPLIANCE": sink.url, "TEAMS_ALLOW_HOSTS": sink.host}
        yield RemoteService(target="compliance", settings=settings, secret=SIG)


@contextmanager
def teams_bot() -> Iterator[RemoteService]:
    with FakeTeams() as fake:
        fake.add_person("29:dana", "Dana Ozola", OWNER)
        fake.add_channel(CHANNEL, "compliance")
        yield RemoteService(
            target=CHANNEL,
            settings=fake.settings,
            secret=fake.password,
            conversation=fake.reference,
            member=OWNER,
        )


@contextmanager
def mail() -> Iterator[RemoteService]:
    with MailServer() as server:
        settings = {"SMTP_URL": server.url, "MAIL_FROM": "reviews@company.com"}
        yield RemoteService(
            target="owner@company.com",
            settings=settings,
            secret=server.url,
            member=OWNER,
            takes_strangers=True,
        )


@contextmanager
def apprise() -> Iterator[RemoteService]:
    with HttpSink() as sink:
        settings = {"APPRISE_OPS": f"json://user:{SECRET}@{sink.place}/{SECRET}"}
        yield RemoteService(target="ops", settings=settings, secret=SECRET)


REMOTE_SERVICES: dict[str, Callable[[], AbstractContextManager[RemoteService]]] = {
    "slack": slack,
    "teams": teams,
    "teams-bot": teams_bot,
    "mail": mail,
    "apprise": apprise,
}
