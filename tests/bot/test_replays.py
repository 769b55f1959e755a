"""Signed requests of Slack that an attacker captured and sends again: they change and tell nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.slack.shortcut import ACKNOWLEDGE as SHORTCUT
from reviews.answers.menu import MenuItem
from reviews.kinds import ReviewState
from store.unit_of_work import SqlUnitOfWork
from tests.bot.channels import PUBLIC, Channels
from tests.bot.slack_installation import DANA, DEPUTY_USER, SIGN_IN_LINK, STRANGER, SlackInstallation
from tests.edge.captured import Captured
from tests.edge.slack_signing import Spoil
from tests.reviews.desk import make_review_request
from tests.reviews.samples import WATCHED
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from reviews.identity import ProvenPerson
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_send import AppAnswer

ACKNOWLEDGE, MARK = "acknowledge_review", "white_check_mark"


@pytest.fixture
def installation(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    links = 0

    def way_in(_person: ProvenPerson) -> str:
        nonlocal links
        links += 1
        return f"{SIGN_IN_LINK}-{links}"

    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), reaction=MARK, way_in=way_in)
    yield made
    made.close()


@pytest.fixture
def captured(installation: SlackInstallation) -> Captured:
    installation.side.send = captured_requests = Captured(installation.side.send)
    return captured_requests


def withdraw(installation: SlackInstallation) -> None:
    installation.desk.answers.withdraw(make_review_request(installation.review()))


def counted(installation: SlackInstallation, kind: str) -> int:
    return sum(kind in entry["type"] for entry in installation.desk.entries())


def click(installation: SlackInstallation) -> AppAnswer:
    return installation.side.click(DANA, installation.standing(installation.review()), ACKNOWLEDGE)


def submit(installation: SlackInstallation) -> AppAnswer:
    form = installation.form(DANA, MenuItem.ACKNOWLEDGE)
    return installation.side.submit_view(DANA, form, {"note": {"text": "Agreed"}})


def choose(installation: SlackInstallation) -> AppAnswer:
    return installation.side.shortcut(DANA, installation.standing(installation.review()), SHORTCUT)


def react(installation: SlackInstallation) -> AppAnswer:
    installation.desk.clock.advance(seconds=1)
    at = installation.desk.clock().timestamp()
    return installation.side.react(DANA, installation.standing(installation.review()), MARK, at=at)


@pytest.mark.parametrize("answer", [click, submit, choose, react])
def test_an_answer_that_is_sent_again_after_a_withdrawal_changes_nothing(
    installation: SlackInstallation, captured: Captured, answer: Callable[[SlackInstallation], AppAnswer]
) -> None:
    installation.card()
    assert answer(installation).status == 200
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    withdraw(installation)
    installation.desk.deliver_all()

    again = captured.again()

    assert (again.status, again.text) == (200, "")
    assert installation.review().state is ReviewState.OPEN
    assert counted(installation, "acknowledged") == 1
    answer(installation)  # anew, and not as it was
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_someone_who_withdrew_is_not_told_that_their_answer_stands(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.card()
    choose(installation)
    installation.wait_for_reply(DANA)
    withdraw(installation)

    captured.again()

    first, second = installation.slack.wait_for_replies(DANA, 2)
    assert "Recorded: you have reviewed" in first["text"]
    assert "You have withdrawn your answer" in second["text"]


def test_a_double_click_is_no_answer_in_reserve(installation: SlackInstallation, captured: Captured) -> None:
    card = installation.card()
    installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.side.click(DANA, card, ACKNOWLEDGE)
    withdraw(installation)

    captured.again()

    assert installation.review().state is ReviewState.OPEN
    assert "please click again" in installation.wait_for_reply(DANA)


def test_a_click_that_could_not_be_looked_into_is_no_answer_in_reserve(
    installation: SlackInstallation, captured: Captured
) -> None:
    card = installation.card()
    installation.slack.fail("users.info", "fatal_error")
    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    assert "please click again" in installation.wait_for_reply(DEPUTY_USER)

    captured.again()

    assert installation.review().answers == ()
    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_withdrawal_that_is_sent_again_leaves_the_answer_that_was_given_since(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.card()
    click(installation)
    installation.desk.deliver_all()
    menu = installation.menu(DANA, installation.standing(installation.review()))
    installation.side.click_in_view(DANA, menu, "menu_withdraw")
    installation.turned(DANA, menu)
    installation.desk.deliver_all()
    click(installation)

    assert captured.again(-2).status == 200
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert counted(installation, "withdrawn") == 1


def test_of_two_copies_of_a_click_at_the_same_time_one_is_recorded(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.card()
    captured.holding = True
    click(installation)

    answers = run_in_threads(2, lambda _: captured.again())
    installation.desk.deliver_all()

    assert [(answer.status, answer.text) for answer in answers] == [(200, "")] * 2
    assert counted(installation, "acknowledged") == 1
    assert "Reviewed by Dana Ozola" in installation.standing(installation.review())["text"]
    assert installation.slack.private_replies(DANA) == []


def test_of_two_copies_of_a_refused_click_both_are_told_the_same(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.card()
    captured.holding = True
    installation.side.click(STRANGER, installation.standing(installation.review()), ACKNOWLEDGE)

    run_in_threads(2, lambda _: captured.again())

    replies = installation.slack.wait_for_replies(STRANGER, 2)
    assert len({reply["text"] for reply in replies}) == 1
    assert "Only the owners" in replies[0]["text"]


def test_a_request_is_still_refused_for_its_age(installation: SlackInstallation) -> None:
    card = installation.card()

    for age in (301, -400):  # one of -301 is taken when the clock turns to the next second meanwhile
        assert installation.side.click(DANA, card, ACKNOWLEDGE, spoil=Spoil(age=age)).status == 401
    assert installation.side.click(DANA, card, ACKNOWLEDGE, spoil=Spoil(age=-290)).status == 200

    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_command_that_is_sent_again_gives_no_one_a_second_link(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.side.slash(DANA, "/reviews", "web", "C1")
    installation.side.slash(
        DANA, "/reviews", "web", "C1"
    )  # Dana is known by now, so the response holds the link

    again = captured.again()

    assert f"{SIGN_IN_LINK}-2" in str(installation.slack.private_replies(DANA)[-1])
    assert SIGN_IN_LINK not in again.text
    assert "was already answered" in again.text


def test_a_list_is_not_shown_again_and_the_help_is(
    installation: SlackInstallation, captured: Captured
) -> None:
    installation.card()
    installation.side.slash(DANA, "/reviews", "pending", "C1")
    installation.side.slash(DANA, "/reviews", "help", "C1")

    assert "AML Policy" not in captured.again(-2).text
    shown = len(installation.slack.private_replies(DANA))
    captured.again()
    replies = installation.slack.wait_for(lambda: installation.slack.private_replies(DANA)[shown:])
    assert "recent" in replies[-1]["text"]


def test_a_subscription_that_was_ended_is_not_made_again(slack: FakeSlack, engine: sa.Engine) -> None:
    channels = Channels(slack, engine)
    channels.side.send = captured = Captured(channels.side.send)
    channels.say(f"subscribe {WATCHED}", PUBLIC)
    channels.say(f"unsubscribe {WATCHED}", PUBLIC)

    assert "was already answered" in captured.again(0).text
    assert "has no subscriptions" in channels.say("subscriptions", PUBLIC)
    channels.close()
