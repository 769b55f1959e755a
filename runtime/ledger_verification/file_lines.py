"""The lines of a file that `ledger export` wrote: cut into blocks, read, and compared with how it writes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from reviews.ledger.exported_entries import ERASED_PLACES, SALTS, restore_stored_entry
from reviews.ledger.hash_chain import (
    LedgerBroken,
    ReadEntry,
    encode_canonical,
    has_place,
    hash_entry,
    parse_entry,
)
from reviews.ledger.people_commitments import ENCODED_COMMITMENT_START
from reviews.text import escape_controls
from store.quick_proof import encode_plain, has_own_hash, read_canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviews.ports.ledger import LedgerEntry

MAX_LINE_BYTES = 4 * 1024 * 1024
_NOTHING: Mapping[str, str] = {}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BEGINNING = b'{"'
_NO_EXPORT = "so the file is no export: docspace-review ledger export writes one (not --format csv)"


class NoExport(Exception):
    """A file is no export: its first line does not even begin as an entry does."""


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


class ReadLine(NamedTuple):
    """A line with the entry in it.

    Attributes:
        entry: The entry as it was hashed, for `verify`.
        leaf: Its canonical encoding; `None` for a value that no entry may hold.
        erased: The commitments in it that the line has no value for, by the JSON pointers of their places.
        members: What the line has: the people in clear, and what an export adds.
        is_canonical: Whether the text of the line is the canonical encoding of these members.
    """

    entry: ReadEntry
    leaf: bytes | None
    erased: Mapping[str, str]
    members: LedgerEntry
    is_canonical: bool


def read_line(line: bytes, *, number: int) -> ReadLine:
    """Return the entry in a line, or raise `LedgerBroken`.

    An editor may have put a byte order mark before the first line, and a carriage return after each.
    """
    if len(line) >= MAX_LINE_BYTES:
        raise LedgerBroken(f"{_label_line(number)} is longer than any entry")
    read = _prove_line(line.rstrip(b"\r\n"), number=number)
    if read is None:
        members = _parse_line(line, number=number)
        restored = restore_stored_entry(members, label=_label_line(number))
        entry = ReadEntry(restored.entry, proven=False)
        read = ReadLine(entry, restored.encoded, restored.erased, members, is_canonical=False)
    if not has_place(read.entry.entry):
        raise LedgerBroken(f"{_label_line(number)} is an entry without its number or its hash")
    return read


def read_line_of_export(line: bytes, *, number: int) -> ReadLine:
    """Do the same for a file that has to be an export, or raise `NoExport`."""
    try:
        return read_line(line, number=number)
    except LedgerBroken as broken:
        if number == 1 and not line.removeprefix(_BYTE_ORDER_MARK).startswith(_BEGINNING):
            raise NoExport(f"{broken}, {_NO_EXPORT}") from None
        raise


def _prove_line(content: bytes, *, number: int) -> ReadLine | None:
    """Return the line if its entry is proven at a glance; `LedgerBroken` if it can't be restored."""
    members = read_canonical(content)
    if members is None:
        return None
    entry: LedgerEntry = members
    leaf: bytes | None = content
    erased = _NOTHING
    if ENCODED_COMMITMENT_START in content or SALTS in members or ERASED_PLACES in members:
        label = _label_line(number)
        entry, leaf, _, erased = restore_stored_entry(members, label=label, encode=encode_plain)
    if leaf is None or not has_own_hash(leaf, entry.get("hash")):
        return None
    return ReadLine(ReadEntry(entry, True), leaf, erased, members, True)


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


def require_exported_form(line: bytes, read: ReadLine, *, number: int) -> None:
    """Raise `LedgerBroken` for a line whose entry holds, but which `ledger export` would write otherwise."""
    if read.is_canonical and b"\r" not in line[-2:]:
        return
    content, canonical = line.removesuffix(b"\n"), encode_canonical(read.members)
    if content == canonical or content == escape_controls(canonical.decode()).encode():
        return
    if hash_entry(read.entry.entry) == read.entry.entry.get("hash"):
        raise LedgerBroken(f"{_label_line(number)} {_describe_form(content)}")


def _describe_form(content: bytes) -> str:
    if content.endswith(b"\r"):
        return "ends in CRLF: its line ends were changed after the export, and not its entry"
    if content.startswith(_BYTE_ORDER_MARK):
        return "begins with a byte order mark: the file was saved by an editor after the export"
    return "is not as an export writes it: the same members stand there in another order or spelling"


def _label_line(number: int) -> str:
    return f"line {number} of the file"
