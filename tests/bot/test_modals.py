"""The modals are taken by Slack, whatever the titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import modals
from notifiers.slack.blocks import read_value
from tests.edge.block_kit import pings, problems
from tests.reviews.samples import HOSTILE, review

TITLES = ["Policy.docx", HOSTILE, "&" * 3000, "", "\u202e\n", "🙂" * 200]


@pytest.mark.parametrize("title", TITLES)
def test_the_form_for_a_note_is_taken(title: str) -> None:
    view = modals.request_changes(review(title=title, revision=4))

    assert problems(view, surface="modal") == []
    assert pings(view) == []
    assert read_value(view["private_metadata"]) == ("rev-1", 4)


@given(title=st.text(max_size=400) | st.text("<>&*_~`@!|", max_size=400))
def test_the_form_is_taken_with_any_title(title: str) -> None:
    view = modals.request_changes(review(title=title))

    assert problems(view, surface="modal") == []
    assert pings(view) == []


@pytest.mark.parametrize("sentence", ["Too late.", "x" * 5000, HOSTILE])
def test_what_the_form_turns_into_is_taken(sentence: str) -> None:
    view = modals.said(sentence)

    assert problems(view, surface="modal") == []
    assert pings(view) == []
