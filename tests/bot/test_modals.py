"""The modals are taken by Slack, whatever the titles, sentences and notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import menu_view, modals
from bot.slack.meaning_view import draw_meaning_modal
from notifiers.slack.blocks import read_button_value
from reviews.answers import snooze_choices
from reviews.answers.menu import HistoryPage, MenuItem, Offer
from reviews.kinds import Decision
from reviews.ledger.history import HistoryStep
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.meanings import make_meaning
from tests.reviews.samples import HOSTILE, START, answered_review, review

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review

TITLES = ["Policy.docx", HOSTILE, "&" * 3000, "", "\u202e\n", "🙂" * 200]


def offer(review: Review, **more: Any) -> Offer:
    values: dict[str, Any] = {
        "review": review,
        "revision": 4,
        "items": tuple(MenuItem),
        "refusal": "",
        "private": False,
        "meaning": make_meaning(review),
    }
    return Offer(
        **{**values, "private": False, "snooze_options": snooze_choices.list_choices(None, START), **more}
    )


def _draw_meaning(review: Review) -> dict[str, Any]:
    return draw_meaning_modal(offer(review))


FORMS: dict[str, Callable[[Review], dict[str, Any]]] = {
    "acknowledge": lambda review: modals.draw_answer_form(
        Decision.ACKNOWLEDGE, review, seen_revision=4, private=False, meaning=make_meaning(review)
    ),
    "request changes": lambda review: modals.draw_answer_form(
        Decision.REQUEST_CHANGES, review, seen_revision=4, private=True, meaning=make_meaning(review)
    ),
    "hand over": modals.draw_reassign_form,
    "snooze": lambda review: modals.draw_snooze_form(offer(review)),
}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("form", list(FORMS))
def test_each_form_is_taken_and_remembers_what_it_is_about(form: str, title: str) -> None:
    view = FORMS[form](review(title=title, revision=4))

    assert find_problems(view, surface="modal") == []
    assert list_pings(view) == []
    assert read_button_value(view["private_metadata"]) == ("rev-1", 4)


@given(title=st.text(max_size=400) | st.text("<>&*_~`@!|", max_size=400))
def test_each_form_is_taken_with_any_title(title: str) -> None:
    for form in (*FORMS.values(), _draw_meaning):
        view = form(review(title=title))

        assert find_problems(view, surface="modal") == []
        assert list_pings(view) == []


@pytest.mark.parametrize("title", TITLES)
def test_the_menu_is_taken_open_and_answered(title: str) -> None:
    for current in (review(title=title), replace(answered_review(), title=title)):
        view = menu_view.draw_menu(offer(current, refusal=HOSTILE * 100))

        assert find_problems(view, surface="modal") == []
        assert list_pings(view) == []


@pytest.mark.parametrize("note", [(), ("one", "two"), (HOSTILE,), ("x" * 3000,), ("&",) * 1500])
def test_a_whole_page_of_history_is_taken(note: tuple[str, ...]) -> None:
    step = HistoryStep(
        sentence=HOSTILE * 30, at=START, proven="signed in", note=note, until=datetime.now(UTC)
    )
    pages = HistoryPage(
        review=review(title=HOSTILE), steps=(step,) * menu_view.HISTORY_PAGE_SIZE, start=20, has_more=True
    )

    view = menu_view.draw_history(pages)

    assert find_problems(view, surface="modal") == []
    assert list_pings(view) == []


@pytest.mark.parametrize("sentence", ["Too late.", "x" * 5000, HOSTILE])
def test_what_a_form_turns_into_is_taken(sentence: str) -> None:
    view = modals.draw_message(sentence)

    assert find_problems(view, surface="modal") == []
    assert list_pings(view) == []
