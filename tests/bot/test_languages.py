"""A person who clicks in Slack is answered in the language of their account, and the channel in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.slack import make_client
from notifiers.slack.people import SlackOwners
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, speaks_german
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation


def test_a_form_opens_in_the_language_of_the_person_who_asked_for_it(installation: SlackInstallation) -> None:
    speaks_german(installation)

    installation.side.click(DANA, installation.card(), "request_changes")

    form = installation.modal(DANA)
    assert form["title"]["text"] == "Änderungen anfordern"
    assert form["close"]["text"] == "Abbrechen"


def test_someone_who_is_looked_up_because_of_a_click_is_spoken_to_in_their_language_already(
    installation: SlackInstallation,
) -> None:
    speaks_german(installation, DEPUTY_USER)

    installation.side.click(DEPUTY_USER, installation.card(), "request_changes")

    assert installation.modal(DEPUTY_USER)["title"]["text"] == "Änderungen anfordern"


def test_a_language_is_asked_for_once_however_often_a_person_is_mentioned(
    installation: SlackInstallation,
) -> None:
    speaks_german(installation)
    people = SlackOwners(
        make_client(installation.slack.token, installation.slack.api_url), installation.directory
    )

    people.find_user(OWNER)
    installation.desk.clock.advance(days=2)
    people.find_user(OWNER)

    assert len(installation.slack.calls("users.lookupByEmail")) == 2
    assert len(installation.slack.calls("users.info")) == 1
    assert installation.directory.find_locale("slack", DANA) == "de-DE"


def test_a_slack_that_does_not_tell_the_language_stops_no_card(installation: SlackInstallation) -> None:
    installation.slack.fail("users.info", "fatal_error")

    installation.side.click(DANA, installation.card(), "request_changes")

    assert installation.modal(DANA)["title"]["text"] == "Request changes"


def test_what_could_not_be_recorded_is_said_in_the_language_of_the_person_who_clicked(
    installation: SlackInstallation,
) -> None:
    speaks_german(installation)
    card = installation.card()
    installation.side.click(DANA, card, "request_changes")
    installation.slack.fail("views.open", "fatal_error")

    installation.side.click(DANA, card, "request_changes")

    assert installation.wait_for_reply(DANA).startswith("Slack hat das Formular nicht geöffnet.")


def test_the_cards_of_the_channel_stay_in_its_own_language(installation: SlackInstallation) -> None:
    speaks_german(installation)

    installation.side.click(DANA, installation.card(), "acknowledge_review")
    installation.desk.deliver_all()

    assert [
        each["text"].count("Reviewed by Dana Ozola") for each in installation.slack.messages(CHANNEL)
    ] == [1]
