"""Builds the text of documents, without files."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from documents.comparison.comparison import compare_documents
from documents.comparison.parts import PartKind
from documents.passages import Area, DocumentPlace, DocumentText, Passage, Run, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from documents.comparison.parts import DocumentComparison, Part

_WORD = re.compile(r"\w+")


def build_text(*paragraphs: str) -> DocumentText:
    """Return a document of paragraphs."""
    return DocumentText("docx", tuple(Passage(DocumentPlace(), (Run(each),)) for each in paragraphs if each))


def build_table(*rows: Sequence[str]) -> DocumentText:
    """Return a document with a table."""
    return DocumentText("docx", tuple(_iterate_cells(rows, DocumentPlace(Area.TABLE, table=1))))


def build_sheet(
    *rows: Sequence[str], name: str = "Fees", hidden: frozenset[int] = frozenset()
) -> DocumentText:
    """Return a workbook of one sheet; cells that begin with `=` are formulas, some rows are hidden."""
    title = Passage(DocumentPlace(Area.SHEET, sheet=name), (Run(name),))
    cells = _iterate_cells(rows, DocumentPlace(Area.CELL, sheet=name), hidden)
    return DocumentText("xlsx", (title, *cells))


def _iterate_cells(
    rows: Sequence[Sequence[str]], place: DocumentPlace, hidden: frozenset[int] = frozenset()
) -> Iterable[Passage]:
    for row, cells in enumerate(rows, 1):
        for column, text in enumerate(cells, 1):
            if text:
                run = Run(text[1:], RunMark.FORMULA) if text.startswith("=") else Run(text)
                where = DocumentPlace(
                    place.area, sheet=place.sheet, table=place.table, row=row, column=column
                )
                yield Passage(where, (run,), row in hidden)


def compare_paragraphs(before: str, after: str) -> DocumentComparison:
    return compare_documents(build_text(before), build_text(after))


def list_parts(before: DocumentText, after: DocumentText) -> list[tuple[str, str, str]]:
    """Return kind, text before and text after of each part."""
    return [(part.kind.value, part.before, part.after) for part in compare_documents(before, after).parts]


def count_words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(text))


def count_document_words(document: DocumentText) -> Counter[str]:
    return count_words(run.text for passage in document.passages for run in passage.runs)


def subtract(first: Counter[str], second: Counter[str]) -> dict[str, int]:
    """Return by how much the counts differ, where they do."""
    return {word: first[word] - second[word] for word in first | second if first[word] != second[word]}


def count_reported_words(parts: Iterable[Part]) -> dict[str, int]:
    """Return by how much the words of parts differ, after less before; what moved says the same."""
    changed = [part for part in parts if part.kind is not PartKind.MOVED]
    return subtract(count_words(part.after for part in changed), count_words(part.before for part in changed))
