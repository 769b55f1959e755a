"""Whatever grows when it is escaped is still within Slack's lengths, and no sign of it is cut in two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.shared.card_text import shorten_name
from notifiers.slack.blocks import draw_card_message, draw_plain_card
from notifiers.slack.card_outcome import MAX_NOTE_LENGTH
from notifiers.slack.text import escape, fit_text, format_link
from reviews.cards.card_drawing import draw_card
from reviews.kinds import Decision
from tests.edge.block_kit import find_problems, list_pings
from tests.edge.mrkdwn import text_problems
from tests.reviews.hostile import hostile_reviews, long_links, longest_texts
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review

ANY = longest_texts()


@settings(deadline=None, max_examples=150)
@given(review=hostile_reviews(), owners=st.lists(longest_texts(300), min_size=1, max_size=40))
def test_a_card_of_the_longest_texts_is_taken(review: Review, owners: list[str]) -> None:
    drawn = draw_card_message(draw_card(review), [fit_text(owner, 90) for owner in owners])

    assert find_problems(drawn, surface="message") == []
    assert find_problems(draw_plain_card(drawn), surface="message") == []
    assert list_pings(drawn) == []


@settings(deadline=None)
@given(text=ANY, longest=st.integers(10, 3000))
def test_a_text_that_has_to_fit_is_shortened_only_when_it_is_too_long(text: str, longest: int) -> None:
    shown = fit_text(text, longest)

    assert len(shown) <= longest
    assert list(text_problems(shown)) == []
    assert shown == escape(text) or (shown.endswith("…") and len(shown) > longest - 12)


@settings(deadline=None)
@given(address=long_links(), label=ANY.filter(str.strip))
def test_a_link_is_never_longer_than_a_section_has_room_for(address: str | None, label: str) -> None:
    shown = format_link(address, " ".join(label.split()))

    assert len(shown) <= 1900
    assert list(text_problems(shown)) == []


@given(name=st.text(max_size=300), longest=st.integers(20, 150))
def test_a_shortened_name_keeps_its_beginning_and_its_end(name: str, longest: int) -> None:
    shown = shorten_name(name, longest)

    assert len(shown) == min(len(name), longest)
    assert (shown[:4], shown[-4:]) == (name[:4], name[-4:])


@pytest.mark.parametrize("title", ["x" * 300 + ".docx", "&" * 300 + ".docx"])
def test_a_long_title_still_shows_what_kind_of_file_it_is(title: str) -> None:
    header = draw_card_message(draw_card(review(title=title)), ["x"])["blocks"][0]["text"]["text"]

    assert header.endswith(".docx needs your review")
    assert len(header) <= 150


def test_a_note_of_many_lines_stays_a_quotation() -> None:
    note = "Section 4 is wrong.\n\n  <!here> \x00\u202e\n" + "x\n" * 3000
    review = answered_review(Decision.REQUEST_CHANGES, note=note)

    [_, status, *_] = draw_card_message(draw_card(review), ["x"])["blocks"]

    first, *quoted = status["text"]["text"].split("\n")
    assert first.startswith("*Changes requested* by Dana Ozola, <!date^")
    assert quoted[:2] == ["> Section 4 is wrong.", "> &lt;!here&gt;"]
    assert all(line.startswith("> ") for line in quoted)
    assert len("\n".join(quoted)) <= 3 * MAX_NOTE_LENGTH
