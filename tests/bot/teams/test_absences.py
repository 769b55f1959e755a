"""The commands `away` and `back` in Teams: with the bot, and refused through an outgoing webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.command_parser import parse
from bot.command_replies import SentenceReply
from bot.teams.commands import UnidentifiedRequester
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
from tests.reviews.samples import DEPUTY, OWNER

if TYPE_CHECKING:
    from reviews.ports.absences import Absence


def ask(installation: TeamsInstallation, text: str, place: str = ALONE) -> str:
    """Type a command to the bot and return what it says."""
    before = len(installation.teams.messages(place))
    assert installation.side.say(DANA, place, text).status == 200
    return read_text(installation.teams.messages(place)[before:][-1])


def stored(installation: TeamsInstallation) -> list[Absence]:
    desk = installation.desk
    with desk.transactions(reading=True) as work:
        return work.absences.list_of_people([OWNER], not_ended_by=desk.clock())


def test_one_is_away_until_a_day_and_back_before(installation: TeamsInstallation) -> None:
    installation.card()

    away = ask(installation, f"away until Monday {DEPUTY}")
    [absence] = stored(installation)
    back = ask(installation, "back")

    assert f"You are away until Monday, 16 Mar; {DEPUTY} stands in." in away
    assert "1 open review is handed over now." in away
    assert absence.stand_in == DEPUTY
    assert "Welcome back." in back
    assert stored(installation) == []


def test_a_mentioned_person_stands_in(installation: TeamsInstallation) -> None:
    person = f"<@{DEPUTY_USER}|Ilze Kalna>"

    ask(installation, f"away until Monday {person}", CHANNEL)

    assert [each.stand_in for each in stored(installation)] == [DEPUTY]


def test_one_who_is_not_away_cancels_what_is_planned(installation: TeamsInstallation) -> None:
    ask(installation, "away from 20 March until 27 March")

    back = ask(installation, "back")
    cancelled = ask(installation, "away cancel 20 March")

    assert "You will be away from Friday, 20 Mar until Friday, 27 Mar." in back
    assert "To cancel this absence: away cancel 2026-03-20" in back
    assert "Your planned absence is cancelled." in cancelled
    assert stored(installation) == []


@pytest.mark.parametrize("place", [CHANNEL, GROUP])
def test_where_others_read_no_planned_absence_is_named(installation: TeamsInstallation, place: str) -> None:
    ask(installation, "away from 20 March until 27 March")
    ask(installation, "away from 20 April until 27 April")

    answers = [
        ask(installation, text, place)
        for text in ("back", "away cancel", "away cancel 1 May", "away cancel 20 March")
    ]

    assert [each for each in answers if "Mar" in each or "Apr" in each] == []
    assert "Your planned absence is cancelled." in answers[-1]
    assert len(stored(installation)) == 1


@pytest.mark.parametrize("place", [CHANNEL, GROUP])
def test_where_others_read_only_the_absence_itself_is_said(
    installation: TeamsInstallation, place: str
) -> None:
    installation.card()

    away = ask(installation, "away until Monday", place)
    state = ask(installation, "away", place)

    assert "You are away until Monday, 16 Mar." in away
    assert "handed over" not in away
    assert "compliance" not in away
    assert "Others read this chat." in state


def test_an_activity_that_comes_again_changes_nothing(installation: TeamsInstallation) -> None:
    installation.side.send = captured = Captured(installation.side.send)
    ask(installation, "away until Monday")
    ask(installation, "back")

    assert captured.again(-2).status == 200

    assert stored(installation) == []


@pytest.mark.parametrize("text", ["away", "away until Monday", "away cancel", "back"])
def test_an_outgoing_webhook_proves_no_one(installation: TeamsInstallation, text: str) -> None:
    reply = installation.commands.answer(parse(text), UnidentifiedRequester())

    assert isinstance(reply, SentenceReply)
    assert reply.sentence.startswith("Your address is not proven here")
    assert stored(installation) == []
