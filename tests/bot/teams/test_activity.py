"""The words of an activity: without the bot's own mention, and bounded whatever the mentions are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.teams.activity import LONGEST_MENTION, LONGEST_TEXT, MOST_MENTIONS, read

BOT, DANA = "28:app", "29:dana"


def words(text: str, *mentions: tuple[str, str]) -> str:
    entities = [{"type": "mention", "text": written, "mentioned": {"id": who}} for written, who in mentions]
    said: dict[str, Any] = {
        "type": "message", "text": text, "recipient": {"id": BOT}, "entities": entities
    }  # fmt: skip
    activity = read(json.dumps(said).encode())
    assert activity is not None
    return activity.words


def test_the_bots_own_mention_is_taken_out_and_others_are_written_as_commands_know_them() -> None:
    said = words(
        "<at>Reviews</at> subscribe <at>Dana O</at>", ("<at>Reviews</at>", BOT), ("<at>Dana O</at>", DANA)
    )

    assert said == f"subscribe  <@{DANA}|Dana O>"


def test_a_mention_within_anothers_name_is_not_looked_for() -> None:
    nested = [("a" * count, f"29:{'a' * 100}") for count in range(6, 0, -1)]

    assert len(words("a" * LONGEST_TEXT, *nested)) < LONGEST_TEXT + MOST_MENTIONS * 500


@given(
    text=st.text(max_size=LONGEST_TEXT * 2),
    mentions=st.lists(
        st.tuples(st.text(max_size=5) | st.text(max_size=400), st.sampled_from([BOT, DANA])), max_size=60
    ),
)
def test_whatever_is_mentioned_the_words_are_bounded(text: str, mentions: list[tuple[str, str]]) -> None:
    assert len(words(text, *mentions)) <= LONGEST_TEXT + MOST_MENTIONS * (LONGEST_MENTION + 50)
