"""Where a difference between two versions of a document is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.language import _, gettext_noop

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class PartPlace:
    """A place in a document; what does not apply is empty or 0.

    Attributes:
        area: `body`, `table`, `comment` and so on.
        heading: The heading above.
        name: Author of a comment, or name of a form field.
        column_name: Letters of a column of a sheet.
    """

    area: str
    heading: str = ""
    name: str = ""
    page: int = 0
    slide: int = 0
    sheet: str = ""
    table: int = 0
    row: int = 0
    column: int = 0
    column_name: str = ""


_AREAS = {
    "header": gettext_noop("header"),
    "footer": gettext_noop("footer"),
    "footnote": gettext_noop("footnote"),
    "endnote": gettext_noop("endnote"),
    "text_box": gettext_noop("text box"),
    "chart": gettext_noop("chart"),
    "title": gettext_noop("title"),
    "notes": gettext_noop("notes"),
    "master": gettext_noop("slide master"),
}


def describe_place(place: PartPlace) -> str:
    """Return a place as a phrase: `Payment terms, table 1, row 3, column 2`."""
    phrase = ", ".join(filter(None, (*_describe_section(place), *_describe_spot(place))))
    return f"{phrase[:1].upper()}{phrase[1:]}" if phrase else _("Beginning of the document")


def _describe_section(place: PartPlace) -> Iterator[str]:
    if place.sheet:
        yield _("sheet {name}").format(name=place.sheet)
    if place.slide:
        yield _("slide {number}").format(number=place.slide)
    if place.page:
        yield _("page {number}").format(number=place.page)
    yield place.heading


def _describe_spot(place: PartPlace) -> Iterator[str]:
    if place.table:
        yield _("table {number}").format(number=place.table)
    if place.column_name:
        yield _describe_cell(place)
    else:
        if place.row:
            yield _("row {number}").format(number=place.row)
        if place.column:
            yield _("column {name}").format(name=place.column)
    if place.area == "field" and place.name:
        yield _("field {name}").format(name=place.name)
    elif place.area == "comment":
        yield _("comment by {author}").format(author=place.name) if place.name else _("comment")
    elif place.area in _AREAS:
        yield _(_AREAS[place.area])


def _describe_cell(place: PartPlace) -> str:
    if place.row:
        return _("cell {name}").format(name=f"{place.column_name}{place.row}")
    return _("column {name}").format(name=place.column_name)
