"""One change on every road at once: Slack, Workflows, the bot in Teams, and the page behind the cards."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from demo import OLGA
from tests.edge.adaptive_cards import read_buttons, read_card_text
from tests.edge.fake_teams import FakeTeams
from tests.edge.oidc_issuer import CLIENT_ID, CLIENT_SECRET, OidcIssuer
from tests.edge.slack_send import over_http
from tests.edge.teams_activities import cards
from tests.edge.teams_person import TeamsSide
from tests.edge.workflows_sink import WorkflowsSink
from tests.journeys.installation import SERVE, SPLIT
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    OLGA_IN_SLACK,
    RunningInstallation,
    assert_recorded_once,
    make_sqlite_address,
    route,
    run_installation,
)
from tests.journeys.visitor import AcknowledgePageVisitor
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo import PortalFile
    from tests.edge.slack_state import Json

TEAMS_CHANNEL = "19:0123456789abcdef0123456789abcdef@thread.tacv2"
OLGA_IN_TEAMS, OLGA_IN_ENTRA = "29:olga", "0d0d0d0d-0000-4000-8000-0000000000aa"
NOTIFY = '", "'.join((f"slack:{CHANNEL}", "teams:compliance", f"teams-bot:{TEAMS_CHANNEL}"))


@dataclass(frozen=True, kw_only=True)
class Roads:
    """An installation with three chats, and an issuer where Olga signs in."""

    installation: RunningInstallation
    teams: FakeTeams
    side: TeamsSide
    sink: WorkflowsSink

    def in_slack(self, title: str, *words: str) -> Json:
        return self.installation.card(title, *words)

    def in_teams(self, title: str, *words: str) -> Json:
        """Wait for the bot's only message of this title to say all these words."""
        [message] = eventually(lambda: _if_all_say(self._of_bot(title), words))
        return message

    def through_workflows(self, title: str, *, count: int) -> list[Json]:
        """Wait until so many cards of this title came through Workflows."""

        def enough() -> list[Json]:
            cards = [card for card in self.sink.posts if title in read_card_text(card)]
            return cards if len(cards) == count else []

        return eventually(enough)

    def visitor(self, title: str) -> AcknowledgePageVisitor:
        """Open the page that the card from Workflows leads to, and sign in."""
        [card] = self.through_workflows(title, count=1)
        visitor = AcknowledgePageVisitor(read_buttons(card)["Acknowledge review"]["url"])
        visitor.sign_in()
        return visitor

    def ways(self, title: str) -> dict[str, Callable[[], object]]:
        """Return each way in which Olga may acknowledge, by the identity that it proves; all cards stand."""
        in_slack, in_teams, visitor = self.in_slack(title), self.in_teams(title), self.visitor(title)
        return {
            "slack": lambda: self.installation.click(OLGA_IN_SLACK, in_slack),
            "teams_bot": lambda: self.side.click(OLGA_IN_TEAMS, in_teams, "acknowledge"),
            "oidc": lambda: visitor.send("", decision="acknowledge"),
        }

    def assert_answered_everywhere(self, file: PortalFile, title: str, words: str) -> Json:
        """Wait until each road says so; return the only answer."""
        self.in_slack(title, words)
        message = self.in_teams(title, words)
        [_, update] = self.through_workflows(title, count=2)
        assert words in read_card_text(update)
        assert not {"Acknowledge review", "Request changes"} & set(read_buttons(cards(message)[0]))
        [review] = self.installation.reviews(file)
        [answer] = review["answers"]
        assert_recorded_once(self.installation, review["id"])
        result_message: Json = answer
        return result_message

    def _of_bot(self, title: str) -> list[Json]:
        return [
            each for each in self.teams.messages(TEAMS_CHANNEL) if title in read_card_text(cards(each)[0])
        ]


@pytest.fixture(scope="module", params=["sqlite, serve", "postgresql, web and worker"])
def roads(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roads]:
    folder = tmp_path_factory.mktemp("roads")
    on_sqlite = request.param.startswith("sqlite")
    url = make_sqlite_address(folder) if on_sqlite else request.getfixturevalue("postgres_databases").new()
    with ExitStack() as stack:
        teams = stack.enter_context(FakeTeams())
        sink = stack.enter_context(WorkflowsSink())
        issuer = stack.enter_context(OidcIssuer())
        issuer.person |= {"name": "Olga Owner", "email": OLGA.email}
        teams.add_channel(TEAMS_CHANNEL, "compliance", installed=False)
        teams.add_person(OLGA_IN_TEAMS, "Olga Owner", OLGA.email, oid=OLGA_IN_ENTRA)
        settings = {
            **teams.settings,
            "TEAMS_WORKFLOW_COMPLIANCE": sink.url,
            "TEAMS_ALLOW_HOSTS": f"127.0.0.1,{sink.host}",
            "OIDC_ISSUER": issuer.issuer,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "SECRET_KEY": SECRET_KEY,
        }
        names = SERVE if on_sqlite else SPLIT
        opened = stack.enter_context(
            run_installation(url, folder, names=names, routes=route(notify=NOTIFY), settings=settings)
        )
        side = TeamsSide(teams, over_http(opened.product.url, timeout=60))
        assert side.install(OLGA_IN_TEAMS, TEAMS_CHANNEL).status == 200
        yield Roads(installation=opened, teams=teams, side=side, sink=sink)


@pytest.mark.parametrize("identity", ["slack", "teams_bot", "oidc"])
def test_a_change_is_shown_on_every_road_and_an_answer_on_one_is_told_on_all(
    roads: Roads, identity: str
) -> None:
    title = f"Answered by {identity}.docx".replace("_", " ")
    file = roads.installation.save(title)

    roads.ways(title)[identity]()

    answer = roads.assert_answered_everywhere(file, title, "Reviewed by")
    assert (answer["identity"], answer["reviewer"]["email"]) == (identity, OLGA.email)


def test_of_one_click_on_each_road_at_the_same_moment_one_is_the_answer(roads: Roads) -> None:
    title = "Race of the roads.docx"
    file = roads.installation.save(title)
    ways = roads.ways(title)
    together = threading.Barrier(len(ways))

    def click(way: Callable[[], object]) -> object:
        together.wait()
        return way()

    with ThreadPoolExecutor(len(ways)) as pool:
        list(pool.map(click, ways.values()))

    answer = roads.assert_answered_everywhere(file, title, "Reviewed by")
    assert answer["identity"] in ways


def _if_all_say(messages: list[Json], words: tuple[str, ...]) -> list[Json]:
    texts = [read_card_text(cards(each)[0]) for each in messages]
    return messages if all(word in text for text in texts for word in words) else []
