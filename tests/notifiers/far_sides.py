"""A stand-in for the far side of each channel, so that every channel can be held against the contract.

Whoever adds a channel that calls somebody adds its stand-in to `FAR_SIDES`.
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
class FarSide:
    """What a channel has to be given to reach a stand-in: an address that it knows, and the settings.

    `secret` is what no error may tell; `said` is what the far side told of the address before. `member` is
    somebody who can be written to alone, by their mail address; `takes_strangers` says that anybody else can.
    """

    target: str
    settings: Mapping[str, str]
    secret: str
    said: Mapping[str, str] = field(default_factory=dict)
    member: str | None = None
    takes_strangers: bool = False


@contextmanager
def slack() -> Iterator[FarSide]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_channel("C1", "compliance")
        settings = {"SLACK_BOT_TOKEN": fake.token, "SLACK_API_URL": fake.api_url}
        yield FarSide(target="C1", settings=settings, secret=fake.token, member=OWNER)


@contextmanager
def teams() -> Iterator[FarSide]:
    with WorkflowsSink() as sink:
        settings = {"TEAMS_WORKFLOW_COMPLIANCE": sink.url, "TEAMS_ALLOW_HOSTS": sink.host}
        yield FarSide(target="compliance", settings=settings, secret=SIG)


@contextmanager
def teams_bot() -> Iterator[FarSide]:
    with FakeTeams() as fake:
        fake.add_person("29:dana", "Dana Ozola", OWNER)
        fake.add_channel(CHANNEL, "compliance")
        yield FarSide(
            target=CHANNEL,
            settings=fake.settings,
            secret=fake.password,
            said=fake.reference,
            member=OWNER,
        )


@contextmanager
def mail() -> Iterator[FarSide]:
    with MailServer() as server:
        settings = {"SMTP_URL": server.url, "MAIL_FROM": "reviews@company.com"}
        yield FarSide(
            target="owner@company.com",
            settings=settings,
            secret=server.url,
            member=OWNER,
            takes_strangers=True,
        )


@contextmanager
def apprise() -> Iterator[FarSide]:
    with HttpSink() as sink:
        settings = {"APPRISE_OPS": f"json://user:{SECRET}@{sink.place}/{SECRET}"}
        yield FarSide(target="ops", settings=settings, secret=SECRET)


FAR_SIDES: dict[str, Callable[[], AbstractContextManager[FarSide]]] = {
    "slack": slack,
    "teams": teams,
    "teams-bot": teams_bot,
    "mail": mail,
    "apprise": apprise,
}
