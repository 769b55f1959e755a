"""Text of one paragraph of a Word document: its runs, and what is anchored in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.office.alternatives import choose_alternatives
from documents.office.equations import spell_structure
from documents.office.word_fields import (
    OpenField,
    find_formula,
    find_link,
    is_volatile,
    read_form_field,
    read_instruction_text,
)
from documents.office.word_styles import is_on_value
from documents.passages import Run, RunMark
from documents.xml_names import find_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.office.word_styles import WordStyles
    from documents.package import Relation

_CHARACTERS = {
    "w:tab": " ",
    "w:br": " ",
    "w:cr": " ",
    "w:ptab": " ",
    "w:noBreakHyphen": "-",
}
_TEXTS = {"w:t", "w:delText", "m:t"}
_REFERENCES = {
    "w:footnoteReference": "footnotes",
    "w:endnoteReference": "endnotes",
    "w:commentReference": "comments",
}
_CHANGES = {
    "w:ins": RunMark.INSERTED,
    "w:moveTo": RunMark.INSERTED,
    "w:del": RunMark.DELETED,
    "w:moveFrom": RunMark.DELETED,
}
_PROPERTIES = {"w:rPr", "w:pPr", "w:sdtPr", "w:sdtEndPr"}


def get_change_mark(element: Element) -> RunMark | None:
    """Return the mark of text in an element that tracks a change, else None."""
    return _CHANGES.get(element.tag)


def get_field_name(control: Element) -> str:
    """Return the name of a content control (`w:sdt`), or an empty text."""
    for tag in ("w:alias", "w:tag"):
        name = find_path(control, "w:sdtPr", tag)
        if name is not None and name.get("w:val"):
            return name.get("w:val", "")
    return ""


class ParagraphReader:
    """Reads one paragraph.

    Attributes:
        runs: Its text.
        fields: Name and value of each form field in it; the text has the name in their place.
        references: Notes and comments it refers to: the kind of part, and the id.
        text_boxes: Elements with blocks that are anchored in it.
        drawings: Drawings in it, which may refer to charts.
    """

    def __init__(self, styles: WordStyles, relations: dict[str, Relation], mark: RunMark) -> None:
        self.runs: list[Run] = []
        self.fields: list[tuple[str, list[Run]]] = []
        self.references: list[tuple[str, str]] = []
        self.text_boxes: list[Element] = []
        self.drawings: list[Element] = []
        self._styles = styles
        self._relations = relations
        self._mark = mark
        self._open_fields: list[OpenField] = []

    def read(self, paragraph: Element) -> None:
        properties = paragraph.find("w:pPr")
        outer = self._mark
        if self._styles.is_hidden(properties, "w:pStyle"):
            self._mark = RunMark.HIDDEN
        self._read_children(paragraph)
        self._mark = outer

    def _read_children(self, parent: Element) -> None:
        for child in parent:
            self._read_element(child)

    def _read_element(self, element: Element) -> None:
        tag = element.tag
        if tag in _TEXTS:
            self._add(element.text or "")
        elif tag in _CHARACTERS:
            self._add(_CHARACTERS[tag])
        elif tag in _PROPERTIES:
            return
        elif tag == "w:r":
            self._read_run(element)
        elif tag in _CHANGES:
            self._read_with_mark(element, _CHANGES[tag])
        elif tag == "w:hyperlink":
            self._read_children(element)
            self._add_link(self._relations.get(element.get("r:id", "")))
        elif tag in _REFERENCES:
            self.references.append((_REFERENCES[tag], element.get("w:id", "")))
        elif tag == "w:sdt":
            self._read_control(element)
        elif tag in {"w:fldSimple", "w:fldChar", "w:instrText"}:
            self._read_field(element)
        else:
            self._read_object(element)

    def _read_field(self, element: Element) -> None:
        tag = element.tag
        if tag == "w:fldSimple":
            self._open_field(element)
            self._open_fields[-1].instruction = element.get("w:instr", "")
            self._read_children(element)
            self._close_field()
        elif tag == "w:fldChar":
            self._read_field_character(element)
        elif self._open_fields:
            self._open_fields[-1].instruction += element.text or ""

    def _read_object(self, element: Element) -> None:
        tag = element.tag
        if tag == "w:sym":
            self._add(_read_symbol(element.get("w:char", "")))
        elif tag == "w:txbxContent":
            self.text_boxes.append(element)
        elif tag == "v:textpath":
            self._add(f" {element.get('string', '')} ")
        elif tag == "mc:AlternateContent":
            for alternative in choose_alternatives(element):
                self._read_children(alternative)
        elif tag == "wp:docPr":
            for link in element.iter("a:hlinkClick"):
                self._add_link(self._relations.get(link.get("r:id", "")))
        elif tag.startswith("m:"):
            self._read_equation(element)
        else:
            if tag == "w:drawing":
                self.drawings.append(element)
            self._read_children(element)

    def _read_equation(self, element: Element) -> None:
        for piece in spell_structure(element) or element:
            if isinstance(piece, str):
                self._add(piece)
            else:
                self._read_element(piece)

    def _read_run(self, run: Element) -> None:
        if self._styles.is_hidden(run.find("w:rPr"), "w:rStyle"):
            self._read_with_mark(run, RunMark.HIDDEN)
        else:
            self._read_children(run)

    def _read_with_mark(self, element: Element, mark: RunMark) -> None:
        outer, self._mark = self._mark, mark
        self._read_children(element)
        self._mark = outer

    def _read_control(self, control: Element) -> None:
        content = control.find("w:sdtContent")
        if content is None:
            return
        name = get_field_name(control)
        if not name:
            self._read_children(content)
            return
        outer, self.runs = self.runs, []
        self._read_children(content)
        self.fields.append((name, self.runs))
        self.runs = [*outer, Run(name, RunMark.FIELD)]

    def _read_field_character(self, element: Element) -> None:
        kind = element.get("w:fldCharType")
        if kind == "begin":
            self._open_field(element)
            self._add(read_form_field(element))
        elif kind == "end" and self._open_fields:
            self._close_field()

    def _open_field(self, element: Element) -> None:
        is_locked = is_on_value(element.get("w:fldLock", "0"))
        self._open_fields.append(OpenField(self.runs, len(self.runs), is_locked=is_locked))

    def _close_field(self) -> None:
        """Drop the value of a field that a reader's program fills in anew; add what is in its instruction.

        One that is never closed keeps its text, which would be missed else.
        """
        field = self._open_fields.pop()
        if is_volatile(field):
            del field.runs[field.start :]
        self._add(read_instruction_text(field.instruction))
        link, formula = find_link(field.instruction), find_formula(field.instruction)
        if link:
            self.runs.append(Run(link, RunMark.LINK))
        if formula:
            self.runs.append(Run(formula, RunMark.FORMULA))

    def _add(self, text: str) -> None:
        self.runs.append(Run(text, self._mark))

    def _add_link(self, relation: Relation | None) -> None:
        if relation is not None and relation.is_external:
            self.runs.append(Run(relation.target, RunMark.LINK))


def _read_symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
