"""Text of one paragraph of an OpenDocument file: its runs, and what is anchored in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.opendocument.form_controls import read_control
from documents.passages import Run, RunMark

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.opendocument.changes import Changes
    from documents.opendocument.styles import OpenDocumentStyles

_CHARACTERS = {"text:s": " ", "text:tab": "\t", "text:line-break": " "}
_VOLATILE_FIELDS = {
    "text:page-number", "text:page-count", "text:page-continuation", "text:page-variable-get",
    "text:sheet-name", "text:modification-date", "text:modification-time", "text:print-date",
    "text:print-time", "text:editing-cycles", "text:editing-duration", "text:paragraph-count",
    "text:word-count",
    "text:character-count", "text:table-count", "text:image-count", "text:object-count", "text:file-name",
    "presentation:header", "presentation:footer", "presentation:date-time",
}  # fmt: skip
"""What a program fills in anew, so a saved value is no content (OpenDocument 1.3, part 3, 7)."""

_MOMENTS = {"text:date", "text:time"}
_PAGE_REFERENCES = {"page", "direction"}
_NO_TEXT = {
    "text:note-citation", "text:script", "office:annotation-end", "office:event-listeners",
    "office:forms", "svg:title", "svg:desc", "text:tracked-changes", "draw:image", "draw:glue-point",
}  # fmt: skip
_SHAPES = {
    "draw:text-box", "draw:custom-shape", "draw:rect", "draw:line", "draw:polyline", "draw:polygon",
    "draw:path", "draw:regular-polygon", "draw:circle", "draw:ellipse", "draw:caption",
    "draw:connector", "draw:measure",
}  # fmt: skip
_INDEX_PAGES = re.compile(r"(?:\t|, )\s*(?:\d+(?:[,\s\u2013-]+\d+)*|[ivxlc]+)\s*$")


class OpenDocumentParagraph:
    """Reads one paragraph.

    Attributes:
        runs: Its text.
        fields: Name and value of each form field in it; the text has the name in their place.
        notes: Footnotes, endnotes (`text:note`) and comments (`office:annotation`) in it.
        text_boxes: Elements with blocks that are anchored in it.
        objects: Embedded objects (`draw:object`) in it.
    """

    def __init__(
        self,
        styles: OpenDocumentStyles,
        controls: dict[str, Element],
        changes: Changes,
        mark: RunMark = RunMark.PLAIN,
    ) -> None:
        self.runs: list[Run] = []
        self.fields: list[tuple[str, list[Run]]] = []
        self.notes: list[Element] = []
        self.text_boxes: list[Element] = []
        self.objects: list[Element] = []
        self._styles = styles
        self._controls = controls
        self._changes = changes
        self._mark = mark

    def read(self, paragraph: Element) -> None:
        """Read a paragraph (`text:p` or `text:h`)."""
        is_hidden = self._styles.is_hidden("paragraph", paragraph.get("text:style-name", "")) or any(
            each.get("text:is-hidden") == "true" for each in paragraph.iter("text:hidden-paragraph")
        )
        self._read_with_mark(paragraph, RunMark.HIDDEN if is_hidden else self._mark)

    def read_shape(self, shape: Element) -> None:
        """Read a shape that is anchored in no paragraph."""
        self._read_element(shape)

    def drop_page_numbers(self) -> None:
        """Remove the page numbers at the end of an entry of an index: they move by themselves."""
        for position in reversed(range(len(self.runs))):
            if self.runs[position].mark is not RunMark.LINK:
                text = "".join(run.text for run in self.runs[: position + 1])
                pages = _INDEX_PAGES.search(text)
                if pages:
                    self._cut(len(text) - pages.start(), position)
                return

    def _cut(self, length: int, position: int) -> None:
        while length > 0 and position >= 0:
            run = self.runs[position]
            self.runs[position] = Run(run.text[: max(len(run.text) - length, 0)], run.mark)
            length -= len(run.text)
            position -= 1

    def _read_with_mark(self, element: Element, mark: RunMark) -> None:
        outer, self._mark = self._mark, mark
        self._read_children(element)
        self._mark = outer

    def _read_children(self, parent: Element) -> None:
        self._add(parent.text)
        for child in parent:
            self._read_element(child)
            self._add(child.tail)

    def _read_element(self, element: Element) -> None:
        tag = element.tag
        if tag in _CHARACTERS:
            self._add(_CHARACTERS[tag])
        elif tag in _NO_TEXT or tag in _VOLATILE_FIELDS or _is_volatile(element):
            return
        elif tag == "text:span":
            is_hidden = self._styles.is_hidden("text", element.get("text:style-name", ""))
            self._read_with_mark(element, RunMark.HIDDEN if is_hidden else self._mark)
        elif tag in {"text:note", "office:annotation"}:
            self.notes.append(element)
        elif tag in _SHAPES:
            self.text_boxes.append(element)
        elif tag == "draw:object":
            self.objects.append(element)
        elif tag == "draw:control":
            self._read_control(element)
        else:
            self._read_other(element)

    def _read_other(self, element: Element) -> None:
        tag = element.tag
        if tag in {"text:a", "draw:a"}:
            self._read_children(element)
            self._add_link(element.get("xlink:href", ""))
        elif tag == "loext:content-control":
            self._read_content_control(element)
        elif tag == "text:hidden-text":
            is_hidden = element.get("text:is-hidden") != "false"
            text = element.text or element.get("text:string-value") or ""
            self.runs.append(Run(text, RunMark.HIDDEN if is_hidden else self._mark))
        elif tag == "text:change":
            self.runs.append(Run(self._changes.get_deleted_text(element), RunMark.DELETED))
        elif tag in {"text:change-start", "text:change-end"}:
            self._changes.follow(element)
        elif tag == "field:fieldmark":
            self._add(_read_field_mark(element))
        else:
            self._read_children(element)
            self._add_formula(element)

    def _add_formula(self, field: Element) -> None:
        """Add the formula of a field, unless it is the value that is shown."""
        formula = field.get("text:formula", "").partition(":")[2]
        if formula and formula.strip('"') != "".join(field.itertext()):
            self.runs.append(Run(formula, RunMark.FORMULA))

    def _read_control(self, shape: Element) -> None:
        control = self._controls.get(shape.get("draw:control", ""))
        if control is not None:
            name, value = read_control(control)
            self.fields.append((name, [Run(value)]))

    def _read_content_control(self, control: Element) -> None:
        name = control.get("loext:alias", "") or control.get("loext:tag", "")
        if not name:
            self._read_children(control)
            return
        outer, self.runs = self.runs, []
        self._read_children(control)
        self.fields.append((name, self.runs))
        self.runs = [*outer, Run(name, RunMark.FIELD)]

    def _add(self, text: str | None) -> None:
        if text:
            is_inserted = self._mark is RunMark.PLAIN and self._changes.is_inserting
            self.runs.append(Run(text, RunMark.INSERTED if is_inserted else self._mark))

    def _add_link(self, address: str) -> None:
        if address and not address.startswith("#"):
            self.runs.append(Run(address, RunMark.LINK))


def _is_volatile(element: Element) -> bool:
    if element.tag in _MOMENTS:
        return element.get("text:fixed") != "true"
    return element.get("text:reference-format") in _PAGE_REFERENCES


def _read_field_mark(mark: Element) -> str:
    """Return the state of a check box, or the choice of a list, that came from a Word form."""
    parameters = [(each.get("field:name"), each.get("field:value", "")) for each in mark.iter("field:param")]
    values = dict(parameters)
    if mark.get("field:type", "").endswith("FORMCHECKBOX"):
        return "☒" if values.get("Checkbox_Checked") == "true" else "☐"
    entries = [value for name, value in parameters if name == "Dropdown_ListEntry"]
    selected = values.get("Dropdown_Selected", "")
    return entries[int(selected)] if selected.isdecimal() and int(selected) < len(entries) else ""
