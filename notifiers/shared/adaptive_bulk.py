"""The first files of a bulk review, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_run
from notifiers.shared.bulk_text import MAX_FILES, describe_file
from notifiers.shared.card_text import make_button_address, shorten_name
from notifiers.shared.teams_text import escape_run

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.adaptive_outcome import TextLimits
    from reviews.cards.bulk_card import BulkCard, ListedFile

MAX_LINK_LENGTH = 600  # a longer one is left to the page, to limit the card's size


def draw_files(bulk: BulkCard, limits: TextLimits) -> list[Element]:
    """Return a line with a link for each of the first files, and the number of other files."""
    shown = bulk.list_first(min(MAX_FILES, limits.titles))
    lines = [_draw_file(file, bulk, limits) for file in shown]
    more = bulk.describe_omitted(shown)
    lines += (
        [make_rich_block(make_text_run(escape_run(more), isSubtle=True), spacing="Small")] if more else []
    )
    return [{"type": "Container", "items": lines, "spacing": "Medium"}] if lines else []


def _draw_file(file: ListedFile, bulk: BulkCard, limits: TextLimits) -> Element:
    details = describe_file(file, bulk, max_length=limits.path // 4)
    aside = [make_text_run(escape_run(f" · {details}"), isSubtle=True)] if details else []
    title = make_text_run(escape_run(shorten_name(file.title, limits.title)), **_make_link_action(file.link))
    return make_rich_block(title, *aside, spacing="Small")


def _make_link_action(address: str | None) -> Element:
    web = make_button_address(address)
    if web is None or len(web) > MAX_LINK_LENGTH:
        return {}
    return {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}
