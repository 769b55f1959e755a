"""The ledger: an append-only chain in which every entry carries the hash of the one before it.

The hash of an entry is the SHA-256, in lower-case hex, of the entry's canonical JSON (RFC 8785) without its
`hash` member. Entries hold strings, whole numbers, booleans, nulls, lists and objects; no floating point
numbers, which different writers print differently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64

Entry = Mapping[str, Any]


class EntryType(StrEnum):
    REVIEW_OPENED = "review:opened"
    REVIEW_REVISED = "review:revised"
    REVIEW_ACKNOWLEDGED = "review:acknowledged"
    REVIEW_CHANGES_REQUESTED = "review:changes_requested"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last entry's number and hash; `seq` 0 and the genesis hash for an empty ledger."""

    seq: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking a chain found: how many entries hold, and the first that does not."""

    checked: int
    first: int
    head: Head
    problem: str | None

    @property
    def intact(self) -> bool:
        return self.problem is None


def canonical(entry: Entry) -> bytes:
    """Return the one encoding of an entry (RFC 8785 for the values that entries may hold)."""
    return json.dumps(
        entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(entry: Entry) -> str:
    """Return the hash that belongs to an entry."""
    return hashlib.sha256(canonical({k: v for k, v in entry.items() if k != "hash"})).hexdigest()


def chained(head: Head, body: Entry) -> dict[str, Any]:
    """Return the entry that follows `head` and says `body`."""
    entry = {**body, "seq": head.seq + 1, "prev_hash": head.hash}
    return {**entry, "hash": digest(entry)}


def verify(entries: Iterable[Entry], *, expected: Head | None = None) -> Verdict:
    """Check a chain in order; `expected` is a head that was pinned elsewhere.

    The first entry may be any: an export of a period starts in the middle and is checked from there on.
    """
    checked, first, head = 0, 0, None
    for entry in entries:
        seq = entry.get("seq")
        if not isinstance(seq, int) or not isinstance(entry.get("hash"), str):
            return Verdict(checked=checked, first=first, head=head or _EMPTY, problem=_MALFORMED)
        if head is None:
            first = seq
            head = Head(seq=seq - 1, hash=GENESIS if seq == 1 else str(entry.get("prev_hash")))
        problem = _problem(entry, head)
        if problem:
            return Verdict(checked=checked, first=first, head=head, problem=problem)
        checked += 1
        head = Head(seq=seq, hash=entry["hash"])
    head = head or _EMPTY
    problem = None
    if expected is not None and head != expected:
        problem = (
            f"the chain ends at entry {head.seq}, but entry {expected.seq} was written: "
            "entries are missing at the end"
            if head.seq < expected.seq
            else f"the chain ends at entry {head.seq} with another hash than the one that was pinned"
        )
    return Verdict(checked=checked, first=first, head=head, problem=problem)


_EMPTY = Head(seq=0, hash=GENESIS)
_MALFORMED = "an entry has no number or no hash"


def _problem(entry: Entry, head: Head) -> str | None:
    seq = entry["seq"]
    if seq != head.seq + 1:
        return f"entry {head.seq + 1} is missing: entry {seq} follows entry {head.seq}"
    if entry.get("prev_hash") != head.hash:
        return f"entry {seq} does not follow entry {head.seq}: an entry was changed or put in its place"
    try:
        intact = digest(entry) == entry["hash"]
    except ValueError:  # a number or a character that no entry of ours can hold
        intact = False
    return None if intact else f"entry {seq} was changed after it was written"
