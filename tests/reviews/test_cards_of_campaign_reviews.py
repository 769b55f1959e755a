"""How a review that a campaign asks for is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.slack.home_view import HomeContents, draw_home
from reviews.answers.menu import Menu, MenuItem
from reviews.cards.answer_progress import format_answer_count
from reviews.cards.card import CardAction
from reviews.cards.card_campaign import MAX_NAMED_PEOPLE
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import describe_news, summarize
from reviews.cards.card_state import CardLook, choose_look, describe_outcome
from reviews.cards.meaning import draw_known_meaning
from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.language import use_language
from reviews.lists.campaign_pages import list_running
from reviews.lists.my_reviews import build_waiting_query
from reviews.privacy.redaction import redact_card, redact_review
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    PEOPLE,
    READERS,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import make_review_request
from tests.reviews.people import make_proven_person

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

NAME = "Policies {2026} <b>&"


@pytest.fixture
def review(desk: Desk) -> Review:
    put_documents(desk, "501")
    return list_campaign_reviews(desk, start_campaign(desk, name=NAME))[0]


def test_it_says_which_campaign_asks_where_others_name_who_changed_something(review: Review) -> None:
    card = draw_card(review)

    assert (card.verb, card.who) == ("asked for", f"the campaign {NAME}")
    assert card.change_template.format(who="*X*") == "Asked for by *X*"
    assert describe_news(card) == "is to be acknowledged"
    assert summarize(card).startswith(f"Policy 501.docx is asked for by the campaign {NAME} in ")
    assert card.status == "Waiting to be acknowledged"
    assert card.waits


def test_it_has_two_buttons_and_more_and_says_nothing_of_changes(desk: Desk, review: Review) -> None:
    changed = replace(
        review, changes=ComparisonSummary(state=ComparisonState.COMPARED, counts={"inserted": 3})
    )
    card = draw_card(changed)
    offer = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock).build_offer(
        make_review_request(review, ANNA), seen_revision=1
    )

    assert card.actions == (CardAction.ACKNOWLEDGE, CardAction.OPEN, CardAction.MORE)
    assert (card.changes, card.snippets) == ("", ())
    assert offer.items == (MenuItem.ACKNOWLEDGE, MenuItem.HISTORY)


def test_it_counts_the_people_and_names_them_only_to_those_who_may_see(desk: Desk, review: Review) -> None:
    review = acknowledge(desk, review, ANNA)

    card, owners_card = draw_card(review), draw_card(review, CardContext(shows_people=True))

    assert format_answer_count(card) == format_answer_count(owners_card) == "1 of 3"
    assert (card.owners, card.missing, card.other_acknowledgements) == (("3 people",), (), ())
    assert (owners_card.owners, owners_card.missing) == (("3 people",), PEOPLE[1:])
    assert [each.reviewer.name for each in owners_card.other_acknowledgements] == [ANNA.name]


def test_of_many_people_a_card_names_the_first_who_are_missing(review: Review) -> None:
    many = replace(review, owners=tuple(f"p{number}@example.com" for number in range(200)))

    card = draw_card(many, CardContext(shows_people=True))

    assert card.owners == ("200 people",)
    assert (len(card.missing), card.missing[-1]) == (MAX_NAMED_PEOPLE + 1, "and 190 more")


def test_once_everyone_has_acknowledged_it_says_so(desk: Desk, review: Review) -> None:
    card = draw_card(acknowledge(desk, review, *READERS))

    assert (card.status, choose_look(card)) == ("Acknowledged by all", CardLook.DONE)
    assert describe_outcome(card) == "Acknowledged by everyone who was asked."
    assert card.actions == (CardAction.OPEN, CardAction.MORE)


def test_new_content_is_said_to_ask_everyone_again(desk: Desk, review: Review) -> None:
    revised = replace(acknowledge(desk, review, ANNA, BRUNO), revision=2)

    assert draw_card(revised).outdated_count == 2
    assert format_answer_count(draw_card(revised)) == "0 of 3"


def test_what_is_no_longer_asked_for_waits_for_no_one(desk: Desk, review: Review) -> None:
    assert review.campaign is not None
    desk.campaigns.end(review.campaign.id, by=None)
    work_on_campaigns(desk)
    with desk.transactions(reading=True) as work:
        closed = work.reviews.get(review.id)
    assert closed is not None

    card = draw_card(closed)

    assert (card.status, choose_look(card)) == ("No longer asked for", CardLook.SUPERSEDED)
    assert (card.waits, card.actions) == (False, (CardAction.OPEN, CardAction.MORE))
    assert describe_news(card) == "is no longer asked for"


def test_what_acknowledging_means_says_that_no_change_is_approved(desk: Desk, review: Review) -> None:
    meaning = draw_known_meaning(review, desk.routes.find_route(review.route))

    assert meaning.statement.text == "I have reviewed this version."
    assert "No change is approved." in meaning.explanation


def test_the_name_of_a_private_campaign_is_redacted(review: Review) -> None:
    for card in (redact_card(draw_card(review), "Board"), draw_card(redact_review(review, "Board"))):
        assert "Policies" not in repr(card)
        assert card.who == "a campaign"


def test_a_link_alone_is_not_enough_to_acknowledge_it(desk: Desk, review: Review) -> None:
    assert not desk.answers.may_answer_by_link(review)


def test_app_home_draws_it_in_whole_sentences(desk: Desk, review: Review) -> None:
    contents = HomeContents(
        open_reviews=(review,), recent_answers=(), is_responsible=False, drawn_at=desk.clock()
    )
    with use_language("en"):
        view = repr(draw_home(contents))

    assert "Asked for by the campaign Policies {2026} &lt;b&gt;&amp;" in view
    assert "request_changes" not in view


def test_app_home_has_a_line_for_a_campaign_where_there_are_pages(desk: Desk) -> None:
    put_documents(desk, "501", "502")
    start_campaign(desk, name=NAME)
    with desk.transactions(reading=True) as work:
        reader = make_proven_person(ANNA)
        campaigns = list_running(work, desk.routes, reader)
        query = build_waiting_query(work, desk.routes, reader, without_campaigns=True)
        waiting = work.listings.fetch_page(query, 10).entries
    contents = HomeContents(
        open_reviews=tuple(entry.review for entry in waiting),
        recent_answers=(),
        is_responsible=False,
        drawn_at=desk.clock(),
        campaigns=campaigns,
        find_campaign_page=lambda campaign_id: f"https://reviews.example/campaigns/{campaign_id}",
    )

    view = str(draw_home(contents)["blocks"])

    assert "2 documents for you to acknowledge" in view
    assert f"<https://reviews.example/campaigns/{campaigns[0].campaign.id}|Policies" in view
    assert "Policy 501" not in view
    assert "Nothing is waiting" not in view
