"""A route that shows snippets on its cards: who cuts them, how they are stored, when they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import draw_card
from reviews.comparisons.sealed_places import place_snippets
from reviews.comparisons.snippets import read_snippets
from reviews.privacy.redaction import redact_card, redact_review
from reviews.routes.route import ShowChanges
from runtime.documents.sealing import ContentSealer
from store.schema import comparisons
from tests.databases import ON_SQLITE
from tests.reviews.compared import SEALER, make_part, store_comparison
from tests.reviews.comparing_desk import FIRST, SECOND
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import event, routes
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from pathlib import Path

    from reviews.cards.card import Card
    from reviews.cards.card_snippets import CardSnippet
    from reviews.model import Review
    from reviews.ports.documents import Sealer
    from tests.reviews.comparing_desk import ComparingDesk
    from tests.reviews.desk import Desk

CARD = {"show_changes": ShowChanges.CARD}
ASK = {"show_changes": ShowChanges.ASK}


def read(snippet: CardSnippet) -> str:
    return "|".join(words.text for words in snippet.words)


def open_compared(desk: Desk, **rules: Any) -> Review:
    """Open a review whose comparison has snippets, on a route with these keys."""
    desk.follow(routes(**{**CARD, **rules}))
    desk.delivery = replace(desk.delivery, sealer=SEALER)
    return store_comparison(desk, desk.open(event()), [make_part()] * 4, has_snippets=True)


def draw(desk: Desk, *, sealer: Sealer | None = SEALER) -> Card:
    """Draw the card of the desk's newest review, by the routes as they are now."""
    review = desk.reviews()[-1]
    with desk.transactions(reading=True) as work:
        route = desk.routes.find_route(review.route)
        return draw_card(review, find_context(work, review, route, now=desk.clock(), sealer=sealer))


def compare_change(comparing_desk: ComparingDesk, **keys: Any) -> Review:
    """Let a document change whose earlier version was acknowledged, and compare it on such a route."""
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, SECOND)
    comparing_desk.follow(**keys)
    comparing_desk.compare_due()
    return second


@ON_SQLITE
def test_the_worker_cuts_snippets_and_stores_them_sealed(
    comparing_desk: ComparingDesk, tmp_path: Path
) -> None:
    review = compare_change(comparing_desk, **CARD)

    comparison = comparing_desk.comparison(review)
    assert comparison is not None
    content = SEALER.open(comparison.snippets, place_snippets(review.id, review.revision))
    assert content is not None
    [snippet] = read_snippets(content)
    assert "".join(words.text for words in snippet.words) == "The fee is EUR 100 250."
    database = comparing_desk.desk.engine.url.database
    assert database is not None
    files = [file.read_bytes() for file in type(tmp_path)(database).parent.glob("*") if file.is_file()]
    assert sum(review.id.encode() in each for each in files) >= 1
    assert not any(text in each for each in files for text in (b"The fee is", b"EUR 250", b"EUR 100"))


@ON_SQLITE
def test_for_other_routes_none_are_cut(comparing_desk: ComparingDesk) -> None:
    comparison = comparing_desk.comparison(compare_change(comparing_desk, **ASK))

    assert comparison is not None
    assert comparison.parts
    assert comparison.snippets == b""


@ON_SQLITE
def test_without_differences_none_are_stored(comparing_desk: ComparingDesk) -> None:
    first = comparing_desk.upload(FIRST)
    comparing_desk.compare_due()
    comparing_desk.acknowledge(first)
    second = comparing_desk.save(first, FIRST)
    comparing_desk.follow(**CARD)

    comparing_desk.compare_due()

    comparison = comparing_desk.comparison(second)
    assert comparison is not None
    assert (comparison.parts, comparison.snippets) == (b"", b"")


def test_a_card_shows_the_snippets(desk: Desk) -> None:
    open_compared(desk)

    snippets = draw(desk).snippets

    assert list(map(read, snippets)) == ["The fee is EUR |100| |250|."] * 3
    assert (snippets[0].kind, snippets[0].place) == ("Changed", "Payment terms")


def test_each_channel_gets_a_card_with_them(desk: Desk) -> None:
    open_compared(desk)

    desk.deliver_all()

    assert {len(card.snippets) for _, card in desk.paper.posts} == {3}


@pytest.mark.parametrize("keys", [ASK, {"show_changes": ShowChanges.OFF}, {"private": True}])
def test_a_route_that_was_changed_later_shows_none_any_more(desk: Desk, keys: dict[str, Any]) -> None:
    open_compared(desk)

    desk.follow(routes(**{**CARD, **keys}))

    assert draw(desk).snippets == ()


@pytest.mark.parametrize("others", [{}, {"private": True}])
def test_a_route_that_is_gone_shows_none(desk: Desk, others: dict[str, Any]) -> None:
    open_compared(desk)

    desk.follow(routes(name="another", watch=("1",), **CARD, **others))

    assert draw(desk).snippets == ()


def test_a_route_that_was_changed_to_card_shows_none_of_before(desk: Desk) -> None:
    desk.follow(routes(**ASK))
    store_comparison(desk, desk.open(event()), [make_part()])

    desk.follow(routes(**CARD))

    assert draw(desk).snippets == ()
    assert draw(desk).changes


@pytest.mark.parametrize("sealer", [None, ContentSealer("another-key-Zq8vN3rW6yKf0bXs2LmT")])
def test_with_another_key_a_card_has_none(desk: Desk, sealer: Sealer | None) -> None:
    open_compared(desk)

    assert draw(desk, sealer=sealer).snippets == ()


def test_snippets_of_another_review_stand_on_no_card(desk: Desk) -> None:
    open_compared(desk)
    store_comparison(desk, desk.open(event(file_id="another")), [make_part()], has_snippets=True)
    assert draw(desk).snippets
    drawn = comparisons.c.review_id == desk.reviews()[-1].id
    shown = draw(desk).changes
    with desk.engine.begin() as connection:
        copied = connection.execute(sa.select(comparisons.c.snippets).where(~drawn)).scalar_one()
        connection.execute(sa.update(comparisons).where(drawn).values(snippets=copied))

    assert (draw(desk).snippets, draw(desk).changes) == ((), shown)


def test_once_answered_a_card_keeps_the_number_of_differences_alone(desk: Desk) -> None:
    review = open_compared(desk)

    desk.answers.record_answer(build_answer_request(review))

    assert (draw(desk).snippets, draw(desk).changes) == ((), "4 changed; 4 amounts")


def test_an_answer_that_is_withdrawn_brings_them_back(desk: Desk) -> None:
    review = open_compared(desk)
    desk.answers.record_answer(build_answer_request(review))

    desk.answers.withdraw(make_review_request(desk.reviews()[-1]))

    assert len(draw(desk).snippets) == 3


def test_a_newer_revision_shows_none_of_the_one_before(desk: Desk) -> None:
    review = open_compared(desk)
    desk.portal.versions[review.file_id] += 1

    revised = desk.open(event())

    assert (revised.id, revised.revision) == (review.id, 2)
    assert draw(desk).snippets == ()


def test_a_redacted_card_and_a_redacted_review_show_none(desk: Desk) -> None:
    review = open_compared(desk)
    card = draw(desk)
    with desk.transactions(reading=True) as work:
        route = desk.routes.find_route(review.route)
        context = find_context(work, review, route, now=desk.clock(), sealer=SEALER)

    assert card.snippets
    assert redact_card(card, "Compliance").snippets == ()
    assert draw_card(redact_review(review, "Compliance"), context).snippets == ()


@pytest.mark.parametrize(("keys", "count"), [(ASK, 0), (CARD, 1)])
def test_only_a_card_with_snippets_asks_for_them(desk: Desk, keys: dict[str, Any], count: int) -> None:
    open_compared(desk, **keys)

    statements = [text for text, _ in list_statements(desk.engine, lambda: draw(desk))]

    assert sum("comparisons" in each for each in statements) == count


def test_a_card_that_is_not_compared_asks_for_none(desk: Desk) -> None:
    desk.follow(routes(**CARD))
    desk.open(event())

    statements = [text for text, _ in list_statements(desk.engine, lambda: draw(desk))]

    assert not any("comparisons" in each for each in statements)


def test_a_place_is_one_short_line(desk: Desk) -> None:
    desk.follow(routes(**CARD))
    part = make_part(place=replace(make_part().place, heading="\u202eTerms\n" * 90))
    store_comparison(desk, desk.open(event()), [part], has_snippets=True)

    [snippet] = draw(desk).snippets

    assert snippet.place.startswith("Terms Terms")
    assert len(snippet.place) <= 100
