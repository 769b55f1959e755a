"""Text of one paragraph of a Word document: its runs, and what is anchored in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.passages import Mark, Run
from documents.xml_names import find_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.office.word_styles import Styles
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
    "w:ins": Mark.INSERTED,
    "w:moveTo": Mark.INSERTED,
    "w:del": Mark.DELETED,
    "w:moveFrom": Mark.DELETED,
}
_VOLATILE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "DATE", "TIME", "SECTION"}
"""What a reader's program fills in anew, so a saved value is no content (ECMA-376 part 1, 17.16.5)."""

_LINK_FIELD = re.compile(r'\s*HYPERLINK\s+"([^"]*)"')
_PROPERTIES = {"w:rPr", "w:pPr", "w:sdtPr", "w:sdtEndPr"}


def get_change_mark(element: Element) -> Mark | None:
    """Return the mark of text in an element that tracks a change, else None."""
    return _CHANGES.get(element.tag)


def get_field_name(control: Element) -> str:
    """Return the name of a content control (`w:sdt`), or an empty text."""
    for tag in ("w:alias", "w:tag"):
        name = find_path(control, "w:sdtPr", tag)
        if name is not None and name.get("w:val"):
            return name.get("w:val", "")
    return ""


def choose_alternative(content: Element) -> Element:
    """Return the first choice of `mc:AlternateContent`: the others hold the same for older programs."""
    choice = content.find("mc:Choice")
    fallback = content.find("mc:Fallback")
    if choice is not None and len(choice):
        return choice
    return content if fallback is None else fallback


class ParagraphReader:
    """Reads one paragraph.

    Attributes:
        runs: Its text.
        fields: Name and value of each form field in it; the text has the name in their place.
        references: Notes and comments it refers to: the kind of part, and the id.
        text_boxes: Elements with blocks that are anchored in it.
        drawings: Drawings in it, which may refer to charts.
    """

    def __init__(self, styles: Styles, relations: dict[str, Relation], mark: Mark) -> None:
        self.runs: list[Run] = []
        self.fields: list[tuple[str, list[Run]]] = []
        self.references: list[tuple[str, str]] = []
        self.text_boxes: list[Element] = []
        self.drawings: list[Element] = []
        self._styles = styles
        self._relations = relations
        self._mark = mark
        self._open_fields: list[str] = []

    def read(self, paragraph: Element) -> None:
        properties = paragraph.find("w:pPr")
        outer = self._mark
        if self._styles.is_hidden(properties, "w:pStyle"):
            self._mark = Mark.HIDDEN
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
            if _name_field(element.get("w:instr", "")) not in _VOLATILE_FIELDS:
                self._read_children(element)
        elif tag == "w:fldChar":
            self._read_field_character(element)
        elif self._open_fields:
            self._open_fields[-1] += element.text or ""

    def _read_object(self, element: Element) -> None:
        tag = element.tag
        if tag == "w:sym":
            self._add(_read_symbol(element.get("w:char", "")))
        elif tag == "w:txbxContent":
            self.text_boxes.append(element)
        elif tag == "mc:AlternateContent":
            self._read_children(choose_alternative(element))
        else:
            if tag == "w:drawing":
                self.drawings.append(element)
            self._read_children(element)

    def _read_run(self, run: Element) -> None:
        if self._styles.is_hidden(run.find("w:rPr"), "w:rStyle"):
            self._read_with_mark(run, Mark.HIDDEN)
        else:
            self._read_children(run)

    def _read_with_mark(self, element: Element, mark: Mark) -> None:
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
        self.runs = [*outer, Run(name, Mark.FIELD)]

    def _read_field_character(self, element: Element) -> None:
        kind = element.get("w:fldCharType")
        if kind == "begin":
            self._open_fields.append("")
            for box in element.iter("w:checkBox"):
                self._add(_read_check_box(box))
        elif kind == "end" and self._open_fields:
            link = _LINK_FIELD.match(self._open_fields.pop())
            if link:
                self.runs.append(Run(link[1], Mark.LINK))

    def _add(self, text: str) -> None:
        if not any(_name_field(each) in _VOLATILE_FIELDS for each in self._open_fields):
            self.runs.append(Run(text, self._mark))

    def _add_link(self, relation: Relation | None) -> None:
        if relation is not None and relation.is_external:
            self.runs.append(Run(relation.target, Mark.LINK))


def _name_field(instruction: str) -> str:
    words = instruction.split(maxsplit=1)
    return words[0].upper() if words else ""


def _read_symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _read_check_box(box: Element) -> str:
    for tag in ("w:checked", "w:default"):
        state = box.find(tag)
        if state is not None:
            return "☒" if state.get("w:val", "1") not in {"0", "false", "off"} else "☐"
    return "☐"
