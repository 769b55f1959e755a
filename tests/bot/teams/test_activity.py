"""The words of an activity: without the bot's own mention, and bounded whatever the mentions are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.teams.activity import MAX_MENTION_LENGTH, MAX_MENTIONS, MAX_TEXT_LENGTH, parse_activity

BOT, DANA = "28:app", "29:dana"


def words(text: str, *mentions: tuple[str, str]) -> str:
    entities = [{"type": "mention", "text": written, "mentioned": {"id": who}} for written, who in mentions]
    message: dict[str, Any] = {
        "type": "message", "text": text, "recipient": {"id": BOT}, "entities": entities
    }  # fmt: skip
    activity = parse_activity(json.dumps(message).encode())
    assert activity is not None
    return activity.command_text


def test_the_bots_own_mention_is_taken_out_and_others_are_written_as_commands_know_them() -> None:
    command = words(
        "<at>Reviews</at> subscribe <at>Dana O</at>", ("<at>Reviews</at>", BOT), ("<at>Dana O</at>", DANA)
    )

    assert command == f"subscribe  <@{DANA}|Dana O>"


def test_a_mention_within_anothers_name_is_not_looked_for() -> None:
    nested = [("a" * count, f"29:{'a' * 100}") for count in range(6, 0, -1)]

    assert len(words("a" * MAX_TEXT_LENGTH, *nested)) < MAX_TEXT_LENGTH + MAX_MENTIONS * 500


@given(
    text=st.text(max_size=MAX_TEXT_LENGTH * 2),
    mentions=st.lists(
        st.tuples(st.text(max_size=5) | st.text(max_size=400), st.sampled_from([BOT, DANA])), max_size=60
    ),
)
def test_whatever_is_mentioned_the_words_are_bounded(text: str, mentions: list[tuple[str, str]]) -> None:
    assert len(words(text, *mentions)) <= MAX_TEXT_LENGTH + MAX_MENTIONS * (MAX_MENTION_LENGTH + 50)
