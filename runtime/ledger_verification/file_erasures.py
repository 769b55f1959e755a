"""Erased places of an exported ledger, and the later entries that record each erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ports.ledger import LedgerEntry


class ErasedPlace(NamedTuple):
    """A commitment with nothing beside it: in which entry, and the JSON pointer of its place."""

    seq: int
    pointer: str
    commitment: str


class BlockErasures:
    """The erased places of a block of lines, and the commitments that its entries record as erased.

    `events` has them in the order of the lines.
    """

    def __init__(self) -> None:
        self.events: list[ErasedPlace | list[str]] = []

    def add_entry(self, entry: LedgerEntry, erased: Mapping[str, str]) -> None:
        """Add an entry with the commitments in it that have nothing beside them."""
        for pointer, commitment in erased.items():
            self.events.append(ErasedPlace(entry["seq"], pointer, commitment))
        if entry.get("type") == EntryType.PEOPLE_ERASED:
            self.events.append(_read_commitments(entry))


def _read_commitments(entry: LedgerEntry) -> list[str]:
    """Return the commitments that an entry records as erased."""
    commitments = entry.get("commitments")
    return [each for each in commitments if isinstance(each, str)] if isinstance(commitments, list) else []


class ErasureCheck:
    """Whether each erased place of a file is in a later entry that records the erasure.

    It remembers each place until then, about 300 bytes.
    """

    def __init__(self) -> None:
        self.count = 0
        self._unrecorded: dict[str, ErasedPlace] = {}

    @property
    def unrecorded(self) -> int:
        """How many places no later entry has recorded so far."""
        return len(self._unrecorded)

    def add_block(self, erasures: BlockErasures) -> None:
        """Add the next block of lines."""
        for event in erasures.events:
            if isinstance(event, ErasedPlace):
                self.count += 1
                self._unrecorded[event.commitment] = event
            else:
                for commitment in event:
                    self._unrecorded.pop(commitment, None)

    def find_first(self) -> ErasedPlace | None:
        """Return the first place that no later entry has recorded; `None` if there is none."""
        return next(iter(self._unrecorded.values()), None)
