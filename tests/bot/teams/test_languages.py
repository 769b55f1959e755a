"""A person who clicks in Teams is answered in the language of their Teams, and the channel in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.teams.activity import Activity
from notifiers.teams_bot.actions import ACKNOWLEDGE
from tests.bot.teams.teams_installation import CHANNEL, DANA, read_text

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation


def test_the_fresh_card_is_in_the_language_of_the_person_who_clicked(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.locale = "de-DE"

    installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    assert "Geprüft von Dana Ozola" in read_text(installation.side.shown[DANA, card["id"]])
    assert "Reviewed by Dana Ozola" in read_text(installation.standing(installation.review()))


def test_a_copy_that_is_redrawn_stays_in_the_language_of_the_channel(installation: TeamsInstallation) -> None:
    card = installation.card()
    content = {name: card[name] for name in ("type", "summary", "attachments")}
    copy = installation.teams.keep(installation.teams.places[CHANNEL], content, by=installation.teams.bot_id)
    installation.side.locale = "de-DE"

    installation.side.click(DANA, copy, ACKNOWLEDGE)

    [_, redrawn] = installation.teams.messages(CHANNEL)
    assert "Reviewed by Dana Ozola" in read_text(redrawn["attachments"])


def test_the_language_of_a_client_is_told_in_either_of_two_places() -> None:
    about_client = {"type": "clientInfo", "locale": "de-DE"}

    assert Activity({"locale": "de-AT", "entities": [about_client]}).locale == "de-AT"
    assert Activity({"entities": [{}, about_client]}).locale == "de-DE"
    assert Activity({"locale": 7, "entities": 7}).locale == ""
