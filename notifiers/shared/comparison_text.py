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
    """Return what the document is compared with; empty where that is not known."""
    if page.answered_at is not None:
        return _describe_answered(page.before.version if page.before else None, render_time(page.answered_at))
    if page.is_new:
        return _("New document: all of its text is new.")
    if page.before is None or not page.before.version:
        return ""
    if page.before.updated is None:
        return _("Compared with version {version}").format(version=page.before.version)
    return _("Compared with version {version} of {when}").format(
        version=page.before.version, when=render_time(page.before.updated)
    )


def _describe_answered(version: int | None, when: str) -> str:
    if not version:
        return _("Compared with what you answered on %(when)s") % {"when": when}
    sentence = _("Compared with version %(version)s, which you answered on %(when)s")
    return sentence % {"version": version, "when": when}


def label_other(page: ChangesPage) -> str:
    """Return the label of what leads to the other comparison of a document; empty where there is none."""
    if not page.has_other:
        return ""
    return _("Show all changes") if page.since_own else _("Only since my answer")


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
