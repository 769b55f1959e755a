"""The ways from a card to the reviews before and after its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.card import Card
    from reviews.ports import NamesReview


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Addresses; empty where there is no such review, or the channel can't lead to it."""

    newer: str = ""
    earlier: str = ""


NOWHERE = Ways()


def ways_to_pages(card: Card, acknowledge_link: Callable[[NamesReview], str]) -> Ways:
    """Return the addresses of the acknowledge pages, for a channel that knows of no cards."""
    return Ways(
        newer=acknowledge_link(card.newer) if card.newer else "",
        earlier=acknowledge_link(card.earlier) if card.earlier else "",
    )


def label_ways(ways: Ways) -> list[tuple[str, str]]:
    """Return each of the addresses with what it leads to, for a channel of plain text."""
    found = ((_("Newer review"), ways.newer), (_("Earlier review"), ways.earlier))
    return [(label, address) for label, address in found if address]
