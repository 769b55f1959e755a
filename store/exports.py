"""The lines of `ledger export`: entries as they were written, with what they commit to in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.exported_entries import COMMITMENT_START, format_exported_entry
from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from store.chain import EntryRange
from store.disclosures import parse_disclosures
from store.ledger_rows import iterate_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from store.chain import Excerpt

_START = COMMITMENT_START.decode()


def iterate_lines(engine: sa.Engine, excerpt: Excerpt | None = None) -> Iterator[str]:
    """Yield the line of each entry of a part, or of all, in order.

    An entry is not checked: the check of the lines does that. Raise `LedgerBroken` at one beside which
    stands what can't be put in its line.
    """
    entry_range = excerpt.entry_range if excerpt else EntryRange(after=None, until=None)
    for row, people in iterate_rows(engine, after=entry_range.after, until=entry_range.until):
        yield format_line(row.seq, row.entry, people)


def format_line(seq: int, text: str, people: str | None) -> str:
    """Return the line of one entry, of what its row and the one beside it hold; raise as `iterate_lines`."""
    if not isinstance(text, str) or (people is None and _START not in text):
        return text
    try:
        entry = parse_entry(text, label=f"entry {seq}")
    except LedgerBroken:  # the line is refused for what it is
        return text
    line = format_exported_entry(entry, parse_disclosures(people, seq=seq))
    try:
        return encode_canonical(line).decode()
    except (ValueError, RecursionError):  # a value that no entry of ours can hold
        raise LedgerBroken(f"entry {seq} was changed after it was written") from None
