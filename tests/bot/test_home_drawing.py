"""What App Home finds, and when it is drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.slack.home_view import MAX_PENDING_REVIEWS
from reviews.routes.route import MayAcknowledge, Routes
from reviews.tree import Place
from store.unit_of_work import SqlUnitOfWork
from tests.bot.homes import ACKNOWLEDGE, list_buttons, make_text_check, open_home, wait_for_home
from tests.bot.odd import variants
from tests.bot.slack_installation import AUTHOR, DANA, DEPUTY_USER, STRANGER, SlackInstallation, office_routes
from tests.edge.slack_signing import Spoil
from tests.reviews.samples import HOSTILE, OWNER, WATCHED, review

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack


def test_of_many_reviews_the_oldest_are_shown_and_that_there_are_more(
    installation: SlackInstallation,
) -> None:
    with installation.desk.transactions() as work:
        for number in range(MAX_PENDING_REVIEWS + 1):
            work.reviews.add(review(id=f"rev-{number}", file_id=f"file-{number}", title=HOSTILE * 40))
        work.commit()

    home = open_home(installation)
    texts = [block["text"]["text"] for block in home["blocks"] if block["type"] == "section"]

    assert list_buttons(home) == [f"rev-{number}.1" for number in range(MAX_PENDING_REVIEWS)]
    assert make_text_check("more are waiting")(home)
    assert "<!channel>" not in str(texts)


@pytest.fixture
def legal(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    """An installation where a user group is an owner too."""
    rules = Routes([replace(office_routes(MayAcknowledge.OWNERS).all[0], owners=(OWNER, "@legal"))])
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=rules)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("user", "owners"),
    [(STRANGER, ("juris@example.com",)), (STRANGER, ("@legal",)), (DEPUTY_USER, (OWNER,))],
)
def test_what_waits_is_found_by_hand_over_by_group_and_by_deputy_in_home_and_in_the_lists(
    legal: SlackInstallation, user: str, owners: tuple[str, ...]
) -> None:
    installation = legal
    with installation.desk.transactions() as work:
        work.groups.remember("@legal", [STRANGER], description={}, at=installation.desk.clock())
        work.reviews.add(review(owners=owners))
        work.commit()

    assert list_buttons(open_home(installation, user)) == ["rev-1.1"]
    for text in ("mine", "pending mine"):
        installation.side.slash(user, "/reviews", text, "C1")
        assert "AML Policy 2026.docx" in installation.wait_for_reply(user)
    assert list_buttons(open_home(installation, AUTHOR)) == []


def test_an_answer_that_was_taken_back_and_anothers_are_not_among_mine(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    open_home(installation)
    open_home(installation, DEPUTY_USER)
    installation.side.click(DANA, card, ACKNOWLEDGE)
    assert wait_for_home(installation, DANA, make_text_check("You reviewed version"))
    assert not make_text_check("You reviewed version")(open_home(installation, DEPUTY_USER))

    installation.side.click_in_view(
        DANA, installation.menu(DANA, installation.standing(installation.review())), "menu_withdraw"
    )

    home = wait_for_home(installation, DANA, lambda home: not make_text_check("You reviewed version")(home))
    assert list_buttons(home) == ["rev-1.1"]


def test_home_says_which_channels_i_subscribed(installation: SlackInstallation) -> None:
    with installation.desk.transactions() as work:
        place = Place(folders=(("1", "Rooms"), (WATCHED, "Compliance")))
        work.folders.put(place, at=installation.desk.clock())
        work.commit()
    installation.side.slash(STRANGER, "/reviews", "subscribe Compliance digest daily", "C1")
    assert "daily digest" in installation.wait_for_reply(STRANGER)

    assert make_text_check(f"<#C1> {WATCHED}: Compliance (content")(open_home(installation, STRANGER))
    assert not make_text_check("Your channel subscriptions")(open_home(installation))


def test_home_is_not_drawn_for_another_tab(installation: SlackInstallation) -> None:
    installation.side.event({"type": "app_home_opened", "user": DANA, "channel": "D1", "tab": "messages"})
    installation.close()

    assert installation.slack.calls("views.publish") == []


@pytest.mark.parametrize("method", ["users.info", "views.publish"])
def test_a_home_that_could_not_be_drawn_is_one_line_in_the_log(
    installation: SlackInstallation, method: str
) -> None:
    installation.slack.fail(method, "500_before")

    with capture_logs() as logs:
        assert installation.side.open_home(DANA).status == 200
        installation.close()

    assert [entry["event"] for entry in logs if entry["log_level"] != "info"] == ["home_not_drawn"]


def test_a_spoilt_event_draws_nothing(installation: SlackInstallation) -> None:
    spoilt = (Spoil(secret="x"), Spoil(flip_byte=True), Spoil(age=301), Spoil(team_id="T0OTHER"))
    statuses = {installation.side.open_home(DANA, spoil=spoil).status for spoil in spoilt}
    installation.close()

    assert statuses <= {400, 401}
    assert installation.slack.calls("views.publish") == []


def test_whatever_a_member_of_a_click_is_nothing_of_ours_fails(installation: SlackInstallation) -> None:
    whole = {
        "type": "block_actions",
        "user": {"id": DANA, "team_id": installation.slack.team_id},
        "team": {"id": installation.slack.team_id},
        "container": {"type": "view", "view_id": "V1"},
        "view": {"id": "V1", "type": "home"},
        "actions": [{"action_id": ACKNOWLEDGE, "value": "rev-77.1"}],
    }
    with capture_logs() as logs:
        for odd in variants(whole):
            assert installation.side.interaction(odd).status in {200, 400, 401, 404}, odd
        installation.close()

    assert [entry for entry in logs if entry["event"] == "click_failed"] == []
