"""What changed since a person's answer, in Slack: their own comparison and the one for all."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.changes_view import EARLIER, LATER, SHOW_ALL, SHOW_OWN
from notifiers.slack.blocks import ACTION_IDS
from reviews.cards.card import CardAction
from reviews.routes.route import MayAcknowledge
from store.unit_of_work import SqlUnitOfWork
from tests.bot import answered
from tests.bot.answered import OWN, answer_first, compare_next, make_clauses
from tests.bot.change_modals import BUTTON, NOT_YOURS, get_words, list_removed, open_changes, turn
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, STRANGER, SlackInstallation
from tests.edge.block_kit import list_pings
from tests.edge.slack_signing import Spoil
from tests.reviews.compared import IDENTICAL, make_part

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ITEM = "menu_changes"
COMPARED_WITH_ANSWER = r"Compared with version 3, which you answered on <!date\^\d+\^"
SINCE_ANSWER, FOR_ALL = ["It ends in May."], ["clause 1.", "clause 2."]


@pytest.fixture
def card(installation: SlackInstallation) -> dict[str, Any]:
    answer_first(installation)
    return compare_next(installation)


def list_labels(view: dict[str, Any]) -> list[str]:
    """Return the labels of a modal's buttons."""
    return [
        button["text"]["text"]
        for block in view["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]


def test_who_answered_an_earlier_version_sees_first_what_changed_since(
    installation: SlackInstallation, card: dict[str, Any]
) -> None:
    view = open_changes(installation, DANA, card)

    assert "2 changed" in get_words(card)
    assert view["blocks"][0]["text"]["text"] == "*AML Policy 2026.docx*\n1 changed"
    assert re.search(COMPARED_WITH_ANSWER, get_words(view))
    assert list_removed(view) == SINCE_ANSWER
    assert list_labels(view) == [answered.SHOW_ALL]


def test_buttons_lead_to_the_comparison_for_all_and_back(
    installation: SlackInstallation, card: dict[str, Any]
) -> None:
    view = open_changes(installation, DANA, card)

    common = turn(installation, DANA, view, SHOW_ALL)
    own = turn(installation, DANA, common, SHOW_OWN)

    assert list_removed(common) == FOR_ALL
    assert "which you answered" not in get_words(common)
    assert list_labels(common) == [answered.SHOW_OWN]
    assert (view["private_metadata"], common["private_metadata"]) == (f"1 {CHANNEL}", f"1.all {CHANNEL}")
    assert own["blocks"] == view["blocks"]
    assert own["private_metadata"] == view["private_metadata"]


def test_page_turns_keep_the_choice(installation: SlackInstallation) -> None:
    answer_first(installation)
    card = compare_next(installation, [OWN] * 9, make_clauses(20))

    own = turn(installation, DANA, open_changes(installation, DANA, card), LATER)
    first = turn(installation, DANA, own, SHOW_ALL)
    second = turn(installation, DANA, first, LATER)
    third = turn(installation, DANA, second, LATER)
    back = turn(installation, DANA, third, EARLIER)

    assert list_removed(own) == SINCE_ANSWER
    assert list_removed(first)[0] == "clause 1."
    assert list_removed(second)[0] == "clause 9."
    assert list_removed(third)[0] == "clause 17."
    assert list_removed(back) == list_removed(second)
    assert list_labels(second) == ["Earlier", "Later", answered.SHOW_OWN]


def test_the_choice_is_kept_for_a_newer_revision(installation: SlackInstallation) -> None:
    answer_first(installation)
    card = compare_next(installation, common=make_clauses(9))
    common = turn(installation, DANA, open_changes(installation, DANA, card), SHOW_ALL)
    compare_next(installation, common=make_clauses(3))

    newer = turn(installation, DANA, common, LATER)

    assert "The document has changed again" in get_words(newer)
    assert list_removed(newer) == [*FOR_ALL, "clause 3."]
    assert newer["private_metadata"] == f"2.all {CHANNEL}"


def test_over_the_menu_both_lie_over_it(installation: SlackInstallation, card: dict[str, Any]) -> None:
    own = turn(installation, DANA, installation.menu(DANA, card), ITEM)

    common = turn(installation, DANA, own, SHOW_ALL)

    assert (own["close"]["text"], common["close"]["text"]) == ("Back", "Back")
    assert list_removed(common) == FOR_ALL


def test_others_see_the_comparison_for_all_and_no_button(
    installation: SlackInstallation, card: dict[str, Any]
) -> None:
    view = open_changes(installation, DEPUTY_USER, card)

    assert list_removed(view) == FOR_ALL
    assert "May" not in get_words(view)
    assert "which you answered" not in get_words(view)
    assert list_labels(view) == []


@pytest.mark.parametrize(("user", "shown"), [(DEPUTY_USER, FOR_ALL), (STRANGER, [])])
def test_the_button_of_another_person_shows_what_its_sender_may_see(
    installation: SlackInstallation, card: dict[str, Any], user: str, shown: list[str]
) -> None:
    own = turn(installation, DANA, open_changes(installation, DANA, card), SHOW_ALL)
    shown_modal = deepcopy(open_changes(installation, user, card))
    forged = {**shown_modal, "blocks": own["blocks"]}

    installation.side.click_in_view(user, forged, SHOW_OWN)

    view = installation.slack.modals(user)[-1]
    assert list_removed(view) == shown
    assert (NOT_YOURS in get_words(view)) == (user == STRANGER)
    assert "May" not in get_words(view)


def test_a_click_that_slack_did_not_sign_shows_nothing_else(
    installation: SlackInstallation, card: dict[str, Any]
) -> None:
    view = open_changes(installation, DANA, card)

    answer = installation.side.click_in_view(DANA, view, SHOW_ALL, spoil=Spoil(secret="another"))

    assert answer.status == 401
    assert list_removed(installation.modal(DANA)) == SINCE_ANSWER


def test_a_member_who_answered_in_the_channel_keeps_the_right_of_it(
    slack: FakeSlack, engine: sa.Engine
) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    shared = SlackInstallation(slack, engine, transactions, may_acknowledge=MayAcknowledge.CHANNEL)
    answer_first(shared)
    card = compare_next(shared)
    shared.side.click(STRANGER, card, ACTION_IDS[CardAction.ACKNOWLEDGE])
    card = compare_next(shared)

    view = open_changes(shared, STRANGER, card)
    common = turn(shared, STRANGER, view, SHOW_ALL)
    shared.close()

    assert list_removed(view) == SINCE_ANSWER
    assert list_removed(common) == FOR_ALL


def test_nothing_changed_since_is_said_with_the_way_to_what_changed_for_all(
    installation: SlackInstallation,
) -> None:
    answer_first(installation)
    card = compare_next(installation, [], own_summary=IDENTICAL)

    view = open_changes(installation, DANA, card)

    assert "Nothing changed since you answered version 3." in get_words(view)
    assert list_removed(turn(installation, DANA, view, SHOW_ALL)) == FOR_ALL


def test_where_nothing_changed_for_all_the_menu_leads_to_what_changed_since_an_answer(
    installation: SlackInstallation,
) -> None:
    answer_first(installation)
    card = compare_next(installation, summary=IDENTICAL)

    own = turn(installation, DANA, installation.menu(DANA, card), ITEM)
    others = turn(installation, DEPUTY_USER, installation.menu(DEPUTY_USER, card), ITEM)

    assert BUTTON not in get_words(card)
    assert list_removed(own) == SINCE_ANSWER
    assert list_labels(own) == []
    assert "Same content." in get_words(others)
    assert "May" not in get_words(others)


def test_where_nothing_changed_for_anyone_the_menu_does_not_have_it(installation: SlackInstallation) -> None:
    answer_first(installation)
    card = compare_next(installation, [], own_summary=IDENTICAL, summary=IDENTICAL)

    assert ITEM not in get_words(installation.menu(DANA, card))


def test_hostile_text_stays_text_in_both(installation: SlackInstallation) -> None:
    hostile = "<!channel> *bold* ~gone~ @here <https://x.example|y> \u202egnp\u200b & "
    part = make_part(kind="deleted", before=hostile, after="", words=())
    answer_first(installation)
    card = compare_next(installation, [part], [part])

    own = open_changes(installation, DANA, card)
    common = turn(installation, DANA, own, SHOW_ALL)

    for view in (own, common):
        assert list_pings(view) == []
        assert list_removed(view) == [hostile.replace("\u202e", "\\u202e")]
