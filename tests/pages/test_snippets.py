"""Snippets of a document on the inbox's cards; pages that anyone may open show none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviews.comparisons.parts import ChangedWords
from reviews.identity import Reviewer
from reviews.routes.route import ShowChanges
from reviews.wording.place_phrases import PartPlace
from tests.pages.inboxes import STRANGER, InboxApplication, inbox_routes, open_inbox
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ReviewPageVisitor
from tests.reviews.compared import SEALER, make_part, make_views, store_comparison
from tests.reviews.desk import Desk, build_answer_request, hand_over, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, event
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.model import Review

SNIPPET = '<div class="snippet">'
MARKUP = '<script>alert(1)</script><b onclick="x">&amp;\u202e'


def open_compared(desk: Desk, *parts: Any, **rules: Any) -> Review:
    desk.follow(inbox_routes(**{"show_changes": ShowChanges.CARD, **rules}))
    return store_comparison(desk, desk.open(event()), parts or [make_part()], has_snippets=True)


def open_inbox_with_key(desk: Desk) -> InboxApplication:
    views = make_views(desk.transactions, desk.routes)
    return open_inbox(desk, comparison_views=views, sealer=SEALER)


def read_inbox(desk: Desk, email: str = OWNER) -> str:
    return open_inbox_with_key(desk).visitor(email).inbox()


@pytest.mark.parametrize("email", [OWNER, DEPUTY])
def test_the_inbox_shows_those_responsible_what_changed(desk: Desk, email: str) -> None:
    open_compared(desk)

    page = read_inbox(desk, email)

    assert page.count(SNIPPET) == 1
    assert '<del><span class="hidden-label" dir="ltr">Removed: </span>100</del>' in page
    assert '<ins><span class="hidden-label" dir="ltr">Added: </span>250</ins>.</p>' in page


def test_the_person_it_was_reassigned_to_sees_it_and_others_see_no_card(desk: Desk) -> None:
    review = open_compared(desk)
    assert "The fee" not in read_inbox(desk, STRANGER)

    new_owner = make_proven_person(Reviewer(name="Nobody Special", email=STRANGER))
    hand_over(desk).reassign(make_review_request(review), new_owner=new_owner)

    assert SNIPPET in read_inbox(desk, STRANGER)


@pytest.mark.parametrize("rules", [{"show_changes": ShowChanges.ASK}, {"private": True}])
def test_another_route_shows_none(desk: Desk, rules: dict[str, Any]) -> None:
    open_compared(desk, **rules)

    assert SNIPPET not in read_inbox(desk)


def test_the_page_of_a_review_shows_the_differences_once(desk: Desk) -> None:
    review = open_compared(desk)

    page = open_inbox_with_key(desk).visitor().get(f"/inbox/reviews/{review.id}").text

    assert "<ins>250</ins>" in page
    assert SNIPPET not in page


def test_an_answered_card_shows_none(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(open_compared(desk)))

    assert SNIPPET not in read_inbox(desk)


def test_neither_the_link_nor_the_history_shows_any(desk: Desk) -> None:
    review = open_compared(desk)
    views = make_views(desk.transactions, desk.routes)
    visitor = ReviewPageVisitor(desk, comparison_views=views)
    reader = HistoryReader(desk, comparison_views=views).sign_in(OWNER)

    page = visitor.get(visitor.path(review)).text

    assert "The fee" not in page
    assert SNIPPET not in page
    assert SNIPPET not in reader.get(f"/reviews/{review.id}").text


def test_an_inbox_without_snippets_asks_for_none(desk: Desk) -> None:
    desk.follow(inbox_routes())
    store_comparison(desk, desk.open(event()), [make_part()], has_snippets=True)
    visitor = open_inbox_with_key(desk).visitor()

    statements = [text for text, _ in list_statements(desk.engine, visitor.inbox)]

    assert not any("comparisons" in each for each in statements)


def test_an_inbox_asks_once_for_all_its_cards(desk: Desk) -> None:
    open_compared(desk)
    other = replace(event(file_id="f2"), title="Terms.docx")
    store_comparison(desk, desk.open(other), [make_part()], has_snippets=True)
    visitor = open_inbox_with_key(desk).visitor()

    statements = [text for text, _ in list_statements(desk.engine, visitor.inbox)]

    assert sum("comparisons" in each for each in statements) == 1
    assert visitor.inbox().count(SNIPPET) == 2


def test_hostile_text_is_text_alone(desk: Desk) -> None:
    words = tuple(ChangedWords(change=change, text=MARKUP) for change in ("same", "deleted", "inserted"))
    open_compared(desk, make_part(words=words, place=PartPlace(area="body", heading=MARKUP)))

    page = read_inbox(desk)
    snippet = page.partition(SNIPPET)[2].partition("</dd>")[0]

    assert snippet.count("&lt;script&gt;") == 4
    assert "<script" not in snippet
    assert "<b onclick" not in snippet
    assert "\u202e" not in snippet
