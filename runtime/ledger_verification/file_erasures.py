"""Erased places of an exported ledger, and the later entries that record each erasure."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING

from reviews.ledger.people_checks import UndisclosedPlace
from reviews.ledger.people_commitments import list_erased_commitments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ports.ledger import LedgerEntry


class BlockErasures:
    """The erased places of a block of lines, and the commitments that its entries record as erased.

    `events` has them in the order of the lines.
    """

    def __init__(self) -> None:
        self.events: list[UndisclosedPlace | list[str]] = []

    def add_entry(self, entry: LedgerEntry, erased: Mapping[str, str]) -> None:
        """Add an entry with the commitments in it that have nothing beside them."""
        for pointer, commitment in erased.items():
            self.events.append(UndisclosedPlace(entry["seq"], pointer, commitment))
        if commitments := list_erased_commitments(entry):
            self.events.append(commitments)


class ErasureCheck:
    """Whether each erased place of a file is in a later entry that records the erasure.

    It remembers each place until then, about 300 bytes.
    """

    def __init__(self) -> None:
        self.count = 0
        self._unrecorded: dict[str, UndisclosedPlace] = {}

    @property
    def unrecorded(self) -> int:
        """How many places no later entry has recorded so far."""
        return len(self._unrecorded)

    def add_block(self, erasures: BlockErasures) -> None:
        """Add the next block of lines."""
        for event in erasures.events:
            if isinstance(event, UndisclosedPlace):
                self.count += 1
                self._unrecorded[event.commitment] = event._replace(pointer=intern(event.pointer))
            else:
                for commitment in event:
                    self._unrecorded.pop(commitment, None)

    def find_first(self) -> UndisclosedPlace | None:
        """Return the first place that no later entry has recorded; `None` if there is none."""
        return next(iter(self._unrecorded.values()), None)
