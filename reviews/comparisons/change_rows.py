"""Differences of a document as pages and chats show them: one row for each, in the current language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.language import _, gettext_noop
from reviews.text import escape_controls
from reviews.wording.comparison_sentences import name_matter
from reviews.wording.place_phrases import describe_place

if TYPE_CHECKING:
    from reviews.comparisons.parts import ChangedPart

KIND_LABELS = {
    "inserted": gettext_noop("Added"),
    "deleted": gettext_noop("Removed"),
    "replaced": gettext_noop("Changed"),
    "moved": gettext_noop("Moved"),
    "mark": gettext_noop("Mark or place"),
}


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """One difference. Its texts have no control characters, and are hostile until escaped.

    Attributes:
        number: From 1, the most important first.
        before: Words of the earlier text: whether each stays, and the text; empty for what was added.
        after: Words of the later text in the same way; empty for what was removed.
    """

    number: int
    kind: str
    label: str
    where: str
    subjects: str
    before: tuple[tuple[bool, str], ...]
    after: tuple[tuple[bool, str], ...]


def draw_row(number: int, part: ChangedPart) -> ChangeRow:
    return ChangeRow(
        number=number,
        kind=part.kind,
        label=_(KIND_LABELS[part.kind]),
        where=escape_controls(describe_place(part.place)),
        subjects=", ".join(filter(None, map(name_matter, part.matters))),
        before=_draw_side(part, part.before, "deleted"),
        after=_draw_side(part, part.after, "inserted"),
    )


def _draw_side(part: ChangedPart, text: str, change: str) -> tuple[tuple[bool, str], ...]:
    """Return one side of a part, word by word where both sides have text."""
    if not part.words:
        return ((part.kind == "moved", escape_controls(text)),) if text else ()
    return tuple(
        (words.change == "same", escape_controls(words.text))
        for words in part.words
        if words.change in {"same", change}
    )
