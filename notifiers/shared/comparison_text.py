"""What stands around the differences of a document: the same words in every chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.card_text import Fact, list_facts
from reviews.language import _, format_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.answers.change_pages import ChangesPage
    from reviews.cards.card import Card

_FACTS_OF_A_CHANGE = (
    *(Fact.TITLE_BEFORE, Fact.PATH_BEFORE, Fact.MOVED_TO),
    *(Fact.CHANGE, Fact.ALSO, Fact.WHEN, Fact.FILES, Fact.VERSION),
)


def describe_baseline(page: ChangesPage, render_time: Callable[[datetime], str]) -> str:
    """Return what the document is compared with; empty where there are no differences."""
    if page.is_new:
        return _("New document: all of its text is new.")
    if page.before is None or not page.before.version:
        return ""
    if page.before.updated is None:
        return _("Compared with version {version}").format(version=page.before.version)
    return _("Compared with version {version} of {when}").format(
        version=page.before.version, when=render_time(page.before.updated)
    )


def describe_range(page: ChangesPage) -> str:
    """Return which of the differences a page has; empty where it has all."""
    if len(page.rows) == page.total:
        return ""
    first, last, total = (
        format_number(number) for number in (page.start + 1, page.start + len(page.rows), page.total)
    )
    if first == last:
        return _("Difference {number} of {total}").format(number=first, total=total)
    return _("Differences {first}\u2013{last} of {total}").format(first=first, last=last, total=total)


def list_change_facts(card: Card) -> list[tuple[str, str]]:
    """Return what happened, as (label, text), where a document has no differences to show."""
    return list_facts(card, facts=_FACTS_OF_A_CHANGE)
