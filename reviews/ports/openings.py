"""The repository of what people opened of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from reviews.opening import Opening


class OpeningRepository(Protocol):
    """The first openings of each review, by `reviews.people.person_digests`."""

    def list_first(
        self, review_id: str, revision: int, digests: Collection[str], *, until: datetime
    ) -> list[Opening]:
        """Return the first opening of each item by a person with one of these digests, up to a time."""
        ...

    def add(
        self, review_id: str, revision: int, digests: Collection[str], openings: Iterable[Opening]
    ) -> None:
        """Store openings under each digest, while the review is open at this revision.

        An opening that is stored already stays as it is.
        """
        ...
