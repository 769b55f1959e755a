"""The first files of a bulk review, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import rich, text_run
from notifiers.shared.bulk_text import MOST_FILES, describe_file
from notifiers.shared.teams_text import run
from notifiers.shared.text import shorten_name, web_address

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.adaptive_outcome import Room
    from reviews.cards.bulk_card import BulkCard, ListedFile

LONGEST_LINK = 600  # a longer one is left to the page, so that the card keeps its size


def draw_files(bulk: BulkCard, room: Room) -> list[Element]:
    """Return a line for each of the first files, with the way to it, and how many others there are."""
    shown = bulk.shown(min(MOST_FILES, room.titles))
    lines = [_line(file, bulk, room) for file in shown]
    more = bulk.more(shown)
    lines += [rich(text_run(run(more), isSubtle=True), spacing="Small")] if more else []
    return [{"type": "Container", "items": lines, "spacing": "Medium"}] if lines else []


def _line(file: ListedFile, bulk: BulkCard, room: Room) -> Element:
    beside = describe_file(file, bulk, longest=room.path // 4)
    aside = [text_run(run(f" · {beside}"), isSubtle=True)] if beside else []
    title = text_run(run(shorten_name(file.title, room.title)), **_opens(file.link))
    return rich(title, *aside, spacing="Small")


def _opens(address: str | None) -> Element:
    web = web_address(address)
    if web is None or len(web) > LONGEST_LINK:
        return {}
    return {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": web}}
