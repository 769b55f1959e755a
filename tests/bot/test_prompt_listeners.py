"""Slack gets its answer from every listener there is while Slack itself hangs, whatever it is asked for.

The listeners are found in Bolt, so that a new one is held to this before its author writes a test. Each call
to Slack hangs until the last answer has come: where a listener waits for one before it acknowledges, Bolt
answers instead, with 404 after three seconds. So it does where Slack is asked who caused an event.
"""

from __future__ import annotations

import inspect
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from bot.slack import changes_view, menu_view, modals
from reviews.answers.menu import MenuItem
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, STRANGER, SlackInstallation
from tests.edge.slack_methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_send import AppAnswer

HANGING = 600.0  # seconds, unless they are let go
MARK = "white_check_mark"
IN_MODALS = {
    *menu_view.ITEM_IDS.values(),
    *(menu_view.EARLIER, menu_view.LATER, changes_view.EARLIER, changes_view.LATER),
    *(changes_view.SHOW_ALL, changes_view.SHOW_OWN),
    modals.PERSON_ACTION,
}
FILLED_IN = {
    modals.NOTE_BLOCK: {modals.NOTE_ACTION: {"value": "The date is wrong"}},
    modals.PERSON_BLOCK: {modals.PERSON_ACTION: {"selected_user": STRANGER}},
    modals.TIME_BLOCK: {modals.TIME_ACTION: {"selected_date_time": 1_773_200_000}},
}


@pytest.fixture
def installation(slack: FakeSlack, engine: sa.Engine) -> Iterator[SlackInstallation]:
    made = SlackInstallation(
        slack, engine, partial(SqlUnitOfWork, engine), reaction=MARK, acknowledged_after=0.1
    )
    yield made
    made.close()


def hang(installation: SlackInstallation) -> None:
    """Let every call of Slack hang from now on, and wait for no listener."""
    installation.slack.hang_seconds = HANGING
    installation.settles = False
    for method in (*METHODS, "response_url"):
        installation.slack.fail(method, "hang", times=99)


def listeners(installation: SlackInstallation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what each listener waits for: a kind of request, and its constraints by name."""
    for listener in installation.bolt._listeners:  # noqa: SLF001 - Bolt has no other way to list them
        for matcher in listener.matchers:
            func = getattr(matcher, "func")  # noqa: B009 - only Bolt's own matchers have it, which all are
            yield func.__qualname__.partition(".")[0].lstrip("_"), inspect.getclosurevars(func).nonlocals


def name_in(listener: Mapping[str, Any], kind: str) -> str:
    """Return a name that a listener's constraints let through."""
    for value in listener.values():
        wanted = value.get(kind) or value.get("type") if isinstance(value, dict) else value
        if isinstance(wanted, str):
            return wanted
        if isinstance(wanted, re.Pattern):
            return str(st.from_regex(wanted, fullmatch=True).example())
    raise AssertionError(f"teach this test what a listener is that waits for {listener}")


def request_for(
    installation: SlackInstallation, user: str, kind: str, listener: Mapping[str, Any]
) -> AppAnswer:
    """Send what a listener waits for, by a person about a card that stands in the channel."""
    side, review = installation.side, installation.review()
    value = f"{review.id}.{review.revision}"
    who = {"id": user, "team_id": installation.slack.team_id}
    card = installation.standing(review)
    address = installation.slack.new_response_url(user, CHANNEL, message_ts=card["ts"])
    whole = {
        "user": who,
        "team": {"id": installation.slack.team_id},
        "trigger_id": installation.slack.new_trigger(user),
        "response_url": address,
    }
    match kind:
        case "command":
            return side.slash(user, name_in(listener, "command"), "pending", CHANNEL)
        case "action" | "block_action":
            chosen = {"value": value, "selected_option": {"value": value}, "selected_user": DANA}
            pressed = {"action_id": name_in(listener, "action_id"), "type": "button", **chosen}
            place = {"type": "message", "channel_id": CHANNEL, "message_ts": card["ts"]}
            body = {"type": "block_actions", "container": place, "actions": [pressed]}
            in_modal = {"view": {"id": "V1", "type": "modal"}, "container": {"type": "view", "view_id": "V1"}}
            more = in_modal if name_in(listener, "action_id") in IN_MODALS else {"message": card}
            return side.interaction(whole | body | {"channel": {"id": CHANNEL}} | more)
        case "view" | "view_submission" | "view_closed":
            state = {"values": FILLED_IN}
            view = {
                "callback_id": name_in(listener, "callback_id"),
                "private_metadata": value,
                "state": state,
            }
            sent = "view_closed" if kind == "view_closed" else "view_submission"
            shown = {
                "id": "V1",
                "type": "modal",
                "app_installed_team_id": installation.slack.team_id,
                "blocks": [],
                **view,
            }
            return side.interaction(whole | {"type": sent, "view": shown, "response_urls": []})
        case "shortcut" | "message_shortcut":
            return side.shortcut(user, card, name_in(listener, "callback_id"))
        case "event" | "message_event":
            payload = {
                "type": name_in(listener, "type"),
                "user": user,
                "tab": "home",
                "reaction": MARK,
                "item": {"type": "message", "channel": CHANNEL, "ts": card["ts"]},
                "channel": CHANNEL,
                "links": [],
            }
            return side.event(payload)
    raise AssertionError(f"teach this test how to send a request of the kind {kind}")


@pytest.mark.parametrize("user", [DANA, DEPUTY_USER], ids=["known", "not known"])
def test_every_listener_answers_while_all_of_slack_hangs(installation: SlackInstallation, user: str) -> None:
    installation.card()
    hang(installation)

    answers = {
        f"{kind} {listener}": request_for(installation, user, kind, listener)
        for kind, listener in listeners(installation)
        if user == DANA or kind != "event"  # Slack repeats an event that is not stored yet
    }
    installation.slack.let_go()

    assert len(answers) >= 5
    assert {name: answer.status for name, answer in answers.items() if answer.status != 200} == {}


def test_a_form_is_recorded_while_all_of_slack_hangs(installation: SlackInstallation) -> None:
    installation.card()
    note = installation.form(DANA, MenuItem.ACKNOWLEDGE)
    hang(installation)

    answer = installation.side.submit_view(DANA, note, {modals.NOTE_BLOCK: {modals.NOTE_ACTION: "fine"}})
    installation.slack.let_go()

    assert answer.status == 200
    assert [answer.note for answer in installation.review().answers] == ["fine"]
