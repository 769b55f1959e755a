"""The repository of the ledger, an append-only chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

LedgerEntry = Mapping[str, Any]


class LedgerRepository(Protocol):
    """The append-only chain."""

    def append(self, body: Mapping[str, Any]) -> None:
        """Write an entry as part of the transaction; numbered and chained when it commits.

        Its `review_id` is `None` if it belongs to no review.
        """
        ...

    def time_answer(self, identity: str, measure: Callable[[], timedelta]) -> None:
        """Count how long an answer took, by how the person was proven.

        `measure` is called when the transaction's entries are written: waiting for the ledger's end is in it.
        """
        ...

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        """Return the entries of a review, the oldest first, without `skip` at the beginning.

        An entry that can't be read any more is left out: the check of the ledger reports it.
        """
        ...

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        """Return at most `limit` of the last entries of a review, the oldest of them first."""
        ...

    def list_after(self, seq: int, *, limit: int) -> list[Mapping[str, Any]]:
        """Return the entries after one of the whole ledger, the oldest first, as `list_entries` does."""
        ...

    def get_last_seq(self) -> int:
        """Return the number of the last entry, which every event of a review increments."""
        ...
