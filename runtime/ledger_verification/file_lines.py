"""The lines of a file that `ledger export` wrote: cut into blocks, read, and compared with how it writes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from reviews.ledger.hash_chain import (
    LedgerBroken,
    ReadEntry,
    encode_canonical,
    has_place,
    hash_entry,
    parse_entry,
)
from reviews.text import escape_controls
from store.quick_proof import prove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.ledger import LedgerEntry

MAX_LINE_BYTES = 4 * 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class LineBlock:
    """Successive lines of a file; `first` is the number of the first one."""

    first: int
    lines: bytes


def read_blocks(file: BinaryIO, block_bytes: int) -> Iterator[LineBlock]:
    """Yield all lines; one that is too long is cut where `read_line` refuses it already."""
    first = 1
    while lines := file.read(block_bytes):
        lines += file.readline(MAX_LINE_BYTES)
        yield LineBlock(first=first, lines=lines)
        first += lines.count(b"\n")


def iterate_lines(block: LineBlock) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number in the file."""
    lines, number = BytesIO(block.lines), block.first
    while line := lines.readline(MAX_LINE_BYTES):
        yield number, line
        number += 1


def read_line(line: bytes, *, number: int) -> ReadEntry:
    """Return the entry in a line, as `verify` needs it, or raise `LedgerBroken`.

    An editor may have put a byte order mark before the first line, and a carriage return after each.
    """
    label = _label_line(number)
    if len(line) >= MAX_LINE_BYTES:
        raise LedgerBroken(f"{label} is longer than any entry")
    proven = prove(line.rstrip(b"\r\n"))
    entry = _parse_line(line, number=number) if proven is None else proven
    if not has_place(entry):
        raise LedgerBroken(f"{label} is an entry without its number or its hash")
    return ReadEntry(entry, proven=proven is not None)


def _parse_line(line: bytes, *, number: int) -> LedgerEntry:
    label = _label_line(number)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise LedgerBroken(f"{label} is not text") from None
    try:
        return parse_entry(text, label=label)
    except LedgerBroken as broken:
        if line.endswith(b"\n"):
            raise
        raise LedgerBroken(f"{broken}: the file ends within it") from None


def encode_line(line: bytes, read: ReadEntry) -> bytes | None:
    """Return the canonical encoding of the entry in a line; `None` for a value that no entry may hold."""
    if read.proven:
        return line.rstrip(b"\r\n")
    try:
        return encode_canonical(read.entry)
    except (ValueError, RecursionError):
        return None


def require_exported_form(line: bytes, entry: LedgerEntry, canonical: bytes, *, number: int) -> None:
    """Raise `LedgerBroken` for a line whose entry holds, but which `ledger export` would write otherwise."""
    content = line.removesuffix(b"\n")
    if content == canonical or content == escape_controls(canonical.decode()).encode():
        return
    if hash_entry(entry) == entry.get("hash"):
        raise LedgerBroken(f"{_label_line(number)} {_describe_form(content)}")


def _describe_form(content: bytes) -> str:
    if content.endswith(b"\r"):
        return "ends in CRLF: its line ends were changed after the export, and not its entry"
    if content.startswith(_BYTE_ORDER_MARK):
        return "begins with a byte order mark: the file was saved by an editor after the export"
    return "is not as an export writes it: the same members stand there in another order or spelling"


def _label_line(number: int) -> str:
    return f"line {number} of the file"
