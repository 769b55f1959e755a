"""The link to the history page: told in private, to whom Slack or Teams has proven, and to no one else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.command_parser import parse
from bot.teams.commands import UnidentifiedRequester
from bot.teams.reply_cards import draw_reply
from reviews.identity import Identity
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import DANA, GUEST, SIGN_IN_LINK, STRANGER, SlackInstallation
from tests.bot.teams import teams_installation
from tests.bot.teams.teams_installation import read_text
from tests.edge.fake_teams import FakeTeams
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.identity import ProvenPerson
    from tests.edge.fake_slack import FakeSlack


class RecordedLinks:
    """Remembers for whom a link was made."""

    def __init__(self) -> None:
        self.people: list[tuple[str | None, str | None, str | None, Identity]] = []

    def __call__(self, person: ProvenPerson) -> str:
        self.people += [
            (who.email, who.chat_ids.get("slack"), who.chat_ids.get("teams"), person.identity)
            for who in person.aliases
        ]
        return SIGN_IN_LINK


@pytest.fixture
def asked() -> RecordedLinks:
    return RecordedLinks()


@pytest.fixture
def installation(slack: FakeSlack, engine: sa.Engine, asked: RecordedLinks) -> Iterator[SlackInstallation]:
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), way_in=asked)
    yield made
    made.close()


@pytest.fixture
def teams(engine: sa.Engine, asked: RecordedLinks) -> Iterator[teams_installation.TeamsInstallation]:
    with FakeTeams(hang_seconds=0.5) as fake:
        yield teams_installation.TeamsInstallation(fake, engine, partial(SqlUnitOfWork, engine), way_in=asked)


def buttons(reply: Any) -> list[str]:
    rows = [block["elements"] for block in reply["blocks"] if block["type"] == "actions"]
    return [button["url"] for row in rows for button in row]


def test_in_slack_only_the_person_who_asked_is_told_the_link(
    installation: SlackInstallation, asked: RecordedLinks
) -> None:
    installation.side.slash(DANA, "/reviews", "web", "C1")

    reply = installation.slack.wait_for_replies(DANA)[-1]
    assert buttons(reply) == [SIGN_IN_LINK]
    assert "works once, within 10 minutes" in reply["text"]
    assert SIGN_IN_LINK not in reply["text"]
    assert asked.people == [(OWNER, DANA, None, Identity.SLACK)]
    assert installation.slack.messages("C1") == []
    assert installation.slack.private_replies(STRANGER) == []


def test_a_guest_of_whom_no_address_counts_gets_no_link(
    installation: SlackInstallation, asked: RecordedLinks
) -> None:
    installation.side.slash(GUEST, "/reviews", "web", "C1")

    reply = installation.slack.wait_for_replies(GUEST)[-1]
    assert "shows no e-mail address" in reply["text"]
    assert asked.people == []


def test_where_slack_does_not_say_who_that_is_there_is_no_link(
    installation: SlackInstallation, asked: RecordedLinks
) -> None:
    installation.slack.fail("users.info", "internal_error")

    installation.side.slash(DANA, "/reviews", "web", "C1")

    reply = installation.slack.wait_for_replies(DANA)[-1]
    assert "could not be looked up" in reply["text"]
    assert asked.people == []


def test_without_a_page_it_is_said_that_there_is_none(slack: FakeSlack, engine: sa.Engine) -> None:
    installation = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine))

    installation.side.slash(DANA, "/reviews", "web", "C1")

    reply = installation.slack.wait_for_replies(DANA)[-1]
    assert "There is no history page" in reply["text"]
    installation.close()


@pytest.mark.parametrize("place", [teams_installation.ALONE, teams_installation.CHANNEL])
def test_in_teams_the_link_is_told_in_a_private_place(
    teams: teams_installation.TeamsInstallation, asked: RecordedLinks, place: str
) -> None:
    slash = place == teams_installation.CHANNEL
    teams.side.say(teams_installation.DANA, place, "web", slash=slash)

    messages = (
        teams.teams.private_messages(teams_installation.DANA, place) if slash else teams.teams.messages(place)
    )
    [action] = messages[-1]["attachments"][0]["content"]["actions"]
    assert (action["type"], action["url"]) == ("Action.OpenUrl", SIGN_IN_LINK)
    assert asked.people == [(OWNER, None, "oid-dana", Identity.TEAMS_BOT)]


@pytest.mark.parametrize("place", [teams_installation.CHANNEL, teams_installation.GROUP])
def test_in_teams_no_link_is_told_where_others_read_along(
    teams: teams_installation.TeamsInstallation, asked: RecordedLinks, place: str
) -> None:
    teams.side.say(teams_installation.DANA, place, "web")

    text = read_text(teams.teams.messages(place))
    assert "others can read this chat" in text
    assert SIGN_IN_LINK not in text
    assert asked.people == []


def test_an_outgoing_webhook_gets_no_link(installation: SlackInstallation, asked: RecordedLinks) -> None:
    reply = draw_reply(
        installation.commands.answer(parse("web"), UnidentifiedRequester()), tenant="t", buttons=False
    )

    assert "others can read this chat" in read_text(reply)
    assert asked.people == []


@pytest.mark.parametrize("typed", ["page", "login", "webb"])
def test_words_that_are_close_are_told_the_right_one(installation: SlackInstallation, typed: str) -> None:
    reply = installation.side.slash(STRANGER, "/reviews", typed, "C1").json()

    assert "Did you mean web?" in reply["text"]
