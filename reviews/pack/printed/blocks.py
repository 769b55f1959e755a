"""The blocks of the PDF, in the order of reading. The template has a function for each `kind`.

Texts are data: the template never reads them as markup. Widths are parts of the free width (`fr`), or points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Style = Literal["plain", "strong", "small", "mono"]
NO_VALUE = "\N{EN DASH}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a cell; it wraps.

    `mark` is an id after the text. `page_of` shows the page of the heading with this key instead.
    """

    text: str = ""
    style: Style = "plain"
    mark: str = ""
    page_of: str | None = None


Cell = tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table. `fixed` is its width in points; without it, it takes `share` of what is left."""

    heading: str
    fixed: int | None = None
    share: int = 1
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of level 1 or 2, which is also a bookmark. `key` is what `page_of` names."""

    text: str
    level: int = 1
    key: str | None = None
    kind: str = "heading"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    text: str
    is_quiet: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: str = "points"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose head is repeated on each page; a short one that `is_whole` is not broken."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_whole: bool = False
    kind: str = "table"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and values, in two columns."""

    rows: tuple[tuple[str, Cell], ...]
    kind: str = "facts"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure that is read from across the table."""

    figure: str
    label: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Tiles:
    tiles: tuple[Tile, ...]
    kind: str = "tiles"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of a chart: how much it counts, and what is written at it."""

    label: str
    count: int
    figure: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars that lie or stand. `description` is read aloud in its place."""

    description: str
    bars: tuple[Bar, ...]
    is_standing: bool = False
    kind: str = "chart"


@dataclass(frozen=True, kw_only=True)
class Story:
    """A review of the sample: its facts, and its entries in a table."""

    title: str
    facts: Facts
    table: Table
    kind: str = "story"


Block = Heading | Paragraph | Points | Table | Facts | Tiles | Chart | Story


@dataclass(frozen=True, kw_only=True)
class FirstPage:
    """What stands above the blocks of the first page."""

    overline: str
    title: str
    period: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class PrintedReport:
    """The whole document.

    Attributes:
        title: Of the PDF, as readers show it in their window.
        made: The date of the PDF, in UTC: year, month, day, hour, minute, second.
        boxes_note: What is said where characters are replaced by boxes, which is seen only in setting.
        page: How a page is numbered, with `{page}` and `{pages}`.
    """

    language: str
    title: str
    made: tuple[int, ...]
    running_title: str
    running_period: str
    footer: str
    page: str
    contents: str
    boxes_note: str
    first_page: FirstPage
    blocks: tuple[Block, ...] = field(default=())
