"""The marks of cards, drawn as shapes: a machine may have no font with their characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from notifiers.shared.look_marks import LOOK_MARKS
from reviews.cards.card_state import CardLook

if TYPE_CHECKING:
    from collections.abc import Mapping

_SVG = (
    '<svg class="mark" viewBox="0 0 20 20" width="1.05em" height="1.05em" style="vertical-align:-0.16em"'
    ' stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)
_SHAPES: Mapping[CardLook, str] = {
    CardLook.OPEN: '<circle cx="10" cy="10" r="8.5" fill="#1e88e5"/>',
    CardLook.LATE: (
        '<path d="M5.4 16.2 4 18.4M14.6 16.2l1.4 2.2" stroke="#c62828" stroke-width="2"/>'
        '<circle cx="4.6" cy="4.2" r="2.4" fill="#e53935"/>'
        '<circle cx="15.4" cy="4.2" r="2.4" fill="#e53935"/>'
        '<circle cx="10" cy="11" r="6.6" fill="#fff" stroke="#e53935" stroke-width="2.4"/>'
        '<path d="M10 7.4V11l2.4 1.6" fill="none" stroke="#37474f" stroke-width="1.6"/>'
    ),
    CardLook.LAPSED: (
        '<circle cx="10" cy="10" r="8.5" fill="#d32f2f"/>'
        '<rect x="4.6" y="8.4" width="10.8" height="3.2" rx="0.6" fill="#fff"/>'
    ),
    CardLook.DONE: (
        '<rect x="1.5" y="1.5" width="17" height="17" rx="3.4" fill="#43a047"/>'
        '<path d="m5.6 10.4 3 3 5.8-6.6" fill="none" stroke="#fff" stroke-width="2.4"/>'
    ),
    CardLook.CHANGES: '<path d="M10 1 19 10l-9 9-9-9z" fill="#fb8c00"/>',
    CardLook.SUPERSEDED: '<circle cx="10" cy="10" r="8" fill="#eceff1" stroke="#90a4ae"/>',
}
_LOOK_BY_MARK = {mark: look for look, mark in LOOK_MARKS.items()}
_MARK = re.compile("|".join(map(re.escape, _LOOK_BY_MARK)))


def draw_marks(html: str) -> Markup:
    """Return escaped text with each mark as its shape."""
    drawn = _MARK.sub(lambda mark: _SVG.format(_SHAPES[_LOOK_BY_MARK[mark[0]]]), html)
    return Markup(drawn)  # noqa: S704 - escaped by the caller
