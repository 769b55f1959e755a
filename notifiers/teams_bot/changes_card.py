"""What changed in a document, as elements of an Adaptive Card, by pure functions (facts on Teams, 2.2).

Text of the document is only in text runs, which read no Markdown. What was removed is struck through and
subtle, what was added is underlined and bold; the words before each side say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_card import choose_fitting
from notifiers.shared.adaptive_elements import make_rich_block, make_text_block, make_text_run
from notifiers.shared.card_links import list_button_links
from notifiers.shared.card_text import Fact, make_button_address, shorten
from notifiers.shared.change_sides import SideLimits, shorten_side
from notifiers.shared.comparison_text import (
    describe_baseline,
    describe_range,
    label_other,
    list_change_facts,
)
from notifiers.shared.teams_text import escape_run, write_date
from notifiers.teams_bot import actions
from notifiers.teams_bot.card import MAX_CARD_BYTES
from notifiers.teams_bot.menu_card import draw_page_buttons, draw_private_card, make_back_button
from reviews.cards.card import CardAction
from reviews.language import _
from reviews.wording.comparison_sentences import describe_unlisted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.change_sides import Words
    from notifiers.teams_bot.menu_card import Data
    from reviews.answers.change_pages import ChangesPage
    from reviews.comparisons.change_rows import ChangeRow

CHANGES_PAGE_SIZE = 8  # a page
MAX_FACT_LENGTH = 400
_FOR_ALL: Mapping[str, str] = {actions.SINCE: actions.ACKNOWLEDGED}
_REMOVED: Mapping[str, Any] = {"strikethrough": True, "isSubtle": True}
_ADDED: Mapping[str, Any] = {"underline": True, "weight": "Bolder"}
_ALL_ADDED: Mapping[str, Any] = {"underline": True}
"""Of text without an earlier side, which may be a whole page: bold words stand out among others only."""


@dataclass(frozen=True, kw_only=True)
class _Limits:
    place: int
    side: SideLimits


# From what is read in comfort to what fits with the worst texts.
_LIMITS = (
    _Limits(place=200, side=SideLimits(length=700, runs=40, lines=12)),
    _Limits(place=120, side=SideLimits(length=300, runs=20, lines=6)),
    _Limits(place=80, side=SideLimits(length=120, runs=8, lines=3)),
    _Limits(place=40, side=SideLimits(length=50, runs=4, lines=2)),
)


def draw_changes(page: ChangesPage, data: Data, *, is_newer: bool = False) -> Element:
    """Return what changed, for one person, with buttons to other differences and back to the review.

    `data` is what each button sends. With `is_newer`, the person asked for differences of a revision that
    is no longer the newest.
    """
    note = [_draw_newer_note()] if is_newer and page.rows else []
    buttons = [
        *draw_page_buttons(
            actions.CHANGES,
            {**data, **_FOR_ALL} if page.for_all else data,
            start=page.start,
            size=CHANGES_PAGE_SIZE,
            has_more=page.start + len(page.rows) < page.total,
        ),
        *_draw_other_button(page, data),
        *draw_page_link(page),
        make_back_button(data),
    ]
    return choose_fitting_changes(
        page, lambda body: draw_private_card(page.card.title, [*note, *body], buttons), MAX_CARD_BYTES
    )


def choose_fitting_changes(
    page: ChangesPage, draw: Callable[[list[Element]], Element], max_bytes: int
) -> Element:
    """Return what `draw` makes of the differences, their texts shortened until it fits."""
    return choose_fitting((draw(list(_draw_body(page, limits))) for limits in _LIMITS), max_bytes)


def draw_page_link(page: ChangesPage) -> list[Element]:
    """Return the button that opens the page with all differences, if there is such a page."""
    address = list_button_links(page.card)[CardAction.CHANGES]
    return [actions.make_link_button(_("Show on a page"), address)] if address else []


def draw_link_to_all(page: ChangesPage) -> list[Element]:
    """Return the button that opens the comparison for all, where it has an address and this is not it."""
    address = make_button_address(page.for_all_url) if page.for_all_url else None
    return [actions.make_link_button(label_other(page), address)] if address else []


def _draw_other_button(page: ChangesPage, data: Data) -> list[Element]:
    """Return the button to the comparison for all, or back to that since the person's answer."""
    if not page.has_other:
        return []
    return [
        actions.make_step_button(
            label_other(page), actions.CHANGES, data if page.for_all else {**data, **_FOR_ALL}
        )
    ]


def _draw_body(page: ChangesPage, limits: _Limits) -> Iterator[Element]:
    yield make_rich_block(make_text_run(_("What changed"), weight="Bolder"))
    yield make_rich_block(make_text_run(escape_run(page.summary)), spacing="None")
    if page.refusal:
        yield make_rich_block(make_text_run(escape_run(page.refusal)), spacing="Small")
    for sentence in filter(None, (describe_baseline(page, write_date), describe_range(page))):
        yield make_text_block(sentence, isSubtle=True, spacing="None")
    if page.rows:
        yield from _draw_differences(page, limits)
    elif not page.refusal:
        yield from _draw_facts(page)


def _draw_differences(page: ChangesPage, limits: _Limits) -> Iterator[Element]:
    for row in page.rows:
        yield _draw_row(row, limits)
    unlisted = describe_unlisted(page.unlisted_count)
    if unlisted:
        yield make_text_block(unlisted, isSubtle=True, separator=True)


def _draw_row(row: ChangeRow, limits: _Limits) -> Element:
    heading = [make_text_run(row.label, weight="Bolder")]
    if row.where:
        where = shorten(" ".join(row.where.split()), limits.place)
        heading.append(make_text_run(f"  {escape_run(where)}"))
    if row.subjects:
        heading.append(make_text_run(f" · {row.subjects}", isSubtle=True))
    before, after = (shorten_side(side, limits.side) for side in (row.before, row.after))
    is_pair = bool(before and after) and row.kind != "moved"
    sides = [] if row.kind == "moved" else _draw_side(before, _REMOVED, _("Before:") if is_pair else "")
    sides += _draw_side(after, *((_ADDED, _("After:")) if is_pair else (_ALL_ADDED, "")))
    quoted = [{"type": "Container", "style": "emphasis", "spacing": "Small", "items": sides}] if sides else []
    return {"type": "Container", "separator": True, "items": [make_rich_block(*heading), *quoted]}


def _draw_side(lines: Sequence[Sequence[Words]], changed: Mapping[str, Any], label: str) -> list[Element]:
    """Return a block for each line; the first begins with the label, if there is one."""
    blocks = []
    for number, line in enumerate(lines):
        runs = [make_text_run(escape_run(text), **({} if stays else changed)) for stays, text in line]
        named = [make_text_run(f"{label} ", isSubtle=True)] if label and not number else []
        blocks.append(make_rich_block(*named, *runs, spacing="None" if number else "Small"))
    return blocks


def _draw_facts(page: ChangesPage) -> Iterator[Element]:
    """Return what happened, where no content changed or none can be shown."""
    for label, text in list_change_facts(page.card):
        name = f"{label}: "
        if label == Fact.WHEN.label:
            yield make_text_block(f"{name}{write_date(page.card.changed_at)}", spacing="Small")
        else:
            words = escape_run(shorten(text, MAX_FACT_LENGTH))
            yield make_rich_block(make_text_run(f"{name}{words}"), spacing="Small")


def _draw_newer_note() -> Element:
    sentence = _("The document has changed again. These are the differences of its newest state.")
    return make_rich_block(make_text_run(sentence, weight="Bolder"))
