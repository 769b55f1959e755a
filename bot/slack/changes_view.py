"""What changed in a document, in Block Kit: pure functions (facts on Slack, 1.3, 1.4).

The text of documents stands in elements of `rich_text`, which show it as it is: nothing in it can format,
link or mention.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from notifiers.shared.card_text import Fact, make_button_address, shorten_name
from notifiers.shared.change_sides import SideLimits, shorten_side
from notifiers.shared.comparison_text import (
    describe_baseline,
    describe_range,
    label_other,
    list_change_facts,
)
from notifiers.slack.blocks import make_button_value
from notifiers.slack.elements import make_context, make_plain_text, make_section
from notifiers.slack.text import MAX_LINK_LENGTH, fit_text, format_link, write_calendar_date, write_date
from reviews.language import _
from reviews.wording.comparison_sentences import describe_unlisted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.answers.change_pages import ChangesPage
    from reviews.comparisons.change_rows import ChangeRow

EARLIER, LATER = "changes_earlier", "changes_later"
SHOW_ALL, SHOW_OWN = "changes_for_all", "changes_since_answer"
_FOR_ALL = "all"
MODAL_PAGE_SIZE = 8
MODAL_SIDE = SideLimits(length=600, runs=40, lines=20)
MESSAGE_SIDE = SideLimits(length=320, runs=7, lines=8)
"""Ten of them, and the rest, stay within the 13,000 characters of a message's blocks."""
# Escaped lengths; together they stay within the 3,000 characters of a section.
MAX_TITLE_LENGTH = 400
MAX_SUMMARY_LENGTH = 800
MAX_SENTENCE_LENGTH = 1000
MAX_PLACE_LENGTH = 150
MAX_SUBJECTS_LENGTH = 100
MAX_FACT_LENGTH = 350
MAX_FILES_LENGTH = 1500
READ_SIDE, MAX_READ_LINE_LENGTH = SideLimits(length=250, runs=40, lines=5), 500
MAX_READ_LENGTH = 3900  # of the 4,000 that Slack advises

Block = dict[str, Any]


def draw_changes_modal(page: ChangesPage, *, is_over_menu: bool, is_newer: bool) -> dict[str, Any]:
    """Return the modal with some differences.

    Args:
        page: With at most `MODAL_PAGE_SIZE` of them.
        is_over_menu: Whether it lies over the menu.
        is_newer: Whether they are those of a newer revision than the person has seen.
    """
    return {
        "type": "modal",
        "private_metadata": f"{page.card.revision}.{_FOR_ALL}" if page.for_all else str(page.card.revision),
        "title": make_plain_text(_("What changed")),
        "close": make_plain_text(_("Back") if is_over_menu else _("Close")),
        "blocks": [
            *draw_changes(page, MODAL_SIDE, is_newer=is_newer),
            *_draw_buttons(page),
        ],
    }


def read_metadata(value: str) -> tuple[str, bool]:
    """Return (revision, whether it shows the comparison for all) of a modal's metadata."""
    revision, _dot, shown = value.partition(".")
    return revision, shown == _FOR_ALL


def draw_link_to_all(page: ChangesPage) -> list[Block]:
    """Return a link to the comparison for all, where it has an address and this is not it."""
    link = _draw_link(page.for_all_url, label_other(page))
    return [make_context(link)] if link else []


def draw_changes(page: ChangesPage, side_limits: SideLimits, *, is_newer: bool = False) -> list[Block]:
    """Return the differences of a page, or why there are none to see, without buttons."""
    newer = (
        [make_section(_("The document has changed again. These are the differences of its newest state."))]
        if is_newer
        else []
    )
    refusal = [make_section(fit_text(page.refusal, MAX_SENTENCE_LENGTH))] if page.refusal else []
    above = [describe_baseline(page, write_calendar_date), describe_range(page)]
    below = [describe_unlisted(page.unlisted_count), *([_link_page(page)] if page.rows else [])]
    return [
        make_section(_write_head(page)),
        *newer,
        *refusal,
        *_draw_context(above),
        *(_draw_row(row, side_limits) for row in page.rows),
        *([] if page.rows or page.refusal else _draw_facts(page)),
        *_draw_context(below),
    ]


def read_out(page: ChangesPage) -> str:
    """Return a page as text in mrkdwn, as far as it fits: a screen reader reads it in place of the blocks."""
    rows = [_write_row(row) for row in page.rows]
    facts = [] if page.rows or page.refusal else [_write_facts(page)]
    others = (
        fit_text(page.refusal, MAX_SENTENCE_LENGTH),
        describe_baseline(page, write_calendar_date),
        describe_range(page),
        describe_unlisted(page.unlisted_count),
    )
    text = _write_head(page)
    for paragraph in filter(None, [*others, *rows, *facts]):
        if len(text) + len(paragraph) + 2 <= MAX_READ_LENGTH:
            text += f"\n\n{paragraph}"
    return text


def _write_head(page: ChangesPage) -> str:
    return f"*{fit_text(page.card.title, MAX_TITLE_LENGTH)}*\n{fit_text(page.summary, MAX_SUMMARY_LENGTH)}"


def _draw_context(parts: Sequence[str]) -> list[Block]:
    text = " · ".join(filter(None, parts))
    return [make_context(text)] if text else []


def _link_page(page: ChangesPage) -> str:
    """Return a link to the page with all differences; empty without one."""
    return _draw_link(page.card.changes_url, _("Show on a page"))


def _draw_link(url: str, label: str) -> str:
    """Return a link; empty without an address, or if it is too long for Slack."""
    address = make_button_address(url) if url else None
    return "" if address is None or len(address) > MAX_LINK_LENGTH else format_link(address, label)


def _draw_row(row: ChangeRow, side_limits: SideLimits) -> Block:
    """Return one difference: what and where it is, then its sides."""
    head = [_make_text(row.label, bold=True)]
    if row.where:
        head.append(_make_text(f" · {_isolate(shorten_name(row.where, MAX_PLACE_LENGTH))}"))
    if row.subjects:
        head.append(_make_text(f" · {shorten_name(row.subjects, MAX_SUBJECTS_LENGTH)}", italic=True))
    sides = [
        {"type": "rich_text_quote", "elements": _draw_side(label, side, side_limits, **style)}
        for label, side, style in _list_sides(row)
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": head}, *sides]}


def _list_sides(row: ChangeRow) -> list[tuple[str, tuple[tuple[bool, str], ...], dict[str, bool]]]:
    """Return the sides that have text, with their labels and the style of changed words.

    Where both have text, words say which is which: a screen reader reads no style.
    """
    is_two = row.kind != "moved" and _has_text(row.before) and _has_text(row.after)
    before = (_("Before:") if is_two else "", row.before, {"strike": True})
    after = (_("After:") if is_two else "", row.after, {"bold": True})
    sides = (after,) if row.kind == "moved" else (before, after)
    return [side for side in sides if _has_text(side[1])]


def _has_text(side: tuple[tuple[bool, str], ...]) -> bool:
    return any(text.strip("\n") for _stays, text in side)


def _draw_side(
    label: str, side: tuple[tuple[bool, str], ...], side_limits: SideLimits, **style: bool
) -> list[Block]:
    runs = _shorten_side(side, side_limits)
    texts = [text for _stays, text in runs]
    if any(map(_is_right_to_left, texts)):
        texts[0] = f"{_ISOLATE}{texts[0]}"
        texts[-1] += _END_OF_ISOLATE
    words = [
        _make_text(text, **({} if stays else style)) for (stays, _text), text in zip(runs, texts, strict=True)
    ]
    return [*([_make_text(f"{label} ", italic=True)] if label else []), *words]


def _shorten_side(side: tuple[tuple[bool, str], ...], side_limits: SideLimits) -> list[tuple[bool, str]]:
    """Return the runs of words that there is room for; a line ends within the last run of it."""
    first, *others = shorten_side(side, side_limits)
    runs = [*first]
    for line in others:
        stays, text = runs[-1]
        runs[-1] = stays, f"{text}\n"
        runs += line
    return runs


def _make_text(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def _isolate(text: str) -> str:
    """Return text that turns nothing around it, if it is written from right to left."""
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if _is_right_to_left(text) else text


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def _draw_facts(page: ChangesPage) -> list[Block]:
    files = dict(list_change_facts(page.card)).get(Fact.FILES.label, "")
    listed = [make_section(f"*{Fact.FILES.label}:* {fit_text(files, MAX_FILES_LENGTH)}")] if files else []
    return [make_section(_write_facts(page)), *listed]


def _write_facts(page: ChangesPage) -> str:
    """Return what happened to the document, where no differences are to be seen."""
    when = {Fact.WHEN.label: write_date(page.card.changed_at)}
    return "\n".join(
        f"*{label}:* {when.get(label) or fit_text(shorten_name(text, MAX_FACT_LENGTH), MAX_FACT_LENGTH)}"
        for label, text in list_change_facts(page.card)
        if label != Fact.FILES.label
    )


def _write_row(row: ChangeRow) -> str:
    head = " · ".join(filter(None, (row.label, row.where, row.subjects)))
    sides = (
        f"{label} {''.join(text for _stays, text in _shorten_side(side, READ_SIDE))}".strip()
        for label, side, _style in _list_sides(row)
    )
    return "\n".join(fit_text(line, MAX_READ_LINE_LENGTH) for line in (head, *sides))


def _draw_buttons(page: ChangesPage) -> list[Block]:
    """Return the buttons to the other pages and the other comparison; their values are where those start."""
    end = page.start + len(page.rows)
    page_turns = [
        *([(EARLIER, _("Earlier"), max(page.start - MODAL_PAGE_SIZE, 0))] if page.start else []),
        *([(LATER, _("Later"), end)] if page.rows and end < page.total else []),
        *([(SHOW_OWN if page.for_all else SHOW_ALL, label_other(page), 0)] if page.has_other else []),
    ]
    buttons = [
        {
            "type": "button",
            "action_id": action,
            "text": make_plain_text(label),
            "value": make_button_value(page.card.review_id, start),
        }
        for action, label, start in page_turns
    ]
    return [{"type": "actions", "elements": buttons}] if buttons else []
