"""The commitments that the ledger records as erased, to find what was put back beside it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from store import recorded_erasures

if TYPE_CHECKING:
    import sqlalchemy as sa

_DIGITS = 16
_FORM = re.compile(f"[0-9a-f]{{{_DIGITS}}}")
_IN_ENTRY = re.compile(f'"commitment":"({_FORM.pattern})')


@dataclass(frozen=True)
class ErasedCommitments:
    """The first 64 bits of each commitment, in order, with the entry: 16 bytes for each erased value."""

    prefixes: array[int]
    entries: array[int]

    @classmethod
    def read(cls, engine: sa.Engine) -> Self:
        """Return all that are recorded now."""
        prefixes, entries = array("Q"), array("q")
        for seq, commitments in recorded_erasures.iterate_erasures(engine, after=0):
            numbers = [int(form[0], 16) for each in commitments if (form := _FORM.match(each))]
            prefixes.extend(numbers)
            entries.extend([seq] * len(numbers))
        order = sorted(range(len(prefixes)), key=prefixes.__getitem__)
        return cls(
            array("Q", (prefixes[place] for place in order)), array("q", (entries[place] for place in order))
        )

    def may_be_in(self, text: str, *, seq: int) -> bool:
        """Return whether an entry commits to something that a later one records as erased."""
        return len(self.prefixes) > 0 and any(self.has(each, seq=seq) for each in _IN_ENTRY.findall(text))

    def has(self, commitment: str, *, seq: int) -> bool:
        """Return whether an entry after number `seq` records a commitment as erased."""
        number = int(commitment[:_DIGITS], 16)
        place = bisect_left(self.prefixes, number)
        while place < len(self.prefixes) and self.prefixes[place] == number:
            if self.entries[place] > seq:
                return True
            place += 1
        return False
