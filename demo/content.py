"""The bytes of a version. They are made when they are read: a portal may have a hundred thousand files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final, Protocol

from demo import texts
from demo.office_files import Block, Paragraph, Rows, make_docx, make_xlsx

_WORD: Final = frozenset({".docx", ".docxf", ".oform"})
_PDF: Final = b"%PDF-1.7\n"


class Content(Protocol):
    """The bytes of a version, and what the next save makes of them."""

    @property
    def size(self) -> int: ...
    def read(self) -> bytes: ...
    def edit(self) -> Content:
        """Return the content after one more edit, which has another size too."""
        ...


@dataclass(frozen=True)
class WrittenContent:
    """A document of the stand-in's own, after so many edits; `subject` is a word of its first title."""

    suffix: str
    subject: str
    edits: int = 0

    @property
    def size(self) -> int:
        return len(self.read())

    def read(self) -> bytes:
        return _write(self.suffix, self.subject, self.edits)

    def edit(self) -> WrittenContent:
        return WrittenContent(self.suffix, self.subject, self.edits + 1)

    def list_lines(self) -> list[str]:
        """Return the text for the page that shows the document, a line for each paragraph or row."""
        if self.suffix in _WORD:
            return [line for block in _write_blocks(self.subject, self.edits) for line in _list_block(block)]
        if self.suffix == ".xlsx":
            return [line for rows in texts.write_due_diligence(self.edits).values() for line in _join(rows)]
        return texts.write_plain(self.edits)


@dataclass(frozen=True)
class StoredContent:
    """Bytes that came from outside, as an upload does; the editor adds a line to them."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self) -> bytes:
        return self.data

    def edit(self) -> StoredContent:
        return StoredContent(self.data + b"\nEdited.")


@dataclass(frozen=True)
class FilledContent:
    """So many bytes that say nothing, such as those of a film: one letter again and again."""

    size: int
    letter: str = "x"

    def read(self) -> bytes:
        return self.letter.encode() * self.size

    def edit(self) -> FilledContent:
        return FilledContent(self.size + 1, self.letter)


def write_content(title: str) -> WrittenContent:
    """Return the content of a new document, by the words and the extension of its title."""
    lower = title.lower()
    subject = next((each for each in texts.WORD_SUBJECTS if each in lower), "")
    return WrittenContent(PurePosixPath(lower).suffix, subject)


def convert_to_pdf(content: Content) -> StoredContent:
    """Return another file of the same document. It begins as a PDF does, and no program can show it."""
    return StoredContent(_PDF + content.read())


@lru_cache(maxsize=1024)
def _write(suffix: str, subject: str, edits: int) -> bytes:
    if suffix in _WORD:
        return make_docx(_write_blocks(subject, edits))
    if suffix == ".xlsx":
        return make_xlsx(texts.write_due_diligence(edits))
    return "\n".join(texts.write_plain(edits)).encode()


def _write_blocks(subject: str, edits: int) -> list[Block]:
    return texts.WORD_SUBJECTS.get(subject, texts.write_note)(edits)


def _list_block(block: Block) -> list[str]:
    return [block.text] if isinstance(block, Paragraph) else _join(block.rows)


def _join(rows: Rows) -> list[str]:
    return [" · ".join(map(str, row)) for row in rows]
