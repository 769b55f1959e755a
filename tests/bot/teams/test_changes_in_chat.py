"""What changed, in Teams: asked for in a chat."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.bot.teams.compared_cards import Json, compare, list_flaws, make_long_part, make_parts
from tests.bot.teams.teams_installation import ALONE, CHANNEL, DANA, TeamsInstallation, read_text
from tests.edge.teams_elements import list_button_labels
from tests.edge.teams_signing import Spoil


def ask(installation: TeamsInstallation, text: str, place: str = ALONE, **more: Any) -> Json:
    """Type something and return the bot's answer to it."""
    assert installation.side.say(DANA, place, text, **more).status == 200
    return installation.teams.messages(place)[-1]


def test_in_a_private_chat_the_command_shows_some_and_the_buttons_the_others(
    installation: TeamsInstallation,
) -> None:
    compare(installation, make_parts(12))

    message = ask(installation, "changes 3358285")
    content = message["attachments"][0]["content"]
    assert "AML Policy 2026.docx What changed 12 changed; 12 amounts" in read_text(content)
    assert "Differences 1–5 of 12" in read_text(content)  # noqa: RUF001 - a range
    assert list_button_labels(content) == ["Later"]
    assert list_flaws(content) == []

    installation.side.click(DANA, message, "page_ahead")
    second = installation.side.shown[DANA, message["id"]]
    assert "Differences 6–10 of 12" in read_text(second)  # noqa: RUF001 - a range
    assert list_button_labels(second) == ["Earlier", "Later"]


def test_an_old_client_is_sent_the_next_differences(installation: TeamsInstallation) -> None:
    compare(installation, make_parts(12))
    message = ask(installation, "changes 3358285")

    spoil = Spoil(activity={"id": message["id"]})
    installation.side.click_in_old_client(DANA, message, "page_ahead", spoil=spoil)

    assert "Differences 6–10 of 12" in read_text(installation.teams.messages(ALONE)[-1])  # noqa: RUF001 - a range


def test_where_others_read_along_the_command_says_how_much_changed(installation: TeamsInstallation) -> None:
    compare(installation)

    text = read_text(ask(installation, "changes 3358285", CHANNEL))

    assert "1 changed; 1 amount" in text
    assert "Others read this chat." in text
    assert "EUR" not in text


def test_a_slash_command_in_a_channel_shows_them_to_the_person_alone(installation: TeamsInstallation) -> None:
    compare(installation)

    installation.side.say(DANA, CHANNEL, "changes 3358285", slash=True)

    assert "EUR 250" in read_text(installation.teams.private_messages(DANA, CHANNEL)[-1])


def test_the_card_that_show_gives_asks_for_them(installation: TeamsInstallation) -> None:
    compare(installation)
    message = ask(installation, "show 3358285")

    installation.side.click(DANA, message, "ask_changes")

    assert "EUR 250" in read_text(installation.side.shown[DANA, message["id"]])


@pytest.mark.parametrize("character", ["x", "<a", "{{", "🙂", "é "])
def test_a_reply_with_very_long_cells_is_taken(installation: TeamsInstallation, character: str) -> None:
    part = make_long_part(character)
    compare(installation, [replace(part, place=replace(part.place, heading=character * 5000))] * 20)

    message = ask(installation, "changes 3358285")

    assert "OLD" in read_text(message)
    assert len(json.dumps(message["attachments"])) <= 28 * 1024
