"""The links of a card: to the document, to all files, to the reviews before and after its own."""

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
    """Addresses; empty if there is no such review, or the channel can't link to it."""

    newer: str = ""
    earlier: str = ""


NO_LINKS = CardLinks()


def link_to_pages(card: Card, acknowledge_link: Callable[[ReviewReference], str]) -> CardLinks:
    """Return the addresses of the acknowledge pages, for a channel that can't link to cards."""
    return CardLinks(
        newer=acknowledge_link(card.newer) if card.newer else "",
        earlier=acknowledge_link(card.earlier) if card.earlier else "",
    )


def list_button_links(card: Card) -> dict[CardAction, str | None]:
    """Return the addresses of the buttons that open something; `None` for one without an address."""
    return {
        CardAction.OPEN: make_button_address(card.link),
        CardAction.FILES: make_button_address(card.bulk.page_url) if card.bulk else None,
        CardAction.CHANGES: make_button_address(card.changes_url) if card.changes_url else None,
    }


def label_page_links(card: Card) -> list[tuple[str, str]]:
    """Return the addresses of what a card has no room for, each with its label, for plain text."""
    links = list_button_links(card)
    return [
        (action.label, address)
        for action in (CardAction.FILES, CardAction.CHANGES)
        if (address := links[action])
    ]


def label_links(card_links: CardLinks) -> list[tuple[str, str]]:
    """Return each address with its label, for a channel of plain text."""
    links = ((_("Newer review"), card_links.newer), (_("Earlier review"), card_links.earlier))
    return [(label, address) for label, address in links if address]
