"""The drawing of App Home stays within what Slack takes, whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.slack.home_view import (
    MAX_ANSWERED_REVIEWS,
    MAX_PENDING_REVIEWS,
    MAX_SUBSCRIPTIONS,
    HomeContents,
    draw_home,
)
from reviews.kinds import ReviewState
from reviews.lists.my_reviews import AnsweredReview
from tests.edge.block_kit import find_problems
from tests.reviews.hostile import GROWING
from tests.reviews.samples import START, answer, review

LONG = "&<*" * 2000
SUBSCRIBED = ("C1", "539564: " + LONG)


def test_a_home_with_everything_at_its_longest_is_taken() -> None:
    waits = review(title=LONG, path=LONG, link="https://a.example/" + "x" * 1400, due_at=START)
    done = replace(waits, state=ReviewState.ACKNOWLEDGED, answers=(answer(note=LONG),), superseded_by="next")
    view = draw_home(
        HomeContents(
            open_reviews=tuple(
                replace(waits, id=f"rev-{number}") for number in range(MAX_PENDING_REVIEWS + 1)
            ),
            recent_answers=(AnsweredReview(review=done, answer=done.answers[0]),)
            * (MAX_ANSWERED_REVIEWS + 1),
            is_responsible=True,
            drawn_at=START + timedelta(hours=1),
            notice=LONG,
            subscriptions=(SUBSCRIBED,) * (MAX_SUBSCRIPTIONS + 1),
        )
    )

    assert find_problems(view, surface="home") == []
    assert str(view).count("<#C1>") == MAX_SUBSCRIPTIONS
    assert "and 1 more" in str(view)
    assert "*Overdue* since" in str(view)


def test_hostile_titles_are_shown_as_they_are() -> None:
    for title in (part * 300 for part in GROWING):
        view = draw_home(
            HomeContents(
                open_reviews=(review(title=title),), recent_answers=(), is_responsible=True, drawn_at=START
            )
        )

        assert find_problems(view, surface="home") == []
