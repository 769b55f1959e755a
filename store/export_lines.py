"""The lines of `ledger export`: entries as they were written, with what they commit to in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.exported_entries import ERASED_PLACES, SALTS, format_exported_entry
from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from reviews.ledger.people_commitments import COMMITMENT_START
from store.disclosures import find_commitment_places, parse_disclosures
from store.ledger_reading import EntryRange
from store.ledger_rows import iterate_rows
from store.quick_proof import encode_plain, read_canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from store.ledger_reading import Excerpt


def iterate_lines(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[str]:
    """Yield the line of each entry of a part, or of all, in order.

    An entry is not checked: the check of the lines does that. Raise `LedgerBroken` at one beside which
    stands what can't be put in its line.
    """
    entry_range = excerpt.entry_range if excerpt else EntryRange(after=None, until=None)
    for row, people in iterate_rows(engine, after=entry_range.after, until=entry_range.until):
        yield format_line(row.seq, row.entry, people)


def format_line(seq: int, text: str, people: str | None) -> str:
    """Return the line of an entry with this text, beside which stands this row, or raise `LedgerBroken`."""
    if not isinstance(text, str) or (people is None and COMMITMENT_START not in text):
        return text
    return _format_quickly(text, people) or _format_in_full(seq, text, people)


def _format_quickly(text: str, people: str | None) -> str | None:
    """Return the line if all that the entry commits to certainly stands beside it, and nothing else."""
    entry, pairs = _read_certain(text), _read_certain(people)
    if entry is None or not pairs or _has_added(entry) or len(pairs) != text.count(COMMITMENT_START):
        return None
    places = find_commitment_places(entry, pairs)
    if places is None:
        return None
    salts = {}
    for (holder, name), (pointer, pair) in zip(places, pairs.items(), strict=True):
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
            return None
        salts[pointer], holder[name] = pair
    entry[SALTS] = salts
    return encode_plain(entry).decode()


def _has_added(entry: dict[str, Any]) -> bool:
    return SALTS in entry or ERASED_PLACES in entry


def _read_certain(text: str | None) -> dict[str, Any] | None:
    try:
        return None if text is None else read_canonical(text.encode())
    except (ValueError, AttributeError):  # half a surrogate pair, or no text
        return None


def _format_in_full(seq: int, text: str, people: str | None) -> str:
    try:
        entry = parse_entry(text, label=f"entry {seq}")
    except LedgerBroken:  # the line is refused for what it is
        return text
    line = format_exported_entry(entry, parse_disclosures(people, seq=seq))
    try:
        return encode_canonical(line).decode()
    except (ValueError, RecursionError):  # a value that no entry of ours can hold
        raise LedgerBroken(f"entry {seq} was changed after it was written") from None
