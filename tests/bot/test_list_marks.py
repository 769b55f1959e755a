"""A line of a list, and a review on Home, has the mark of its card, and the state in words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import bot.slack.reply_view
import bot.teams.reply_cards
from bot.command_replies import ListReply
from bot.command_requests import PendingRequest
from bot.slack.home_view import HomeContents, draw_home
from notifiers.shared.look_marks import LOOK_MARKS
from reviews.cards.card_state import CardLook
from reviews.kinds import Decision
from reviews.ports.listing import ListingEntry, ReviewPage
from tests.bot.slack_installation import CHANNEL, DANA, SlackInstallation
from tests.reviews.samples import START, answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review

NIGHT = START + timedelta(hours=12, microseconds=123456)
WAITING: dict[CardLook, tuple[Review, str]] = {
    CardLook.OPEN: (review(due_at=NIGHT + timedelta(hours=1)), "Waiting for review."),
    CardLook.LATE: (review(due_at=START), "Overdue."),
    CardLook.LAPSED: (review(due_at=START, lapsed_at=START), "Lapsed."),
}
ANSWERED: dict[CardLook, tuple[Review, str]] = {
    CardLook.DONE: (answered_review(), "Reviewed by Dana Ozola"),
    CardLook.CHANGES: (
        answered_review(Decision.REQUEST_CHANGES, note="x"),
        "Changes requested by Dana Ozola",
    ),
    CardLook.SUPERSEDED: (review(superseded_by="rev-2"), "Superseded by a newer review."),
}
LISTED = {**WAITING, **ANSWERED}
ON_HOME = {
    CardLook.OPEN: "Due <!date^",
    CardLook.LATE: "*Overdue* since <!date^",
    CardLook.LAPSED: "*Lapsed* · *Overdue* since <!date^",
}


def make_list(listed: Review) -> ListReply:
    return ListReply(
        list_request=PendingRequest(),
        page=ReviewPage(entries=(ListingEntry(seq=1, review=listed),)),
        now=NIGHT,
    )


@pytest.mark.parametrize("look", CardLook)
def test_a_line_in_slack_begins_with_the_mark_of_its_card(look: CardLook) -> None:
    listed, words = LISTED[look]

    message = bot.slack.reply_view.draw_reply(make_list(listed), name="/reviews", domain="acme")

    line = message["blocks"][1]["text"]["text"]
    assert line.startswith(f"{LOOK_MARKS[look]} *<")
    assert words in line
    assert line in message["text"]


@pytest.mark.parametrize("look", CardLook)
def test_a_line_in_teams_begins_with_the_mark_of_its_card(look: CardLook) -> None:
    listed, words = LISTED[look]

    message = bot.teams.reply_cards.draw_reply(make_list(listed), tenant="t-1")

    _heading, line, *_others = message["attachments"][0]["content"]["body"]
    assert line["items"][0]["inlines"][0]["text"].startswith(LOOK_MARKS[look])
    assert words in json.dumps(line)


@pytest.mark.parametrize("look", WAITING)
def test_a_review_on_home_begins_with_the_mark_of_its_card(look: CardLook) -> None:
    view = draw_home(
        HomeContents(open_reviews=(WAITING[look][0],), recent_answers=(), is_responsible=True, drawn_at=NIGHT)
    )

    line = view["blocks"][2]["text"]["text"]
    assert line.startswith(f"{LOOK_MARKS[look]} *<")
    assert ON_HOME[look] in line


def test_what_is_overdue_is_marked_before_the_clock_has_seen_it(installation: SlackInstallation) -> None:
    with installation.desk.transactions() as work:
        work.reviews.add(review(due_at=installation.desk.clock() - timedelta(seconds=1)))
        work.commit()

    reply = installation.side.slash(DANA, "/reviews", "pending all", CHANNEL).body.decode()

    assert "Overdue. " in json.loads(reply)["text"]
