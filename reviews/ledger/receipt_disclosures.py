"""The last block of a receipt: what its entries commit to, with the salts.

The proofs hold without it. Its first line is `DISCLOSURES_FORMAT`; then comes a line for each entry with
something to disclose, in the order of the ledger: the RFC 8785 form of `{"seq": N, "values": {pointer: [salt,
value]}}`. An entry without a line, and a commitment without a value, is withheld or was erased.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from reviews.ledger.people_commitments import find_mismatches
from reviews.ledger.pointers import quote_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviews.ledger.people_commitments import Disclosures

DISCLOSURES_FORMAT = "docspace-review/disclosures@v1"
"""The first line of the block."""
_START = f"\n\n{DISCLOSURES_FORMAT}\n"


def format_disclosure_block(disclosures: Mapping[int, Disclosures]) -> str:
    """Return the block with the empty line before it; an empty text if nothing is disclosed."""
    lines = [
        encode_canonical({"seq": seq, "values": values}).decode()
        for seq, values in sorted(disclosures.items())
        if values
    ]
    return "\n".join(["", DISCLOSURES_FORMAT, *lines, ""]) if lines else ""


def split_disclosure_block(text: str) -> tuple[str, str | None]:
    """Return the proofs of a receipt, and the lines of the block after them; `None` without one."""
    proofs, separator, lines = text.partition(_START)
    return (f"{proofs}\n", lines) if separator else (text, None)


def parse_disclosure_block(lines: str) -> dict[int, Disclosures]:
    """Return what the lines of the block disclose, by the entries' numbers, or raise `LedgerBroken`."""
    return dict(iterate_disclosures(StringIO(lines)))


def iterate_disclosures(lines: Iterable[str]) -> Iterator[tuple[int, Disclosures]]:
    """Yield an entry's number and what it commits to for each line of the block; raise `LedgerBroken`."""
    last, number = 0, 0
    for number, line in enumerate(lines, start=1):
        if not line.endswith("\n"):
            raise LedgerBroken(f"line {number} is cut off")
        if line == "\n":
            raise LedgerBroken(f"line {number} is empty, and nothing follows them in a receipt")
        seq, values = _parse_line(line.removesuffix("\n"), label=f"line {number}")
        if seq == last:
            raise LedgerBroken(f"entry {seq} is there twice")
        if seq < last:
            raise LedgerBroken(f"entry {seq} stands after entry {last}: the order is that of the ledger")
        last = seq
        yield seq, values
    if not number:
        raise LedgerBroken("there is none")


def require_commitments(disclosures: Disclosures, commitments: Mapping[str, str], *, seq: int) -> None:
    """Raise `LedgerBroken` unless an entry commits to each of these values."""
    for pointer, commitment in find_mismatches(commitments, disclosures):
        what = "nothing at" if commitment is None else "another"
        raise LedgerBroken(f"entry {seq} commits to {what} {quote_pointer(pointer)}")


def _parse_line(line: str, *, label: str) -> tuple[int, Disclosures]:
    members = parse_entry(line, label=label, kind="disclosure")
    seq, values = members.get("seq"), members.get("values")
    if len(members) > 2 or type(seq) is not int or not isinstance(values, dict) or not values:
        raise LedgerBroken(f"{label} is not the number of an entry with values of it")
    if not all(map(_is_pair, values.values())):
        raise LedgerBroken(f"{label} has a value without its salt")
    if not _is_canonical(members, line):
        raise LedgerBroken(f"{label} is not as it was written: its members stand there in another spelling")
    return seq, {pointer: (salt, value) for pointer, (salt, value) in values.items()}


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)


def _is_canonical(members: Mapping[str, Any], line: str) -> bool:
    try:
        return encode_canonical(members) == line.encode()
    except (ValueError, RecursionError):  # a value that no entry may hold
        return False
