"""The command `campaign` in Teams: with the bot, and refused through an outgoing webhook."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.command_parser import parse
from bot.command_replies import LinkReply, SentenceReply
from bot.teams.commands import UnidentifiedRequester
from reviews.campaign import CampaignState
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.bot.subscribing import campaigns
from tests.bot.teams.teams_installation import (
    ALONE,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    GROUP,
    TeamsInstallation,
    read_text,
)
from tests.edge.captured import Captured
from tests.reviews.campaigns import put_documents, work_on_campaigns
from tests.reviews.samples import DEPUTY, WATCHED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.campaign import Campaign
    from tests.edge.fake_teams import FakeTeams

START = f'campaign start "Policies 2026" {WATCHED} until 17 April'


def ask(installation: TeamsInstallation, text: str, place: str = ALONE) -> str:
    """Type a command to the bot and return what it says."""
    before = len(installation.teams.messages(place))
    assert installation.side.say(DANA, place, text).status == 200
    return read_text(installation.teams.messages(place)[before:][-1])


def store_folder(installation: TeamsInstallation) -> None:
    desk = installation.desk
    put_documents(desk)
    with desk.transactions() as work:
        place = Place(folders=(("1", "Rooms"), ("2", "Legal"), (WATCHED, "Compliance")))
        work.folders.put(place, at=desk.clock())
        work.commit()


def list_campaigns(installation: TeamsInstallation) -> list[Campaign]:
    with installation.desk.transactions(reading=True) as work:
        return work.campaigns.list_recent(10)


@pytest.fixture
def private_installation(teams: FakeTeams, engine: sa.Engine) -> TeamsInstallation:
    return TeamsInstallation(teams, engine, partial(SqlUnitOfWork, engine), private=True)


def test_an_owner_starts_shows_and_ends_a_campaign(installation: TeamsInstallation) -> None:
    store_folder(installation)

    started = ask(installation, f"{START} anna@example.com <@{DEPUTY_USER}|Ilze Kalna>", CHANNEL)
    work_on_campaigns(installation.desk)
    shown = ask(installation, "campaign show policies 2026")
    shown_to_all = ask(installation, "campaign show policies 2026", CHANNEL)
    ended = ask(installation, "campaign end policies 2026")

    assert (
        "2 people have to acknowledge each document in Legal / Compliance, until Friday, 17 Apr, 23:59 UTC."
        in started
    )
    assert "0 of 6 acknowledged (0 %), until Friday, 17 Apr, 23:59 UTC." in shown
    assert f"Most left to acknowledge: anna@example.com (3), {DEPUTY} (3)" in shown
    assert "0 of 6 acknowledged" in shown_to_all
    assert "Most left" not in shown_to_all
    assert "The campaign Policies 2026 is ended." in ended
    [campaign] = list_campaigns(installation)
    assert (campaign.people, campaign.state) == (("anna@example.com", DEPUTY), CampaignState.ENDED)


def test_it_leads_to_the_page_of_the_campaign(installation: TeamsInstallation) -> None:
    store_folder(installation)
    ask(installation, f"{START} anna@example.com")
    [campaign] = list_campaigns(installation)
    linking = campaigns(installation.desk, lambda campaign_id: f"https://example.com/campaigns/{campaign_id}")
    commands = replace(installation.commands, campaigns=linking)

    reply = commands.answer(parse("campaign show policies 2026"), UnidentifiedRequester())

    assert isinstance(reply, LinkReply)
    assert (reply.label, reply.address) == (
        "Open the campaign",
        f"https://example.com/campaigns/{campaign.id}",
    )


def test_an_activity_that_comes_again_starts_nothing(installation: TeamsInstallation) -> None:
    store_folder(installation)
    installation.side.send = captured = Captured(installation.side.send)
    ask(installation, f"{START} anna@example.com")
    ask(installation, "campaign end policies 2026")

    assert captured.again(-2).status == 200

    assert [each.state for each in list_campaigns(installation)] == [CampaignState.ENDED]


def test_of_a_private_route_nothing_is_said_where_others_read(
    private_installation: TeamsInstallation,
) -> None:
    store_folder(private_installation)

    started = ask(private_installation, f"{START} anna@example.com", GROUP)

    assert "The campaign Policies 2026 has started." in started
    assert "Compliance" not in started
    assert "There is no campaign" in ask(private_installation, "campaign show policies 2026", GROUP)
    assert "Policies 2026" not in ask(private_installation, "campaigns", GROUP)
    assert "Policies 2026" in ask(private_installation, "campaigns", ALONE)


@pytest.mark.parametrize("text", [f"{START} anna@example.com", "campaign end policies 2026"])
def test_an_outgoing_webhook_proves_no_one(installation: TeamsInstallation, text: str) -> None:
    store_folder(installation)

    reply = installation.commands.answer(parse(text), UnidentifiedRequester())

    assert isinstance(reply, SentenceReply)
    assert reply.sentence.startswith("Your address is not proven here")
    assert list_campaigns(installation) == []
