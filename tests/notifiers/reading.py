"""What a person reads on a card in each channel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviews.cards.card_drawing import draw_card
from tests.language.drawings import CHANNELS

if TYPE_CHECKING:
    from reviews.cards.card_context import CardContext
    from reviews.model import Review

# As channels write a time: readable in UTC, or a token that each reader's chat turns into one.
_MOMENT = re.compile(r"<!date\^(\d+)\^[^>]*>|\{\{DATE\(([^,]*), SHORT\)\}\} at \{\{TIME\([^)]*\)\}\}")


def read(channel: str, review: Review, context: CardContext) -> str:
    """Return what stands on a card, with every time as `TIME`."""
    lines = " ".join(" ".join(CHANNELS[channel](draw_card(review, context))).split())
    text = _MOMENT.sub("TIME", lines)
    text = re.sub(r"\d\d Mar 2026, \d\d:\d\d UTC", "TIME", text)
    return re.sub("[*]|</?at>", "", text).replace(" ,", ",")
