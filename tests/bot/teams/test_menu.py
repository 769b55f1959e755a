"""The menu on the card in Teams: seen by one person alone, decided again on each click."""

from __future__ import annotations

from typing import Any

import pytest

from notifiers.teams_bot import actions
from notifiers.teams_bot.card import CARD_TYPE
from reviews.kinds import ReviewState
from tests.bot.teams.pressing import find_shown_message, press, press_repeated
from tests.bot.teams.teams_installation import (
    ALONE,
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    ELSEWHERE,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.edge.teams_elements import actions as every_action
from tests.edge.teams_elements import list_button_labels, list_verbs
from tests.reviews.samples import DEPUTY, OWNER

ITEMS = [actions.ACKNOWLEDGE_WITH_NOTE, actions.REASSIGN, actions.SNOOZE, actions.HISTORY, actions.BACK]


@pytest.fixture
def card(installation: TeamsInstallation) -> dict[str, Any]:
    return installation.card()


@pytest.fixture
def menu(installation: TeamsInstallation, card: dict[str, Any]) -> dict[str, Any]:
    installation.side.click(DANA, card, actions.MORE)
    return card


def entries(installation: TeamsInstallation) -> list[str]:
    with installation.transactions(reading=True) as work:
        return [str(entry["type"]) for entry in work.ledger.list_entries(installation.review().id)]


def counted(installation: TeamsInstallation, kind: str) -> int:
    return sum(kind in entry for entry in entries(installation))


def test_the_menu_shows_an_owner_what_they_may_do_and_no_one_else_sees_it(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    assert list_verbs(find_shown_message(installation, menu)) == ITEMS
    assert installation.standing(installation.review()) == menu


def test_someone_who_may_nothing_is_told_why_and_can_read_the_history(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.click(STRANGER, card, actions.MORE)

    assert list_verbs(find_shown_message(installation, card, STRANGER)) == [actions.HISTORY, actions.BACK]
    assert OWNER in read_text(find_shown_message(installation, card, STRANGER))


def test_an_author_is_told_why_they_may_not_answer(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.click(AUTHOR, card, actions.MORE)

    assert actions.ACKNOWLEDGE_WITH_NOTE not in list_verbs(find_shown_message(installation, card, AUTHOR))
    assert "You changed this document yourself" in read_text(find_shown_message(installation, card, AUTHOR))


def test_a_note_with_an_acknowledgement_is_recorded_once_however_often_it_comes(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    answers = press_repeated(installation, menu, actions.ACKNOWLEDGE_WITH_NOTE, note="Agreed")

    assert [answer.json()["type"] for answer in answers] == [CARD_TYPE] * 2
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert [each.note for each in installation.review().answers] == ["Agreed"]


def test_a_review_is_handed_over_to_a_member_of_the_channel_once(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    answers = press_repeated(installation, menu, actions.REASSIGN, whom=DEPUTY)

    assert "now assigned to Ilze Kalna" in read_text(answers[0].json()["value"])
    assert answers[1].json()["type"] == CARD_TYPE
    assert DEPUTY in installation.review().owners
    assert counted(installation, "reassigned") == 1


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nobody@example.com", "nobody@example.com is not a member of this review's channel."),
        ("gus@elsewhere.example", "Gus Guest (external) has no address that can be verified here"),
    ],
)
def test_no_one_from_outside_can_be_handed_a_review(
    installation: TeamsInstallation, menu: dict[str, Any], address: str, why: str
) -> None:
    installation.teams.add_person("29:gus", "Gus Guest", "gus@elsewhere.example", tenant_id="another")
    owners = installation.review().owners

    press(installation, menu, actions.REASSIGN, whom=address)

    assert why in installation.side.replies[DANA, str(menu["id"])]
    assert installation.review().owners == owners


def test_a_roster_that_does_not_answer_hands_nothing_over_and_it_is_said(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    installation.teams.fail("member", "503")

    press(installation, menu, actions.REASSIGN, whom=DEPUTY)

    assert "could not be recorded" in installation.side.replies[DANA, str(menu["id"])]
    assert DEPUTY not in installation.review().owners


def test_reminders_are_put_off_once_to_a_time_that_was_offered(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    forms = [
        each
        for _, around in every_action(find_shown_message(installation, menu))
        for each in around[-1]["body"]
    ]
    chosen = next(each for each in forms if each.get("id") == actions.UNTIL_INPUT)["choices"][-1]["value"]

    press_repeated(installation, menu, actions.SNOOZE, until=chosen)

    until = installation.review().snoozed_until
    assert until is not None
    assert str(int(until.timestamp())) == chosen
    assert counted(installation, "snoozed") == 1


def test_an_answer_is_taken_back_after_a_second_question_and_once(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.click(DANA, card, actions.ACKNOWLEDGE)
    installation.desk.deliver_all()
    answered = installation.standing(installation.review())
    installation.side.click(DANA, answered, actions.MORE)
    press(installation, answered, actions.ASK_TO_WITHDRAW)
    assert installation.review().state is ReviewState.ACKNOWLEDGED

    answers = press_repeated(installation, answered, actions.WITHDRAW)

    assert [answer.json()["type"] for answer in answers] == [CARD_TYPE] * 2
    assert installation.review().state is ReviewState.OPEN
    assert counted(installation, "withdrawn") == 1


def test_no_one_takes_back_the_answer_of_someone_else(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.click(DANA, card, actions.ACKNOWLEDGE)
    data = actions.make_click_data(installation.review().id, 1)

    answer = installation.side.invoke(DEPUTY_USER, card, {"action": {"verb": actions.WITHDRAW, "data": data}})

    assert "You have no answer" in answer.json()["value"]
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_the_history_says_what_happened_in_words_and_leads_back(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    press(installation, menu, actions.HISTORY)
    text = read_text(find_shown_message(installation, menu))
    press(installation, menu, actions.BACK)

    assert "The review was opened" in text
    assert "Acknowledge review" in list_button_labels(find_shown_message(installation, menu))


@pytest.mark.parametrize(
    ("start", "leads_to"),
    [
        ("1", ["Earlier", "Back"]),
        ("999999999", ["Earlier", "Back"]),
        ("-1", ["Back"]),
        ("x" * 5000, ["Back"]),
    ],
)
def test_a_page_of_the_history_that_is_not_there_shows_no_error(
    installation: TeamsInstallation, card: dict[str, Any], start: str, leads_to: list[str]
) -> None:
    data = {**actions.make_click_data(installation.review().id, 1), actions.START: start}

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.HISTORY, "data": data}})

    assert answer.json()["type"] == CARD_TYPE
    assert list_button_labels(answer.json()["value"]) == leads_to


@pytest.mark.parametrize("verb", [actions.MORE, actions.HISTORY, actions.WITHDRAW, actions.SNOOZE])
def test_a_review_of_another_channel_shows_nothing(
    installation: TeamsInstallation, card: dict[str, Any], verb: str
) -> None:
    foreign = {**card, "place": ELSEWHERE, "conversation": ELSEWHERE}
    data = {**actions.make_click_data(installation.review().id, 1), actions.UNTIL_INPUT: "1"}

    answer = installation.side.invoke(STRANGER, foreign, {"action": {"verb": verb, "data": data}})

    assert "no longer tracked here" in answer.json()["value"]
    assert len(entries(installation)) == 1


def test_mine_has_buttons_and_shows_what_is_left_after_each(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.say(DANA, ALONE, "mine")
    mine = installation.teams.messages(ALONE)[-1]
    assert list_verbs(mine["attachments"][0]["content"]) == [actions.ACKNOWLEDGE, actions.MORE]

    answer = installation.side.click(DANA, mine, actions.ACKNOWLEDGE)

    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert "Recently answered by you" in read_text(answer.json()["value"])
    assert installation.standing(installation.review())["id"] == card["id"]


def test_the_menu_leads_from_mine_and_back_there(
    installation: TeamsInstallation, card: dict[str, Any]
) -> None:
    installation.side.say(DANA, ALONE, "mine")
    mine = installation.teams.messages(ALONE)[-1]

    installation.side.click(DANA, mine, actions.MORE)
    press(installation, mine, actions.REASSIGN, whom=DEPUTY)
    press(installation, mine, actions.BACK)

    assert DEPUTY in installation.review().owners
    assert "Nothing is waiting for your review" in installation.side.replies[DANA, str(mine["id"])]
    assert installation.standing(installation.review())["id"] == card["id"]


@pytest.mark.parametrize("verb", [actions.MORE, actions.ACKNOWLEDGE, actions.HISTORY])
def test_a_list_of_ones_own_lets_no_one_else_act(
    installation: TeamsInstallation, card: dict[str, Any], verb: str
) -> None:
    data = {**actions.make_click_data(installation.review().id, 1), actions.LIST_KEY: actions.OWN_LIST}

    answer = installation.side.invoke(STRANGER, card, {"action": {"verb": verb, "data": data}})

    assert "Only the owners" in answer.json()["value"]
    assert installation.review().state is ReviewState.OPEN
    assert installation.teams.messages(CHANNEL)[-1] == card


def test_an_address_that_no_one_can_have_is_asked_for_again(
    installation: TeamsInstallation, menu: dict[str, Any]
) -> None:
    data = {**actions.make_click_data(installation.review().id, 1), actions.PERSON_INPUT: "a" * 5000}

    answer = installation.side.invoke(DANA, menu, {"action": {"verb": actions.REASSIGN, "data": data}})

    assert answer.json()["value"] == "Give the e-mail address of a person."
