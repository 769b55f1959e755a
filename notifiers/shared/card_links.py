"""The ways from a card: to the document, to all files, to the reviews before and after its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.shared.card_text import make_button_address
from reviews.cards.card import CardAction
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card
    from reviews.model import ReviewReference


@dataclass(frozen=True, kw_only=True)
class CardLinks:
    """Addresses; empty where there is no such review, or the channel can't lead to it."""

    newer: str = ""
    earlier: str = ""


NO_LINKS = CardLinks()


def link_to_pages(card: Card, acknowledge_link: Callable[[ReviewReference], str]) -> CardLinks:
    """Return the addresses of the acknowledge pages, for a channel that knows of no cards."""
    return CardLinks(
        newer=acknowledge_link(card.newer) if card.newer else "",
        earlier=acknowledge_link(card.earlier) if card.earlier else "",
    )


def list_button_links(card: Card) -> dict[CardAction, str | None]:
    """Return where the buttons lead that open something; `None` for one that leads nowhere."""
    return {
        CardAction.OPEN: make_button_address(card.link),
        CardAction.FILES: make_button_address(card.bulk.page) if card.bulk else None,
    }


def label_links(ways: CardLinks) -> list[tuple[str, str]]:
    """Return each of the addresses with what it leads to, for a channel of plain text."""
    found = ((_("Newer review"), ways.newer), (_("Earlier review"), ways.earlier))
    return [(label, address) for label, address in found if address]
