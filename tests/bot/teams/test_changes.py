"""What changed, in Teams: shown to one person on the card and in the chat, or else the reason why not."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot import actions
from notifiers.teams_bot.changes_card import CHANGES_PAGE_SIZE
from reviews.routes.route import MayAcknowledge, ShowChanges
from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.compared_cards import Json, compare, find_runs, list_flaws, make_parts, see
from tests.bot.teams.pressing import find_shown_message, press
from tests.bot.teams.teams_installation import (
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    ELSEWHERE,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.edge.teams_elements import list_button_labels, list_verbs, pressed

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_teams import FakeTeams

PAGE = "https://reviews.example.com/ack/token#changes"
NOT_YOURS = "Only those who may answer, and the people who changed it, see the differences."
IN_CHANNEL = "Members of the channel see the differences on the card there."


@pytest.fixture
def card(installation: TeamsInstallation) -> Json:
    return compare(installation)


@pytest.mark.parametrize("user", [DANA, DEPUTY_USER, AUTHOR])
def test_those_who_answer_and_who_changed_it_see_the_differences_and_no_one_else_does(
    installation: TeamsInstallation, card: Json, user: str
) -> None:
    text = see(installation, card, user)

    assert "Only you see this. AML Policy 2026.docx What changed 1 changed; 1 amount" in text
    assert "Changed Payment terms · amounts Before: The fee is EUR 100 . After: The fee is EUR 250 ." in text
    assert installation.standing(installation.review()) == card
    assert list_flaws(find_shown_message(installation, card, user)) == []


def test_what_was_removed_is_struck_through_and_what_was_added_is_underlined(
    installation: TeamsInstallation, card: Json
) -> None:
    see(installation, card)

    runs = {run["text"]: run for run in find_runs(find_shown_message(installation, card))}
    assert runs["100"] == {"type": "TextRun", "text": "100", "strikethrough": True, "isSubtle": True}
    assert runs["250"] == {"type": "TextRun", "text": "250", "underline": True, "weight": "Bolder"}
    assert runs["The fee is EUR "] == {"type": "TextRun", "text": "The fee is EUR "}


def test_others_are_told_how_much_changed_and_why_they_see_no_more(
    installation: TeamsInstallation, card: Json
) -> None:
    text = see(installation, card, STRANGER)

    assert "1 changed; 1 amount" in text
    assert NOT_YOURS in text
    assert "EUR" not in json.dumps(find_shown_message(installation, card, STRANGER))
    assert list_verbs(find_shown_message(installation, card, STRANGER)) == [actions.BACK]


def test_members_of_a_channel_that_may_answer_see_them_on_its_card_and_not_elsewhere(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    shared = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), may_acknowledge=MayAcknowledge.CHANNEL
    )
    card = compare(shared)

    assert "EUR 250" in see(shared, card, STRANGER)
    shared.side.say(STRANGER, CHANNEL, "changes 3358285", slash=True)
    alone = read_text(shared.teams.private_messages(STRANGER, CHANNEL)[-1])
    assert IN_CHANNEL in alone
    assert "EUR" not in alone


def test_a_card_leads_back_to_the_review(installation: TeamsInstallation, card: Json) -> None:
    see(installation, card)

    press(installation, card, actions.BACK)

    assert actions.ACKNOWLEDGE in list_verbs(find_shown_message(installation, card))


def test_the_menu_has_it_where_there_are_differences(installation: TeamsInstallation, card: Json) -> None:
    installation.side.click(DANA, card, actions.MORE)
    assert list_verbs(find_shown_message(installation, card))[-3:] == [
        actions.CHANGES,
        actions.HISTORY,
        actions.BACK,
    ]

    press(installation, card, actions.CHANGES)
    assert "EUR 250" in read_text(find_shown_message(installation, card))


def test_without_differences_neither_the_card_nor_the_menu_has_it(installation: TeamsInstallation) -> None:
    card = installation.card()

    installation.side.click(DANA, card, actions.MORE)

    assert "What changed" not in list_button_labels(card["attachments"][0]["content"])
    assert actions.CHANGES not in list_verbs(find_shown_message(installation, card))


@pytest.mark.parametrize("has_page", [True, False])
def test_an_old_client_opens_the_page_if_there_is_one(
    teams: FakeTeams, engine: sa.Engine, *, has_page: bool
) -> None:
    address = PAGE if has_page else ""
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), find_page=lambda _card: address
    )
    card = compare(installation)

    button = pressed(card["attachments"][0]["content"], actions.CHANGES, {})
    see(installation, card)

    opening = {"type": "Action.OpenUrl", "title": "What changed", "url": PAGE}
    assert button["fallback"] == (opening if has_page else "drop")
    labels = list_button_labels(find_shown_message(installation, card))
    assert labels == (["Show on a page", "Back"] if has_page else ["Back"])


def test_many_differences_are_paged_in_place_and_back(installation: TeamsInstallation) -> None:
    card = compare(installation, make_parts(CHANGES_PAGE_SIZE * 2 + 3), unlisted=4)

    first = see(installation, card)
    assert "Differences 1–8 of 19" in first  # noqa: RUF001 - a range
    assert ("clause 8." in first, "clause 9." in first) == (True, False)
    assert list_button_labels(find_shown_message(installation, card)) == ["Later", "Back"]

    installation.side.shown[DANA, card["id"]] = _press(installation, card, "Later")
    second = read_text(find_shown_message(installation, card))
    assert "Differences 9–16 of 19" in second  # noqa: RUF001 - a range
    assert "4 more differences are not shown here." in second

    last = read_text(_press(installation, card, "Later"))
    assert "Differences 17–19 of 19" in last  # noqa: RUF001 - a range
    assert "4 more differences are not shown here." in last
    assert "clause 1." in read_text(_press(installation, card, "Earlier"))


def _press(installation: TeamsInstallation, card: Json, label: str) -> Json:
    """Press a page button of what Dana sees, and return what she sees then."""
    shown = find_shown_message(installation, card)
    [button] = [each for row in shown["body"] for each in row.get("actions", ()) if each["title"] == label]
    action = {name: button[name] for name in ("type", "verb", "data")}
    content: Json = installation.side.invoke(DANA, card, {"action": action}).json()["value"]
    return content


def test_a_page_of_an_earlier_revision_begins_again_with_the_newest_differences(
    installation: TeamsInstallation,
) -> None:
    card = compare(installation, make_parts(12))
    see(installation, card)
    installation.desk.portal.versions["3358285"] = 9
    compare(installation, make_parts(20, "section"))

    shown = _press(installation, card, "Later")

    assert "The document has changed again." in read_text(shown)
    assert "Differences 1–8 of 20" in read_text(shown)  # noqa: RUF001 - a range
    assert "section 1." in read_text(shown)
    installation.side.shown[DANA, card["id"]] = shown
    later = read_text(_press(installation, card, "Later"))
    assert "Differences 9–16 of 20" in later  # noqa: RUF001 - a range
    assert "The document has changed again." not in later


def test_a_card_of_an_earlier_revision_says_that_the_newest_is_not_compared_yet(
    installation: TeamsInstallation, card: Json
) -> None:
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    text = see(installation, card)

    assert "The comparison is not ready yet. Try again in a minute." in text
    assert "Change: changed by Alice Moreau When: " in text
    assert "EUR" not in text


@pytest.mark.parametrize("start", ["-1", "x", "٣", "1e9", "9" * 30, "999999999", "", None, 8, ["8"]])
def test_a_forged_start_shows_a_page(installation: TeamsInstallation, start: object) -> None:
    card = compare(installation, make_parts(9))
    data = {**actions.make_click_data(installation.review().id, 1), actions.START: start}

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.CHANGES, "data": data}})

    text = read_text(answer.json()["value"])
    assert ("clause 1." in text) != ("clause 9." in text)
    assert "of 9" in text


def test_a_review_of_another_channel_is_not_shown(installation: TeamsInstallation, card: Json) -> None:
    elsewhere = installation.teams.keep(
        installation.teams.places[ELSEWHERE],
        {"type": "message", "attachments": card["attachments"]},
        by=installation.teams.bot_id,
    )

    installation.side.click(DANA, elsewhere, actions.CHANGES)

    assert "no longer tracked" in installation.side.replies[DANA, elsewhere["id"]]


def test_a_review_that_was_removed_is_not_shown(installation: TeamsInstallation, card: Json) -> None:
    data = actions.make_click_data("no-such-review", 1)

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.CHANGES, "data": data}})

    assert "no longer tracked" in answer.json()["value"]


def test_once_the_route_turns_it_off_the_differences_are_not_shown(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    installation = TeamsInstallation(
        teams, engine, partial(SqlUnitOfWork, engine), show_changes=ShowChanges.OFF
    )

    text = see(installation, compare(installation))

    assert "EUR" not in text
    assert "Change: changed by Alice Moreau" in text


def test_a_click_that_names_no_person_shows_nothing(installation: TeamsInstallation, card: Json) -> None:
    installation.teams.fail("member", "503")

    installation.side.click(DANA, card, actions.CHANGES)

    assert "EUR" not in str(installation.side.shown)
