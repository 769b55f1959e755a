"""The words of the command: what they mean, and a hint for those that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.words import DEFAULT_COUNT, LARGEST_COUNT, Verb, parse


@pytest.mark.parametrize(
    ("text", "verb", "count"),
    [
        ("", Verb.HELP, DEFAULT_COUNT),
        ("   ", Verb.HELP, DEFAULT_COUNT),
        ("help", Verb.HELP, DEFAULT_COUNT),
        ("recent", Verb.RECENT, DEFAULT_COUNT),
        ("RECENT 3", Verb.RECENT, 3),
        ("  recent   20  ", Verb.RECENT, 20),
        ("recent 1 please", Verb.RECENT, 1),
        ("pending", Verb.PENDING, LARGEST_COUNT),
        ("Pending 3", Verb.PENDING, LARGEST_COUNT),
    ],
)
def test_words_are_understood(text: str, verb: Verb, count: int) -> None:
    request = parse(text)

    assert request.verb is verb
    assert request.hint is None
    if verb is not Verb.HELP:
        assert request.count == count


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("recnt", "I don't know 'recnt'. Did you mean recent?"),
        ("pendign", "Did you mean pending?"),
        ("xyzzy", "I don't know 'xyzzy'."),
        ("recent 0", "from 1 to 20, not '0'"),
        ("recent 21", "not '21'"),
        ("recent -1", "not '-1'"),
        ("recent 1.5", "not '1.5'"),
        ("recent ten", "not 'ten'"),
        ("recent ٣", "not '٣'"),
        ("recent " + "9" * 50, "from 1 to 20"),
        ("x" * 500, "I don't know"),
    ],
)
def test_other_words_are_answered_with_help_and_a_hint(text: str, hint: str) -> None:
    request = parse(text)

    assert request.verb is Verb.HELP
    assert hint in (request.hint or "")
    assert len(request.hint or "") < 120


@given(text=st.text(max_size=60) | st.from_regex(r"recent [0-9]{1,14}", fullmatch=True))
@example("recent 0000000199")
@example("recent 00000000" + "1" * 5000)
def test_never_more_is_asked_for_than_fits(text: str) -> None:
    assert 1 <= parse(text).count <= LARGEST_COUNT
