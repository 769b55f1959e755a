"""A person who clicks in Slack is answered in the language of their account, and the channel in its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifiers.slack import make_client
from notifiers.slack.people import SlackOwners
from tests.bot.office import CHANNEL, DANA, DEPUTY_USER
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation


def speaks_german(office: SlackInstallation, user: str = DANA) -> None:
    office.slack.people[user] = replace(office.slack.people[user], locale="de-DE")


def test_a_form_opens_in_the_language_of_the_person_who_asked_for_it(office: SlackInstallation) -> None:
    speaks_german(office)

    office.side.click(DANA, office.card(), "request_changes")

    form = office.modal(DANA)
    assert form["title"]["text"] == "Änderungen anfordern"
    assert form["close"]["text"] == "Abbrechen"


def test_someone_who_is_looked_up_because_of_a_click_is_spoken_to_in_their_language_already(
    office: SlackInstallation,
) -> None:
    speaks_german(office, DEPUTY_USER)

    office.side.click(DEPUTY_USER, office.card(), "request_changes")

    assert office.modal(DEPUTY_USER)["title"]["text"] == "Änderungen anfordern"


def test_a_language_is_asked_for_once_however_often_a_person_is_mentioned(office: SlackInstallation) -> None:
    speaks_german(office)
    people = SlackOwners(make_client(office.slack.token, office.slack.api_url), office.directory)

    people.find_user(OWNER)
    office.desk.clock.advance(days=2)
    people.find_user(OWNER)

    assert len(office.slack.calls("users.lookupByEmail")) == 2
    assert len(office.slack.calls("users.info")) == 1
    assert office.directory.find_locale("slack", DANA) == "de-DE"


def test_a_slack_that_does_not_tell_the_language_stops_no_card(office: SlackInstallation) -> None:
    office.slack.fail("users.info", "fatal_error")

    office.side.click(DANA, office.card(), "request_changes")

    assert office.modal(DANA)["title"]["text"] == "Request changes"


def test_what_could_not_be_recorded_is_said_in_the_language_of_the_person_who_clicked(
    office: SlackInstallation,
) -> None:
    speaks_german(office)
    card = office.card()
    office.side.click(DANA, card, "request_changes")
    office.slack.fail("views.open", "fatal_error")

    office.side.click(DANA, card, "request_changes")

    assert office.wait_for_reply(DANA).startswith("Slack hat das Formular nicht geöffnet.")


def test_the_cards_of_the_channel_stay_in_its_own_language(office: SlackInstallation) -> None:
    speaks_german(office)

    office.side.click(DANA, office.card(), "acknowledge_review")
    office.desk.deliver_all()

    assert [each["text"].count("Reviewed by Dana Ozola") for each in office.slack.messages(CHANNEL)] == [1]
