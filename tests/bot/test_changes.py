"""What changed, in Slack: who opens it from where, who sees it, and who learns why not."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.routes.route import MayAcknowledge, Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.bot.change_modals import (
    BUTTON,
    NOT_YOURS,
    compare,
    get_words,
    list_removed,
    make_parts,
    open_changes,
    turn,
)
from tests.bot.homes import open_home
from tests.bot.slack_installation import (
    AUTHOR,
    CHANNEL,
    DANA,
    DEPUTY_USER,
    GUEST,
    STRANGER,
    SlackInstallation,
)
from tests.edge.block_kit import list_pings
from tests.edge.slack_signing import Spoil
from tests.reviews.compared import make_part
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

ITEM = "menu_changes"
EARLIER, LATER = "changes_earlier", "changes_later"
NEWER = "The document has changed again"
ELSEWHERE, COLLEAGUE = "T0ELSEWHERE", "U9"


@pytest.fixture
def open_channel(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    """Give an installation in which every member of the channel may acknowledge."""
    transactions = partial(SqlUnitOfWork, engine)
    made = SlackInstallation(slack, engine, transactions, may_acknowledge=MayAcknowledge.CHANNEL)
    yield made
    made.close()


def rename_values(message: dict[str, Any], value: str) -> dict[str, Any]:
    """Return a message or modal whose buttons carry this value."""
    changed = deepcopy(message)
    for block in changed["blocks"]:
        for button in (*block.get("elements", ()), block.get("accessory", {})):
            if "value" in button:
                button["value"] = value
    return changed


@pytest.mark.parametrize("user", [DANA, DEPUTY_USER, AUTHOR])
def test_those_who_answer_and_those_who_changed_it_see_before_and_after(
    installation: SlackInstallation, user: str
) -> None:
    installation.card()

    view = open_changes(installation, user, compare(installation))

    assert view["title"]["text"] == "What changed"
    assert view["close"]["text"] == "Close"
    assert view["blocks"][0]["text"]["text"] == "*AML Policy 2026.docx*\n1 changed; 1 amount"
    assert list_removed(view) == ["100"]
    assert {"type": "text", "text": "250", "style": {"bold": True}} in view["blocks"][-1]["elements"][2][
        "elements"
    ]


@pytest.mark.parametrize("user", [STRANGER, GUEST])
def test_others_see_how_much_changed_and_why_no_more(installation: SlackInstallation, user: str) -> None:
    installation.card()

    view = open_changes(installation, user, compare(installation))

    assert "1 changed; 1 amount" in get_words(view)
    assert NOT_YOURS in get_words(view)
    assert list_removed(view) == []
    assert "250" not in get_words(view)


def test_a_click_that_slack_did_not_sign_opens_nothing(installation: SlackInstallation) -> None:
    installation.card()
    card = compare(installation)

    answer = installation.side.click(DANA, card, BUTTON, spoil=Spoil(secret="another"))

    assert answer.status == 401
    assert installation.slack.modals(DANA) == []


def test_members_of_a_channel_that_may_answer_see_them_on_its_card(open_channel: SlackInstallation) -> None:
    open_channel.card()

    view = open_changes(open_channel, STRANGER, compare(open_channel, *make_parts(9)))
    second = turn(open_channel, STRANGER, view, LATER)

    assert list_removed(view) == [f"clause {number}." for number in range(1, 9)]
    assert list_removed(second) == ["clause 9."]


@pytest.mark.parametrize("user", [GUEST, COLLEAGUE])
def test_guests_and_members_of_other_companies_do_not(open_channel: SlackInstallation, user: str) -> None:
    open_channel.slack.add_person(COLLEAGUE, "Dana Ozola", OWNER, team_id=ELSEWHERE)
    open_channel.card()

    view = open_changes(open_channel, user, compare(open_channel))

    assert "Members of the channel see the differences" in get_words(view)
    assert list_removed(view) == []


def test_a_channel_without_the_card_gives_its_members_no_right(open_channel: SlackInstallation) -> None:
    open_channel.card()
    card = {**compare(open_channel), "channel": "C2"}

    assert "Members of the channel see the differences" in get_words(
        open_changes(open_channel, STRANGER, card)
    )
    assert list_removed(open_changes(open_channel, DANA, card)) == ["100"]


def test_a_long_list_is_paged(installation: SlackInstallation) -> None:
    installation.card()
    first = open_changes(installation, DANA, compare(installation, *make_parts(20)))

    second = turn(installation, DANA, first, LATER)
    third = turn(installation, DANA, second, LATER)
    back = turn(installation, DANA, third, EARLIER)

    assert [len(list_removed(view)) for view in (first, second, third)] == [8, 8, 4]
    for view, shown in ((first, "1–8"), (second, "9–16"), (third, "17–20")):  # noqa: RUF001 - a range
        assert f"Differences {shown} of 20" in get_words(view)
    assert list_removed(back) == list_removed(second)
    assert (LATER in get_words(third), EARLIER in get_words(first)) == (False, False)


def test_a_page_of_a_list_that_a_newer_revision_replaced_is_the_first_of_the_new_one(
    installation: SlackInstallation,
) -> None:
    installation.card()
    view = open_changes(installation, DANA, compare(installation, *make_parts(20)))
    installation.desk.portal.versions["3358285"] = 9
    installation.card()
    compare(installation, *make_parts(20, "paragraph"))

    second = turn(installation, DANA, view, LATER)
    third = turn(installation, DANA, second, LATER)

    assert NEWER in get_words(second)
    assert list_removed(second)[0] == "paragraph 1."
    assert NEWER not in get_words(third)
    assert list_removed(third)[0] == "paragraph 9."


def test_a_page_of_a_list_whose_successor_is_not_compared_yet_says_so(
    installation: SlackInstallation,
) -> None:
    installation.card()
    view = open_changes(installation, DANA, compare(installation, *make_parts(20)))
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    turned = turn(installation, DANA, view, LATER)

    assert "The comparison is not ready yet" in get_words(turned)
    assert list_removed(turned) == []


def test_the_button_of_an_older_drawing_shows_the_newest_differences_and_says_so(
    installation: SlackInstallation,
) -> None:
    installation.card()
    card = compare(installation)
    installation.desk.portal.versions["3358285"] = 9
    installation.card()
    compare(installation, *make_parts(2))

    view = open_changes(installation, DANA, card)

    assert NEWER in get_words(view)
    assert list_removed(view) == ["clause 1.", "clause 2."]


def test_a_review_that_was_removed_is_said_so_privately_and_in_the_modal(
    installation: SlackInstallation,
) -> None:
    installation.card()
    card = compare(installation, *make_parts(9))
    view = open_changes(installation, DANA, card)

    installation.side.click(DANA, rename_values(card, "rev-9.1"), BUTTON)
    turned = turn(installation, DANA, rename_values(view, "rev-9.8"), LATER)

    assert "no longer tracked" in installation.wait_for_reply(DANA)
    assert "no longer tracked" in get_words(turned)


@pytest.mark.parametrize("method", ["views.open", "users.info"])
def test_a_slack_that_fails_is_said_so(installation: SlackInstallation, method: str) -> None:
    installation.card()
    card = compare(installation)
    installation.slack.fail(method, "internal_error")

    assert installation.side.click(STRANGER, card, BUTTON).status == 200

    assert "did not open the differences" in installation.wait_for_reply(STRANGER)
    assert installation.slack.modals(STRANGER) == []


def test_hostile_text_stays_text(installation: SlackInstallation) -> None:
    hostile = "<!channel> *bold* ~gone~ @here <https://x.example|y> \u202egnp\u200b & " + "x" * 30_000
    installation.card()
    parts = [
        make_part(before=hostile, after="", kind="deleted", words=()),
        make_part(before=hostile, after=hostile, words=()),
    ]

    view = open_changes(installation, DANA, compare(installation, *parts))

    assert list_pings(view) == []
    assert (
        "<!channel> *bold* ~gone~ @here <https://x.example|y> \\u202egnp\u200b & xxx" in list_removed(view)[0]
    )
    assert list_removed(view)[0].endswith("…")


def test_the_menu_shows_them_on_top(installation: SlackInstallation) -> None:
    installation.card()
    menu = installation.menu(DANA, compare(installation, *make_parts(9)))

    view = turn(installation, DANA, menu, ITEM)
    second = turn(installation, DANA, view, LATER)

    assert view["previous_view_id"] == menu["id"]
    assert [each["close"]["text"] for each in (view, second)] == ["Back", "Back"]
    assert list_removed(second) == ["clause 9."]


def test_the_menu_keeps_the_right_of_the_channel_from_which_it_was_opened(
    open_channel: SlackInstallation,
) -> None:
    open_channel.card()
    menu = open_channel.menu(STRANGER, compare(open_channel))

    assert list_removed(turn(open_channel, STRANGER, menu, ITEM)) == ["100"]


def test_a_menu_over_which_slack_shows_nothing_says_so(installation: SlackInstallation) -> None:
    installation.card()
    menu = installation.menu(DANA, compare(installation))
    installation.slack.fail("views.push", "expired_trigger_id")

    assert "did not open the differences" in get_words(turn(installation, DANA, menu, ITEM))


def test_a_menu_without_differences_offers_none(installation: SlackInstallation) -> None:
    assert ITEM not in get_words(installation.menu(DANA, installation.card()))


def test_the_own_list_in_home_has_the_button(installation: SlackInstallation) -> None:
    installation.card()
    compare(installation)

    installation.side.click_in_view(DANA, open_home(installation), BUTTON)

    view = installation.modal(DANA)
    assert list_removed(view) == ["100"]
    assert view["private_metadata"] == "1"


def test_home_asks_for_no_duty_but_shows_nothing_to_those_without_access(
    open_channel: SlackInstallation,
) -> None:
    open_channel.card()
    compare(open_channel)

    open_channel.side.click_in_view(STRANGER, open_home(open_channel), BUTTON)

    view = open_channel.modal(STRANGER)
    assert "Members of the channel see the differences" in get_words(view)
    assert list_removed(view) == []


def test_a_route_that_is_private_by_now_shows_nothing(slack: FakeSlack, engine: sa.Engine) -> None:
    transactions = partial(SqlUnitOfWork, engine)
    before = SlackInstallation(slack, engine, transactions)
    before.card()
    card = compare(before)
    before.close()
    notify = (Target(notifier="slack", address=CHANNEL),)
    rules = Routes([route(notify=notify, private=True)])
    now = SlackInstallation(slack, engine, transactions, rules=rules)

    owners, others = (open_changes(now, user, card) for user in (DANA, STRANGER))
    menu = now.menu(DANA, card)
    now.close()

    assert (list_removed(owners), list_removed(others)) == ([], [])
    assert "AML Policy" not in get_words(others)
    assert "amount" not in get_words(others)
    assert ITEM not in get_words(menu)
