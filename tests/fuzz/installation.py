"""The whole program as it is wired: stand-ins on this machine, reviews in it, people signed in."""

from __future__ import annotations

import base64
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests
import sqlalchemy as sa

from reviews.cards.card_drawing import draw_card
from reviews.identity import Identity, ProvenPerson
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from store.schema import answers, cards, events, ledger, reviews, sign_in_links, subscriptions
from tests.edge.fake_slack import FakeSlack
from tests.edge.fake_teams import FakeTeams
from tests.edge.oidc_issuer import CLIENT_ID, CLIENT_SECRET, OidcIssuer
from tests.edge.slack_send import through_flask
from tests.edge.smtp_server import MailServer
from tests.edge.teams_person import TeamsSide
from tests.edge.teams_signing import authorization
from tests.fuzz import sending
from tests.fuzz.recorded import (
    CHANNEL,
    DANA,
    DANA_IN_TEAMS,
    IN_TEAMS,
    STRANGER,
    STRANGER_IN_TEAMS,
    from_slack,
    from_teams,
)
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, WATCHED, event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask

    from tests.fuzz.sending import RawAnswer, RawRequest

ADDRESS = "http://127.0.0.1:3000"
SECRETS = {
    "secret_key": "Wq3-k9ZtR7mYx2LpVb5NsD8fHcJgA4eU",
    "docspace_webhook_secret": "Compl1ance!Review",
    "docspace_webhook_secret_previous": "Compl1ance!Before",
    "slack_signing_secret": "8f742231b10e8888abcd99yyyzzz85a5",
    "teams_outgoing_secret": base64.b64encode(b"sixteen bytes or more, as Teams does").decode(),
    "metrics_token": "m3trics-of-thirty-two-characters",
    "docspace_api_key": "sk-portal-key-of-the-fuzz",
}
TEAM = "19:team@thread.tacv2"
ROUTES = f"""
[[route]]
name = "compliance"
watch = ["{WATCHED}"]
owners = ["{OWNER}"]
deputies = ["{DEPUTY}"]
notify = ["slack:{CHANNEL}", "teams-bot:{IN_TEAMS}", "inbox"]
quiet_period = "0s"
acknowledge_reaction = "white_check_mark"
[[route]]
name = "private"
watch = ["778"]
owners = ["{OWNER}"]
notify = ["inbox"]
quiet_period = "0s"
private = true
"""
RECORDS = (answers, cards, events, ledger, reviews, sign_in_links, subscriptions)
"""Tables that no unproven request writes to."""
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
COOKIE = "docspace-review"


@dataclass(frozen=True, kw_only=True)
class SignedInBrowser:
    """A browser that is signed in: its cookie, and the token of its forms."""

    cookie: str
    form_token: str

    @property
    def bent_cookie(self) -> str:
        """The cookie with one character changed in what is signed."""
        start = len(COOKIE) + 5
        return self.cookie[:start] + ("A" if self.cookie[start] != "A" else "B") + self.cookie[start + 1 :]


@dataclass(frozen=True, kw_only=True)
class FuzzedApplication:
    """An application that is asked in this process; `samples` are what its stand-ins would send to it."""

    wiring: Wiring
    app: Flask
    slack: FakeSlack
    teams: FakeTeams
    issuer: OidcIssuer
    desk: Desk
    sent_by_slack: list[tuple[str, bytes]] = field(default_factory=list)
    sent_by_teams: list[dict[str, Any]] = field(default_factory=list)

    slack_secret = SECRETS["slack_signing_secret"]
    metrics_token = SECRETS["metrics_token"]
    command_key = base64.b64decode(SECRETS["teams_outgoing_secret"])
    webhook_secrets = (SECRETS["docspace_webhook_secret"], SECRETS["docspace_webhook_secret_previous"])

    def send(self, request: RawRequest) -> RawAnswer:
        return sending.send(self.app, request)

    @cached_property
    def signed_in(self) -> list[SignedInBrowser]:
        """An owner, and a person who may answer nothing."""
        people = [("Dana Ozola", OWNER), ("Juris Bite", "juris@example.com")]
        return [self._sign_in(name, email) for name, email in people]

    @cached_property
    def review_ids(self) -> list[str]:
        return [review.id for review in self.desk.reviews()]

    @cached_property
    def ack_tokens(self) -> list[str]:
        return [self.wiring.links.make_token(draw_card(review)) for review in self.desk.reviews()]

    @cached_property
    def ways_in(self) -> list[str]:
        """Tokens of sign-in links that a chat has given out."""
        made = self.wiring.commands.make_sign_in_address
        assert made is not None
        link = made(ProvenPerson(name="Dana Ozola", identity=Identity.SLACK, addresses=(OWNER,)))
        return [link.rpartition("/")[2]]

    def teams_token(self) -> dict[str, str]:
        return authorization(self.teams.issuer, self.teams.service_url)

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of what is worth forging."""
        with self.wiring.engine.connect() as connection:
            counted = {table.name: sa.select(sa.func.count()).select_from(table) for table in RECORDS}
            return {name: connection.execute(count).scalar_one() for name, count in counted.items()}

    def problem(self) -> str | None:
        """Return what is wrong with the ledger."""
        return check_ledger(self.wiring.engine).problem

    def _sign_in(self, name: str, email: str) -> SignedInBrowser:
        """Sign a person in at the issuer, as their browser does."""
        self.issuer.person = {"sub": email, "name": name, "email": email, "email_verified": True}
        client = self.app.test_client()
        away = client.get("/sign-in/to/reviews").headers["Location"]
        back = requests.get(away, allow_redirects=False, timeout=60).headers["Location"]
        assert client.get(back.removeprefix(ADDRESS)).status_code == 303
        page = client.get("/reviews").text
        match = FORM_TOKEN.search(page)
        assert match is not None
        session = client.get_cookie(COOKIE)
        assert session is not None
        return SignedInBrowser(cookie=f"{COOKIE}={session.value}", form_token=match[1])


@contextmanager
def open_installation(database_url: str) -> Iterator[FuzzedApplication]:
    """Open an installation on a migrated database: five reviews, two of them answered, one with its cards."""
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack(hang_seconds=0.5))
        teams = stack.enter_context(FakeTeams(hang_seconds=0.5))
        issuer = stack.enter_context(OidcIssuer())
        mail = stack.enter_context(MailServer())
        _people(slack, teams)
        settings: Mapping[str, Any] = {
            **SECRETS,
            **{name.lower(): value for name, value in teams.settings.items()},
            "database_url": database_url,
            "routes": ROUTES,
            "docspace_api_host": "http://127.0.0.1:9",
            "slack_bot_token": slack.token,
            "slack_api_url": slack.api_url,
            "smtp_url": mail.url,
            "mail_from": "reviews@example.com",
            "oidc_issuer": issuer.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
        }
        wiring = Wiring(parse_settings(settings))
        app = build_application(wiring)
        desk = Desk(wiring.engine, wiring.transactions, wiring.routes)
        desk.delivery = wiring.delivery
        at = FuzzedApplication(wiring=wiring, app=app, slack=slack, teams=teams, issuer=issuer, desk=desk)
        _fill(at)
        yield at
        wiring.engine.dispose()
        wiring.request_engine.dispose()


def _people(slack: FakeSlack, teams: FakeTeams) -> None:
    slack.add_person(DANA, "Dana Ozola", OWNER)
    slack.add_person(STRANGER, "Juris Bite", "juris@example.com")
    slack.add_channel(CHANNEL, "compliance")
    teams.add_person(DANA_IN_TEAMS, "Dana Ozola", OWNER, oid="oid-dana")
    teams.add_person(STRANGER_IN_TEAMS, "Juris Bite", "juris@example.com", oid="oid-juris")
    teams.add_channel(IN_TEAMS, "compliance", team_id=TEAM)


def _fill(at: FuzzedApplication) -> None:
    """Open reviews, deliver their cards, and write down what each service would send about one."""
    TeamsSide(at.teams, through_flask(at.app.test_client())).install(DANA_IN_TEAMS, IN_TEAMS)
    first = at.desk.open(event(file_id="f0", title="Paper 0.docx"))
    at.desk.deliver_all()
    at.desk.open(event(file_id="hostile", title=HOSTILE))
    at.desk.open(event(file_id="private", title="Merger.docx", parent_id="778"))
    for number in (1, 2):
        at.desk.answers.record_answer(
            build_answer_request(at.desk.open(event(file_id=f"f{number}", title=f"Paper {number}.docx")))
        )
    assert at.ways_in
    at.sent_by_slack.extend(from_slack(at, first))
    at.sent_by_teams.extend(from_teams(at, first))
