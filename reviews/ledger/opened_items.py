"""What a reviewer opened before they answered, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _
from reviews.ledger.entry_values import read_moment, read_text
from reviews.opening import OpenedItem

if TYPE_CHECKING:
    from reviews.ports.ledger import LedgerEntry


def describe_opened_items(entry: LedgerEntry, *, is_document: bool) -> str:
    """Return what an answer's entry says was opened; empty where it says nothing.

    `is_document` says whether the review is about one document: otherwise its link leads to a folder.
    """
    phrases = {
        OpenedItem.DOCUMENT: _("the document") if is_document else _("the folder"),
        OpenedItem.COMPARISON: _("the comparison"),
        OpenedItem.PAGE: _("the page"),
    }
    opened = [phrase for item, phrase in phrases.items() if read_moment(read_text(entry, "opened", item))]
    if not opened:
        return ""
    sentence = _("Opened through our links before, which doesn't mean read: {items}")
    return sentence.format(items=", ".join(opened))
