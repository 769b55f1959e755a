"""The text of a document: passages, each with its place, made of runs that may be marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from documents.cell_names import format_column


class Area(StrEnum):
    """The part of a document that a passage is in."""

    BODY = "body"
    HEADING = "heading"
    TABLE = "table"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    COMMENT = "comment"
    TEXT_BOX = "text_box"
    CHART = "chart"
    FIELD = "field"
    SHEET = "sheet"
    ROW = "row"
    CELL = "cell"
    TITLE = "title"
    NOTES = "notes"
    MASTER = "master"


_SHEET_AREAS = {Area.SHEET, Area.ROW, Area.CELL}


class RunMark(StrEnum):
    """What is special about a run of text."""

    PLAIN = ""
    INSERTED = "inserted"
    """A tracked insertion that was not accepted yet."""
    DELETED = "deleted"
    """A tracked deletion that was not accepted yet."""
    HIDDEN = "hidden"
    LINK = "link"
    """The address that the text before leads to."""
    FORMULA = "formula"
    FIELD = "field"
    """The name of a form field, whose value is a passage of its own."""


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where a passage is; what does not apply is empty or 0.

    Attributes:
        heading: Text of the heading above.
        name: Author of a comment, or name of a form field.
        page: Number of the page of a PDF, from 1.
        slide: Number of the slide, from 1.
        sheet: Name of the sheet.
        table: Number of the table in the document or on the slide, from 1.
        row: Row of a table or sheet, from 1.
        column: Column of a table or sheet, from 1.
    """

    area: Area = Area.BODY
    heading: str = ""
    name: str = ""
    page: int = 0
    slide: int = 0
    sheet: str = ""
    table: int = 0
    row: int = 0
    column: int = 0

    @property
    def column_name(self) -> str:
        """Letters of the column of a sheet; empty elsewhere."""
        is_in_sheet = self.area in _SHEET_AREAS or bool(self.sheet)
        return format_column(self.column) if is_in_sheet and self.column else ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one mark."""

    text: str
    mark: RunMark = RunMark.PLAIN


@dataclass(frozen=True, slots=True)
class Label:
    """The number or bullet that a program shows in front of a paragraph, which is not in its text.

    Attributes:
        text: As it is shown: `Clause 4.`; empty where nothing is.
        definition: Equal for labels that differ by the count alone: same words, format, level, start.
        sequence: Equal for paragraphs that are counted on from each other; where a list starts anew,
            there is another.
        is_counted: Whether the numbers of other paragraphs depend on this one being there.
    """

    text: str
    definition: str
    sequence: int
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a cell, a comment: text that stands together.

    Attributes:
        place: Where it is.
        runs: Its text, none of them empty.
        is_hidden: Whether the row or column of a cell is hidden. Other hidden text is marked in its runs.
        label: The number of a paragraph of a list, or of a heading.
        mark: What stands in front of it for its format's sake, and is compared strictly alone: `>`, `##`, the
            cells of a choice.
    """

    place: DocumentPlace
    runs: tuple[Run, ...]
    is_hidden: bool = False
    label: Label | None = None
    mark: str = ""

    @property
    def text(self) -> str:
        """The text with its label and its marks in words: `3. 30 [inserted: working] days`."""
        text = format_text(self.runs, is_hidden=self.is_hidden)
        return f"{self.label.text} {text}" if self.label and self.label.text else text


class AttachmentKind(StrEnum):
    """What a document holds besides text."""

    PICTURE = "picture"
    OBJECT = "object"
    MACRO = "macro"


@dataclass(frozen=True, slots=True, order=True)
class Attachment:
    """A picture, an embedded object or a macro, known by its bytes."""

    kind: AttachmentKind
    sha256: str


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What a document says.

    Attributes:
        format: `docx`, `xlsx` and so on, by its content.
        passages: In reading order.
        attachments: Each once, sorted.
        shown: Attachments once for each place in which they are shown, in order, as far as that is known.
        fingerprint: Of all but emphasis, as `documents.fingerprint` has it; empty where there is none.
    """

    format: str
    passages: tuple[Passage, ...]
    attachments: tuple[Attachment, ...] = field(default=())
    shown: tuple[Attachment, ...] = field(default=())
    fingerprint: str = ""


def format_text(runs: tuple[Run, ...], *, is_hidden: bool) -> str:
    """Return the text of runs, as a whole marked where it is hidden."""
    text = format_runs(runs)
    return f"[{RunMark.HIDDEN}: {text}]" if is_hidden else text


def format_runs(runs: tuple[Run, ...]) -> str:
    """Return the text of runs, marks in brackets."""
    pieces: list[str] = []
    for run in runs:
        if run.mark is RunMark.PLAIN:
            pieces.append(run.text)
            continue
        text = run.text.strip()
        before = run.text[: len(run.text) - len(run.text.lstrip())]
        after = run.text[len(run.text.rstrip()) :]
        if run.mark in _SET_APART and pieces and not pieces[-1].endswith(" "):
            before = " "
        pieces.append(f"{before}[{run.mark}: {text}]{after}")
    return "".join(pieces).strip()


_SET_APART = {RunMark.LINK, RunMark.FORMULA}
