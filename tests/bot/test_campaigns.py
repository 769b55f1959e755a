"""The command `campaign` in Slack: started by an owner, listed, shown and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.campaign import CampaignState
from reviews.identity import Person, Reviewer
from tests.bot.channels import CARDS, COMMAND, Channels
from tests.bot.slack_installation import DANA, DEPUTY_USER, GUEST, STRANGER
from tests.edge.captured import Captured
from tests.reviews.campaigns import acknowledge, list_campaign_reviews, put_documents, work_on_campaigns
from tests.reviews.samples import DEPUTY, HOSTILE, WATCHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.campaign import Campaign
    from tests.edge.fake_slack import FakeSlack

START = f'campaign start "Policies 2026" {WATCHED} until 17 April'
PEOPLE = ("anna@example.com", "bruno@example.com")


@pytest.fixture
def channels(slack: FakeSlack, engine: sa.Engine) -> Iterator[Channels]:
    made = Channels(slack, engine)
    put_documents(made.desk)
    yield made
    made.close()


def say(channels: Channels, text: str, user: str = DANA) -> str:
    """Type the command and return all that the answer says, be it in the response or later."""
    before = len(channels.slack.private_replies(user))
    answer = channels.side.slash(user, COMMAND, text, CARDS)
    assert answer.status == 200
    if answer.body:
        return f"{answer.json()['text']} {answer.json().get('blocks', '')}"
    [reply] = channels.slack.wait_for(lambda: channels.slack.private_replies(user)[before:])
    return f"{reply['text']} {reply.get('blocks', '')}"


def list_campaigns(channels: Channels) -> list[Campaign]:
    with channels.desk.transactions(reading=True) as work:
        return work.campaigns.list_recent(10)


def test_an_owner_starts_a_campaign(channels: Channels) -> None:
    answer = say(
        channels, f"{START} <@{DEPUTY_USER}|ilze>, anna@example.com and <mailto:bruno@example.com|b>"
    )

    assert (
        "The campaign Policies 2026 has started: 3 people have to acknowledge each document in "
        "Legal / Compliance, until Friday, 17 Apr, 23:59 UTC." in answer
    )
    assert "The documents are listed now." in answer
    [campaign] = list_campaigns(channels)
    assert (campaign.people, str(campaign.started_by and campaign.started_by.name)) == (
        (DEPUTY, *PEOPLE),
        "Dana Ozola",
    )
    assert campaign.state is CampaignState.PREPARING
    work_on_campaigns(channels.desk)
    assert len(list_campaign_reviews(channels.desk, campaign)) == 3


@pytest.mark.parametrize(
    "folder",
    [
        '"Legal / Compliance"',
        "Legal / Compliance",
        "in Compliance",
        f"<https://acme.onlyoffice.com/rooms/shared/{WATCHED}/filter?folder={WATCHED}>",
    ],
)
def test_the_folder_is_named_as_in_other_commands(channels: Channels, folder: str) -> None:
    answer = say(channels, f"campaign start “Policies 2026” {folder} until 2026-04-17 anna@example.com")

    assert "in Legal / Compliance" in answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{START} anna", "until takes a day"),
        (START, "Name the people who have to acknowledge: by mentions or addresses."),
        (f"{START} 14:00 anna@example.com", "A campaign ends with a day"),
        (f'campaign start "P" {WATCHED} anna@example.com', "Say until which day"),
        (f'campaign start "P" {WATCHED} bis Freitag anna@example.com', "until Freitag anna@example.com"),
        (f"campaign start Policies 2026 {WATCHED} until Friday a@b.com", "in quotation marks"),
        ("campaign start until Friday anna@example.com", "Give the campaign a name"),
        ('campaign start "P" until Friday anna@example.com', "Give the folder"),
        ("campaign beenden", "Did you mean end?"),
        ("kampagne", "Did you mean campaign?"),
        ("campaign end", "Name the campaign"),
        (f"{START.replace('17 April', '1 March')} anna@example.com", "The deadline 2026-03-01 is over"),
        (f"{START} anna@@example", "anna@@example is no e-mail address"),
        (f"{START.replace(WATCHED, '999')} anna@example.com", "Folder not found"),
        (f"{START} <@{GUEST}>", "has no address that can be verified here"),
        (f"{START} @nobody", "@nobody is neither a mentioned person nor a user group"),
        (f"{START} <!subteam^S9|@law>", "@law is neither a mentioned person nor a user group"),
        ('campaign end "Policies 1999"', "There is no campaign with the name or id Policies 1999."),
        (f'campaign show "{HOSTILE}"', "There is no campaign with the name or id"),
        ("campaign", "There is no campaign. How to start one: /reviews help campaign"),
    ],
)
def test_what_can_not_be_done_is_said_and_nothing_is_stored(channels: Channels, text: str, says: str) -> None:
    assert says in say(channels, text)
    assert list_campaigns(channels) == []


def test_only_an_owner_of_the_folder_starts_and_ends_one(channels: Channels) -> None:
    refused = say(channels, f"{START} anna@example.com", STRANGER)
    assert "Only the owners of the folder can start or end a campaign for it." in refused
    assert list_campaigns(channels) == []
    say(channels, f"{START} anna@example.com")

    assert "Only the owners" in say(channels, "campaign end policies 2026", STRANGER)
    assert "The campaign Policies 2026 is ended." in say(channels, "campaign end policies 2026")

    assert [each.state for each in list_campaigns(channels)] == [CampaignState.ENDED]


def test_a_mentioned_group_stands_for_its_members(channels: Channels) -> None:
    channels.follow(deputies=("@policy-readers",))
    with channels.desk.transactions() as work:
        members = ["U31", "anna@example.com", "U32", "bruno@example.com", "U33"]
        description = {"id": "S7", "name": "Policy readers"}
        work.groups.remember("@policy-readers", members, description=description, at=channels.desk.clock())
        work.commit()

    answer = say(channels, f"{START} <!subteam^S7>")

    assert "@policy-readers: 2 members; 1 more has no address here, and is not asked" in answer
    assert list_campaigns(channels)[0].people == PEOPLE
    assert "has not ended" in say(channels, f"{START} @policy-readers")


def test_a_command_that_is_sent_again_starts_nothing(channels: Channels) -> None:
    channels.side.send = captured = Captured(channels.side.send)
    say(channels, f"{START} anna@example.com")
    say(channels, 'campaign end "Policies 2026"')

    assert "already answered" in captured.again(-2).text

    assert [each.state for each in list_campaigns(channels)] == [CampaignState.ENDED]


def test_it_shows_how_far_a_campaign_is_and_who_has_most_left(channels: Channels) -> None:
    desk = channels.desk
    with desk.transactions() as work:
        work.people.remember(Person(id="p-2", name="Bruno Kalns", email=PEOPLE[1]), at=desk.clock())
        work.commit()
    say(channels, f"{START} {' '.join(PEOPLE)}")
    assert "Policies 2026: the documents are being listed." in say(channels, "campaigns", STRANGER)
    work_on_campaigns(desk)
    for review in list_campaign_reviews(desk, list_campaigns(channels)[0])[:2]:
        acknowledge(desk, review, Reviewer(name="Anna", email=PEOPLE[0]))

    line = "Policies 2026: 2 of 6 acknowledged (33%), until Friday, 17 Apr, 23:59 UTC."
    assert line in say(channels, "campaign list", STRANGER)
    for text in ('campaign "Policies 2026"', "campaign show policies 2026"):
        answer = say(channels, text)
        assert line in answer
        assert "3 documents in Legal / Compliance" in answer
        assert "Most left to acknowledge: Bruno Kalns (3), anna@example.com (1)" in answer
    to_others = say(channels, "campaign show policies 2026", STRANGER)
    assert line in to_others
    assert "Most left" not in to_others


def test_running_campaigns_are_listed_first(channels: Channels) -> None:
    for name in ("First", "Second"):
        say(channels, f'campaign start "{name}" {WATCHED} until 17 April anna@example.com')
        channels.desk.clock.advance(seconds=60)
    say(channels, "campaign end Second")

    answer = say(channels, "campaigns")

    assert answer.index("First: ") < answer.index("Second: ended, 0 of 0 acknowledged (0%).")


def test_what_is_complete_and_what_could_not_begin_is_said(channels: Channels) -> None:
    desk = channels.desk
    say(channels, f"{START} anna@example.com")
    work_on_campaigns(desk)
    for review in list_campaign_reviews(desk, list_campaigns(channels)[0]):
        acknowledge(desk, review, Reviewer(name="Anna", email=PEOPLE[0]))
    say(channels, "campaign end policies 2026")
    desk.portal.parents.clear()
    say(channels, f'campaign start "Empty" {WATCHED} until 17 April anna@example.com')
    work_on_campaigns(desk)

    answer = say(channels, "campaigns")

    assert "Policies 2026: complete, 3 of 3 acknowledged." in answer
    assert "Empty: could not begin." in answer
    assert "Reason: there is no document in this folder" in say(channels, "campaign show Empty")


def test_of_a_private_route_only_its_people_learn(channels: Channels) -> None:
    channels.follow(private=True)
    say(channels, f"{START} <@{DEPUTY_USER}>")

    for text in ("campaign show policies 2026", "campaign end policies 2026"):
        assert "There is no campaign with the name" in say(channels, text, STRANGER)
    for is_private in (True, False):  # it stays private where no route is any more
        channels.follow(private=is_private)
        assert "Policies" not in say(channels, "campaigns", STRANGER)
        assert "Policies 2026: " in say(channels, "campaigns", DANA)
        assert "Policies 2026: " in say(channels, "campaigns", DEPUTY_USER)


def test_help_says_how_to_start_one(channels: Channels) -> None:
    answer = say(channels, "help campaigns")

    for text in (
        "until DAY PEOPLE",
        "campaign show NAME",
        "campaign end NAME",
        "until Friday anna@example.com",
    ):
        assert text in answer
