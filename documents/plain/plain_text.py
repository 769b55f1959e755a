"""Plain text and CSV: what stands on each line, in each cell."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from documents.collector import PassageCollector
from documents.errors import Reason, UnreadDocument
from documents.passages import Area, DocumentPlace, Passage, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

# The mark of UTF-32 LE begins with that of UTF-16 LE.
_ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
for _encoding in ("utf-8", "cp1252", *_ENCODINGS.values()):
    codecs.lookup(_encoding)  # loads it: the process that reads opens no files

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 20
_DELIMITER_LINE = "sep="  # the first line by which a file tells Excel its delimiter


def read_plain_text(content: bytes) -> list[Passage]:
    """Return a passage for each line that has text; lines that were broken at a width are one.

    Raises:
        UnreadDocument: It is no text, or too large.
    """
    collector = PassageCollector()
    block: list[str] = []
    for line in [*decode_text(content).splitlines(), ""]:
        if line.strip():
            block.append(line.strip())
            continue
        for text in [" ".join(block)] if _is_wrapped(block) else block:
            collector.add(DocumentPlace(), [Run(text)])
        block = []
    return collector.passages


def _is_wrapped(block: list[str]) -> bool:
    """Return whether each line of a block is as full as its longest: the next word had no place."""
    width = max(map(len, block), default=0)
    return len(block) > 1 and all(
        len(line) + 1 + len(following.split(maxsplit=1)[0]) > width for line, following in pairwise(block)
    )


def read_csv(content: bytes) -> list[Passage]:
    """Return a passage for each cell that has text; rows and columns count from 1.

    Raises:
        UnreadDocument: It is no text, too large, or has a cell of more than 131,072 characters: a quotation
            mark that is never closed.
    """
    collector = PassageCollector()
    text = decode_text(content)
    delimiter = _read_delimiter_line(text)
    if delimiter:
        text = text.partition("\n")[2]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _choose_delimiter(text))
    try:
        for row_number, row in enumerate(rows, 1):
            for column_number, cell in enumerate(row, 1):
                collector.add(DocumentPlace(Area.CELL, row=row_number, column=column_number), [Run(cell)])
    except csv.Error as error:
        raise UnreadDocument(Reason.DAMAGED) from error
    return collector.passages


def decode_text(content: bytes) -> str:
    """Return the text of a file: by its byte order mark, else UTF-8, else Windows-1252.

    Raises:
        UnreadDocument: It is no text.
    """
    encoding = next((each for mark, each in _ENCODINGS.items() if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise UnreadDocument(Reason.DAMAGED)
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeError as error:
        if encoding is not None:
            raise UnreadDocument(Reason.DAMAGED) from error
    return content.decode("cp1252", "replace")


def _read_delimiter_line(text: str) -> str:
    line = text.partition("\n")[0].rstrip("\r")
    has_delimiter = line.lower().startswith(_DELIMITER_LINE) and len(line) == len(_DELIMITER_LINE) + 1
    return line[-1] if has_delimiter and line[-1] in _DELIMITERS else ""


def _choose_delimiter(text: str) -> str:
    """Return the delimiter that most lines have as often as the first; of several, the most frequent.

    The first line is mostly of names: a decimal comma is not in it.
    """
    counts = [Counter(_iterate_unquoted(line)) for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]]

    def rate(delimiter: str) -> tuple[int, int]:
        expected = counts[0][delimiter]
        agreeing = sum(count[delimiter] == expected for count in counts) if expected else 0
        return agreeing, sum(count[delimiter] for count in counts)

    return max(_DELIMITERS, key=rate)


def _iterate_unquoted(line: str) -> Iterator[str]:
    return (character for piece in line.split('"')[::2] for character in piece)
