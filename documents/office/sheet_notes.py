"""What a workbook says beside its cells: comments, prompts, choices, constants, other workbooks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from documents.cell_names import format_ranges, parse_cell_name, parse_range
from documents.office.sheet_texts import join_texts, unescape_text
from documents.passages import Area, DocumentPlace, Run, RunMark
from documents.xml_names import find_path, iterate_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.package import Package

_THREAD_COPY = "tc="  # begins the author of what older programs show of a thread ([MS-XLSX] 2.6.205)
_VALIDATIONS = {"s:dataValidation", "x14:dataValidation"}
_MESSAGES = ("promptTitle", "prompt", "errorTitle", "error")
_CONSTANT = re.compile(r'[-+]?[\d.]+(?:E[-+]?\d+)?%?|"(?:[^"]|"")*"|TRUE|FALSE|\{.*\}', re.IGNORECASE)


class CommentReader:
    """Collects the comments of sheets."""

    def __init__(self, package: Package, collector: PassageCollector, workbook_name: str) -> None:
        self._package = package
        self._collector = collector
        self._people = {
            person.get("id", ""): person.get("displayName", "")
            for name in package.find_related(workbook_name, "person")
            for person in package.parse(name)
        }

    def collect(self, part_name: str, place: DocumentPlace) -> None:
        """Collect threads, then notes; an old program's copy of a thread is left out."""
        for name in self._package.find_related(part_name, "threadedComment"):
            for comment in self._package.parse(name).iter("tc:threadedComment"):
                author = self._people.get(comment.get("personId", ""), "")
                text = "".join(each.text or "" for each in comment.iter("tc:text"))
                self._add(place, comment.get("ref", ""), author, text)
        has_threads = bool(self._package.find_related(part_name, "threadedComment"))
        for name in self._package.find_related(part_name, "comments"):
            root = self._package.parse(name)
            authors = [each.text or "" for each in iterate_path(root, "s:authors", "s:author")]
            for comment in root.iter("s:comment"):
                number = int(comment.get("authorId", "0"))
                author = authors[number] if number < len(authors) else ""
                if not (has_threads and author.startswith(_THREAD_COPY)):
                    self._add(place, comment.get("ref", ""), author, join_texts(comment))

    def _add(self, place: DocumentPlace, cell: str, author: str, text: str) -> None:
        row, column = parse_cell_name(cell)
        where = replace(place, area=Area.COMMENT, name=author, row=row, column=column)
        self._collector.add(where, [Run(text)])


def collect_prompts(collector: PassageCollector, content: Element, place: DocumentPlace) -> None:
    """Collect the messages of cells and the choices that a cell offers (ECMA-376 part 1, 18.3.1.32)."""
    for rule in content.iter():
        if rule.tag not in _VALIDATIONS:
            continue
        ranges = rule.get("sqref") or next((each.text or "" for each in rule.iter("xm:sqref")), "")
        cells = format_ranges(map(parse_range, ranges.split()))
        row, column = parse_cell_name(cells)
        where = replace(place, area=Area.FIELD, row=row, column=column)
        messages = " ".join(unescape_text(rule.get(each, "")) for each in _MESSAGES)
        collector.add(where, [Run(messages)], mark=cells)
        choices = (
            rule.findtext("s:formula1")
            or getattr(find_path(rule, "x14:formula1", "xm:f"), "text", None)
            or ""
        )
        if choices.startswith('"'):
            collector.add(where, [Run(choices.strip('"').replace(",", ", "))], mark=cells)


def collect_constants(collector: PassageCollector, workbook: Element) -> None:
    """Collect names that stand for a value, not for cells (ECMA-376 part 1, 18.2.5)."""
    for name in iterate_path(workbook, "s:definedNames", "s:definedName"):
        text = (name.text or "").strip()
        if _CONSTANT.fullmatch(text):
            collector.add(DocumentPlace(Area.FIELD, name=name.get("name", "")), [Run(text)])


def collect_other_workbooks(
    collector: PassageCollector, package: Package, workbook: Element, workbook_name: str
) -> None:
    """Collect the addresses of workbooks that formulas refer to by a number, as `[1]Fees!A1`."""
    relations = package.read_relations(workbook_name)
    references = iterate_path(workbook, "s:externalReferences", "s:externalReference")
    for number, reference in enumerate(references, 1):
        relation = relations.get(reference.get("r:id", ""))
        for target in package.read_relations(relation.target).values() if relation else ():
            if target.is_external:
                collector.add(
                    DocumentPlace(Area.FIELD, name=f"[{number}]"), [Run(target.target, RunMark.LINK)]
                )
