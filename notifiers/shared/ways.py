"""The ways from a card: to the document, to all files, to the reviews before and after its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.shared.text import web_address
from reviews.cards.card import Action
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card
    from reviews.model import NamesReview


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


def link_buttons(card: Card) -> dict[Action, str | None]:
    """Return where the buttons lead that open something; `None` for one that leads nowhere."""
    return {
        Action.OPEN: web_address(card.link),
        Action.FILES: web_address(card.bulk.page) if card.bulk else None,
    }


def label_ways(ways: Ways) -> list[tuple[str, str]]:
    """Return each of the addresses with what it leads to, for a channel of plain text."""
    found = ((_("Newer review"), ways.newer), (_("Earlier review"), ways.earlier))
    return [(label, address) for label, address in found if address]
