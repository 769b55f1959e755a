"""Navigation on every page: the other pages of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from reviews.language import _

HOME, INBOX, HISTORY = "home.show", "inbox.show", "history.list_reviews"
CAMPAIGNS = "campaigns.list_campaigns"


@dataclass(frozen=True, kw_only=True)
class NavigationLink:
    """A link to a page. `aria_current` is `page`, `true` on a page beneath it, or nothing."""

    label: str
    address: str
    aria_current: str = ""


def list_navigation() -> list[NavigationLink]:
    """Return the pages to choose from; each checks its visitor itself."""
    pages = ((INBOX, _("Inbox")), (HISTORY, _("Reviews")), (CAMPAIGNS, _("Campaigns")))
    links = ((endpoint, words, find_page_address(endpoint)) for endpoint, words in pages)
    return [
        NavigationLink(label=words, address=address, aria_current=_mark_current(endpoint))
        for endpoint, words, address in links
        if address
    ]


def find_page_address(endpoint: str, **values: Any) -> str:
    """Return the path of a page; empty if this installation has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _mark_current(endpoint: str) -> str:
    if request.endpoint == endpoint:
        return "page"
    return "true" if request.blueprint == endpoint.partition(".")[0] else ""
