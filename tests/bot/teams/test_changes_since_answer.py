"""What changed since a person's answer, in Teams: their own comparison and the one for all."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.teams_bot import actions
from reviews.routes.route import ShowChanges
from store.unit_of_work import SqlUnitOfWork
from tests.bot.answered import FILE, OWN, SHOW_ALL, SHOW_OWN, answer_first, compare_next, make_clauses
from tests.bot.teams.pressing import find_shown_message
from tests.bot.teams.teams_installation import (
    ALONE,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    STRANGER,
    TeamsInstallation,
    read_text,
)
from tests.edge.adaptive_cards import find_flaws
from tests.edge.teams_elements import list_button_labels, list_verbs
from tests.edge.teams_signing import Spoil
from tests.reviews.compared import IDENTICAL, make_part

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_teams import FakeTeams

PAGE = "https://reviews.example.com/ack/token#changes"
PAGE_FOR_ALL = "https://reviews.example.com/ack/token?since=acknowledged#changes"
COMPARED_WITH_ANSWER = "Compared with version 3, which you answered on {{DATE("
Json = dict[str, Any]


@pytest.fixture
def card(installation: TeamsInstallation) -> Json:
    answer_first(installation)
    return compare_next(installation)


def open_installation(teams: FakeTeams, engine: sa.Engine, **more: Any) -> TeamsInstallation:
    return TeamsInstallation(teams, engine, partial(SqlUnitOfWork, engine), **more)


def see(installation: TeamsInstallation, card: Json, user: str = DANA) -> str:
    """Ask what changed, and return what that person reads in the place of the card."""
    assert installation.side.click(user, card, actions.CHANGES).status == 200
    return read_text(find_shown_message(installation, card, user))


def press(installation: TeamsInstallation, card: Json, label: str) -> str:
    """Press a button of what Dana sees, and return what she reads then."""
    shown = find_shown_message(installation, card)
    [button] = [each for row in shown["body"] for each in row.get("actions", ()) if each["title"] == label]
    action = {name: button[name] for name in ("type", "verb", "data")}
    content: Json = installation.side.invoke(DANA, card, {"action": action}).json()["value"]
    installation.side.shown[DANA, card["id"]] = content
    return read_text(content)


def list_labels(installation: TeamsInstallation, card: Json, user: str = DANA) -> list[str]:
    return list_button_labels(find_shown_message(installation, card, user))


def test_who_answered_an_earlier_version_sees_first_what_changed_since(
    installation: TeamsInstallation, card: Json
) -> None:
    text = see(installation, card)

    assert "2 changed" in read_text(card)
    assert "What changed 1 changed Compared with version 3, which you answered on " in text
    assert COMPARED_WITH_ANSWER in json.dumps(find_shown_message(installation, card))
    assert "It ends in May." in text
    assert "clause" not in text
    assert list_labels(installation, card) == [SHOW_ALL, "Back"]


def test_buttons_lead_to_the_comparison_for_all_and_back(installation: TeamsInstallation, card: Json) -> None:
    own = see(installation, card)

    common = press(installation, card, SHOW_ALL)

    assert "clause 1." in common
    assert "which you answered" not in common
    assert list_labels(installation, card) == [SHOW_OWN, "Back"]
    assert press(installation, card, SHOW_OWN) == own
    press(installation, card, SHOW_ALL)
    press(installation, card, "Back")
    assert actions.ACKNOWLEDGE in list_verbs(find_shown_message(installation, card))


def test_page_turns_keep_the_choice(installation: TeamsInstallation) -> None:
    answer_first(installation)
    card = compare_next(installation, [OWN] * 9, make_clauses(20))
    see(installation, card)

    assert "Difference 9 of 9" in press(installation, card, "Later")
    assert "clause 1." in press(installation, card, SHOW_ALL)
    assert "clause 9." in press(installation, card, "Later")
    assert "clause 17." in press(installation, card, "Later")
    assert "clause 9." in press(installation, card, "Earlier")
    assert list_labels(installation, card) == ["Earlier", "Later", SHOW_OWN, "Back"]


def test_the_choice_is_kept_for_a_newer_revision(installation: TeamsInstallation) -> None:
    answer_first(installation)
    card = compare_next(installation, common=make_clauses(9))
    see(installation, card)
    press(installation, card, SHOW_ALL)
    compare_next(installation, common=make_clauses(3))

    newer = press(installation, card, "Later")

    assert "The document has changed again." in newer
    assert "clause 3." in newer
    assert list_labels(installation, card) == [SHOW_OWN, "Back"]


def test_others_see_the_comparison_for_all_and_no_button(installation: TeamsInstallation, card: Json) -> None:
    text = see(installation, card, DEPUTY_USER)

    assert "clause 1." in text
    assert "May" not in text
    assert "which you answered" not in text
    assert list_labels(installation, card, DEPUTY_USER) == ["Back"]


@pytest.mark.parametrize("user", [DEPUTY_USER, STRANGER])
@pytest.mark.parametrize(
    "since", ["acknowledged", "answered", DANA, "ab" * 32, "", None, 7, ["acknowledged"]]
)
def test_no_click_shows_the_comparison_of_another_person(
    installation: TeamsInstallation, card: Json, user: str, since: object
) -> None:
    data = {**actions.make_click_data(installation.review().id, 1), actions.SINCE: since}

    answer = installation.side.invoke(user, card, {"action": {"verb": actions.CHANGES, "data": data}})

    text = read_text(answer.json()["value"])
    assert "2 changed" in text
    assert "May" not in text
    assert ("clause 1." in text) == (user == DEPUTY_USER)


@pytest.mark.parametrize("since", ["answered", "", None, 7, ["acknowledged"]])
def test_what_is_not_ours_shows_a_person_their_own(
    installation: TeamsInstallation, card: Json, since: object
) -> None:
    data = {**actions.make_click_data(installation.review().id, 1), actions.SINCE: since}

    answer = installation.side.invoke(DANA, card, {"action": {"verb": actions.CHANGES, "data": data}})

    assert "It ends in May." in read_text(answer.json()["value"])


def test_a_click_that_teams_did_not_sign_shows_nothing(installation: TeamsInstallation, card: Json) -> None:
    answer = installation.side.click(DANA, card, actions.CHANGES, spoil=Spoil(claims={"aud": "another"}))

    assert answer.status == 401
    assert installation.side.shown == {}


def test_nothing_changed_since_is_said_with_the_way_to_what_changed_for_all(
    installation: TeamsInstallation,
) -> None:
    answer_first(installation)
    card = compare_next(installation, [], own_summary=IDENTICAL)

    text = see(installation, card)

    assert "Nothing changed since you answered version 3. Compared with version 3, which you" in text
    assert "clause 1." in press(installation, card, SHOW_ALL)


def test_where_nothing_changed_for_all_the_menu_leads_to_what_changed_since_an_answer(
    installation: TeamsInstallation,
) -> None:
    answer_first(installation)
    card = compare_next(installation, summary=IDENTICAL)

    for user in (DANA, DEPUTY_USER):
        installation.side.click(user, card, actions.MORE)
    data = actions.make_click_data(installation.review().id, 1)
    value = {"action": {"verb": actions.CHANGES, "data": data}}
    own, others = (
        read_text(installation.side.invoke(user, card, value).json()["value"]) for user in (DANA, DEPUTY_USER)
    )

    assert "What changed" not in list_button_labels(card["attachments"][0]["content"])
    assert "What changed" in list_labels(installation, card)
    assert "It ends in May." in own
    assert SHOW_ALL not in own
    assert "Same content." in others
    assert "May" not in others


def test_where_the_route_turns_it_off_the_menu_does_not_have_it(teams: FakeTeams, engine: sa.Engine) -> None:
    installation = open_installation(teams, engine, show_changes=ShowChanges.OFF)
    answer_first(installation)
    card = compare_next(installation, summary=IDENTICAL)

    installation.side.click(DANA, card, actions.MORE)

    assert "What changed" not in list_labels(installation, card)


def test_each_comparison_leads_to_its_own_page(teams: FakeTeams, engine: sa.Engine) -> None:
    installation = open_installation(teams, engine, find_page=lambda _card: PAGE)
    answer_first(installation)
    card = compare_next(installation)

    see(installation, card)
    assert f'"{PAGE}"' in json.dumps(find_shown_message(installation, card))
    press(installation, card, SHOW_ALL)
    assert f'"{PAGE_FOR_ALL}"' in json.dumps(find_shown_message(installation, card))


def test_the_reply_to_a_command_leads_to_the_page_of_the_comparison_for_all(
    teams: FakeTeams, engine: sa.Engine
) -> None:
    installation = open_installation(teams, engine, find_page=lambda _card: PAGE)
    answer_first(installation)
    compare_next(installation)

    installation.side.say(DANA, ALONE, f"changes {FILE}")
    message = installation.teams.messages(ALONE)[-1]

    assert "Compared with version 3, which you answered on " in read_text(message)
    assert "It ends in May." in read_text(message)
    assert list_button_labels(message["attachments"][0]["content"]) == ["Show on a page", SHOW_ALL]
    assert f'"{PAGE_FOR_ALL}"' in json.dumps(message)


def test_where_others_read_along_nothing_is_said_of_an_answer(installation: TeamsInstallation) -> None:
    answer_first(installation)
    compare_next(installation)

    installation.side.say(DANA, CHANNEL, f"changes {FILE}")

    text = read_text(installation.teams.messages(CHANNEL)[-1])

    assert "2 changed" in text
    assert "Others read this chat." in text
    assert "May" not in text
    assert "which you answered" not in text


def test_hostile_text_stays_text_in_both(installation: TeamsInstallation) -> None:
    hostile = (
        "**bold** [x](https://evil.example) <at>Dana</at> {{DATE(2026-01-01T00:00:00Z, SHORT)}} gpj\u202e"
    )
    part = make_part(kind="deleted", before=hostile, after="", words=())
    answer_first(installation)
    card = compare_next(installation, [part], [part])

    for text in (see(installation, card), press(installation, card, SHOW_ALL)):
        content = find_shown_message(installation, card)
        assert hostile.replace("\u202e", "\\u202e") in text
        assert [flaw for flaw in find_flaws(content) if flaw != "it has no fallbackText"] == []
        assert "{{DATE(2026-01-01T00:00:00Z" not in json.dumps(content)
