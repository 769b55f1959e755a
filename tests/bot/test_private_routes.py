"""A private route in the lists, the forms and App Home: its titles are for its owners and deputies alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.command_parser import parse
from bot.command_replies import ListReply, ReviewReply
from bot.teams.commands import UnidentifiedRequester
from reviews.routes.route import MayAcknowledge, SegregationOfDuties
from tests.bot.channels import CARDS, COMMAND, Channels
from tests.bot.slack_installation import DANA, DEPUTY_USER, GUEST, STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.edge.fake_slack import FakeSlack

TITLE = "Merger with Globex.docx"
NOTE = "Initech pays less."


@pytest.fixture
def channels(slack: FakeSlack, engine: sa.Engine) -> Iterator[Channels]:
    """Two public channels with the card of a private route, which anyone in them may answer."""
    made = Channels(slack, engine)
    open_to_all = {"may_acknowledge": MayAcknowledge.CHANNEL, "guests": True}
    made.follow(private=True, segregation_of_duties=SegregationOfDuties.OFF, **open_to_all)
    made.change(title=TITLE)
    yield made
    made.close()


def ask(channels: Channels, text: str, user: str) -> str:
    before = len(channels.slack.private_replies(user))
    assert channels.side.slash(user, COMMAND, text, CARDS).status == 200
    [reply] = channels.slack.wait_for(lambda: channels.slack.private_replies(user)[before:])
    return json.dumps(reply)


def opened(channels: Channels, user: str, action: str) -> dict[str, Any]:
    """Click on the card and return the modal that opens."""
    before = len(channels.slack.modals(user))
    channels.side.click(user, channels.slack.messages(CARDS)[0], action)
    modal: dict[str, Any] = channels.slack.wait_for(lambda: channels.slack.modals(user)[before:])[-1]
    return modal


def history(channels: Channels, user: str) -> dict[str, Any]:
    """Open the menu of the card, and from it the history, and return that."""
    menu = opened(channels, user, "more")
    channels.side.click_in_view(user, menu, "menu_history")

    def list_views() -> list[dict[str, Any]]:
        return [dict(each) for each in channels.slack.modals(user) if each["title"]["text"] == "History"]

    return channels.slack.wait_for(list_views)[-1]


LISTS = ["recent", "pending", "show rev-1", "show 3358285"]


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("user", [DANA, DEPUTY_USER])
def test_an_owner_and_a_deputy_are_shown_the_title(channels: Channels, text: str, user: str) -> None:
    assert TITLE in ask(channels, text, user)


@pytest.mark.parametrize("user", [STRANGER, GUEST])
def test_no_one_else_is_sent_the_title_by_anything_that_they_ask_or_click(
    channels: Channels, user: str
) -> None:
    for text in LISTS:
        assert "file in Compliance" in ask(channels, text, user)
    form = opened(channels, user, "request_changes")
    assert "A file in Compliance" in str(form)
    assert "whole channel" not in str(form)
    assert "a file in Compliance" in str(history(channels, user))
    channels.side.click(user, channels.slack.messages(CARDS)[0], "acknowledge_review")
    channels.desk.deliver_all()
    channels.side.open_home(user)
    home = channels.slack.wait_for(lambda: channels.slack.home(user))

    assert home is not None
    assert "Globex" not in channels.sent()
    assert "Globex" not in json.dumps(channels.slack.private_replies(user))


def test_in_home_what_a_stranger_answered_has_no_title(channels: Channels) -> None:
    channels.side.click(STRANGER, channels.slack.messages(CARDS)[0], "acknowledge_review")
    channels.side.open_home(STRANGER)
    home = channels.slack.wait_for(lambda: channels.slack.home(STRANGER))
    mine = ask(channels, "mine", STRANGER)

    assert "A file in Compliance" in str(home)
    assert "You reviewed version" in str(home)
    assert "A file in Compliance" in mine
    assert "Globex" not in channels.sent() + mine


def test_the_history_keeps_the_title_and_the_note_from_others(channels: Channels) -> None:
    channels.side.click(DANA, channels.slack.messages(CARDS)[0], "request_changes")
    form = channels.slack.wait_for(lambda: channels.slack.modals(DANA))[-1]
    channels.side.submit_view(DANA, form, {"note": {"text": NOTE}})

    for user, sees in ((STRANGER, False), (DANA, True)):
        shown = str(history(channels, user))
        assert ("Globex" in shown) is sees
        assert ("Initech" in shown) is sees
        assert "requested changes to revision 1" in shown


def test_where_it_is_not_known_who_asks_no_private_title_is_shown(channels: Channels) -> None:
    channels.slack.fail("users.info", "hang")
    channels.settles = False

    answer = channels.side.slash(STRANGER, COMMAND, "recent", CARDS)

    # Within two seconds in the response itself, else later: either is right here.
    shown = answer.body.decode() or channels.told_later(STRANGER)
    assert answer.status == 200
    assert "A file in Compliance" in shown
    assert "Globex" not in shown + channels.sent()


def test_an_outgoing_webhook_knows_no_person_and_shows_no_title(channels: Channels) -> None:
    listed = channels.commands.answer(parse("recent"), UnidentifiedRequester())
    shown = channels.commands.answer(parse("show 3358285"), UnidentifiedRequester())

    assert isinstance(listed, ListReply)
    assert isinstance(shown, ReviewReply)
    assert "Globex" not in repr((listed, shown))
