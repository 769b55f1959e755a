"""Entries of the reviews of a campaign in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _
from reviews.ledger.campaign_entries import CLOSED_WITH_CAMPAIGN
from reviews.ledger.entry_values import read_text
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from reviews.ports.ledger import LedgerEntry


def is_of_campaign(entry: LedgerEntry) -> bool:
    """Return whether an entry that opened or revised a review says that a campaign asks for it."""
    return isinstance(entry.get("campaign"), dict)


def describe_request(entry: LedgerEntry) -> str:
    return _("The campaign {campaign} asks for an acknowledgement of {title}.").format(
        campaign=_name_campaign(entry), title=format_title(read_text(entry, "title"))
    )


def describe_new_request(entry: LedgerEntry) -> str:
    return _("{title} has new content, and the campaign {campaign} asks for it again.").format(
        campaign=_name_campaign(entry), title=format_title(read_text(entry, "title"))
    )


def describe_closed(entry: LedgerEntry) -> str:
    if read_text(entry, "reason") == CLOSED_WITH_CAMPAIGN:
        return _("The campaign was ended. The document is no longer asked for.")
    return _("The document was deleted or moved away. It is no longer asked for.")


def _name_campaign(entry: LedgerEntry) -> str:
    return read_text(entry, "campaign", "name") or read_text(entry, "campaign", "id")
