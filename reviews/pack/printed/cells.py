"""Cells of the PDF's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number
from reviews.pack.printed.blocks import NO_VALUE, Line
from reviews.pack.printed.formats import format_time, name_state, show_name
from reviews.text import clean_text, omit_middle
from reviews.wording.labels import split_note
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.kinds import ReviewState
    from reviews.pack.printed.blocks import Cell, Style
    from reviews.pack.report import PackedAnswer, PackedReview

MAX_TITLE_LENGTH = 160
"""Of a document in a table. The sample has the whole title."""
MAX_NOTE_LENGTH = 400
MAX_NAMES = 5
_PATH_START, _PATH_END = 40, 80


def build_cell(text: str, *, style: Style = "plain") -> Cell:
    return (Line(text=text, style=style),)


def build_count_cell(count: int) -> Cell:
    return build_cell(format_number(count))


def build_review_cell(review: PackedReview) -> Cell:
    """Return title, folder and id of a review, as each table of exceptions begins."""
    title = omit_middle(
        format_title(review.title), before=MAX_TITLE_LENGTH * 2 // 3, after=MAX_TITLE_LENGTH // 3
    )
    folder = omit_middle(_get_folder(review), before=_PATH_START, after=_PATH_END)
    place = Line(text=f"{folder} " if folder else "", style="small", mark=clean_text(review.id))
    return Line(text=title, style="strong"), place


def _get_folder(review: PackedReview) -> str:
    """Return the path without the title, which stands above it."""
    return clean_text(review.path).removesuffix(clean_text(review.title)).rstrip("/ ")


def build_id_line(review_id: str) -> Line:
    return Line(text=clean_text(review_id), style="mono")


def build_time_cell(at: datetime | None) -> Cell:
    return build_cell(format_time(at))


def build_person_cell(name: str, email: str | None) -> Cell:
    """Return name and address of a person."""
    address = clean_text(email or "")
    return (
        Line(text=show_name(name)),
        *((Line(text=address, style="small"),) if address and address != name else ()),
    )


def build_reviewer_cell(answer: PackedAnswer) -> Cell:
    """Return name and address of a reviewer, and for whom they stood in."""
    person = build_person_cell(answer.reviewer, answer.email)
    if not answer.absent:
        return person
    sentence = _("in place of {absent}").format(absent=show_name(answer.absent))
    return (*person, Line(text=sentence, style="small"))


def build_names_cell(names: tuple[str, ...]) -> Cell:
    """Return the first names of a list, and how many more there are."""
    omitted = len(names) - MAX_NAMES
    more = Line(text=_("and {count} more").format(count=format_number(omitted)), style="small")
    lines = (Line(text=show_name(name)) for name in names[:MAX_NAMES])
    return (*lines, *((more,) if omitted > 0 else ())) or build_cell(NO_VALUE)


def build_note_cell(note: str | None) -> Cell:
    """Return a note as its lines, without the middle of a long one."""
    text = omit_middle(
        "\n".join(split_note(note)), before=MAX_NOTE_LENGTH * 2 // 3, after=MAX_NOTE_LENGTH // 3
    )
    return tuple(Line(text=line) for line in text.splitlines()) or build_cell(NO_VALUE)


def build_status_cell(state: ReviewState) -> Cell:
    return build_cell(name_state(state))
