"""What the form that led to a page of the inbox did to which review; shown once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, get_flashed_messages

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ANYWHERE = "anywhere:"
"""Begins the category of a message that is shown even if its review is not on the page."""


def flash_anywhere(message: str, review_id: str) -> None:
    """Store a message for the next page: on the card of the review, else above all cards.

    A person who has passed a review on may not see it any more.
    """
    flash(message, _ANYWHERE + review_id)


@dataclass(frozen=True, kw_only=True)
class FlashedMessages:
    """The messages by the id of their review; `anywhere` are the ids of those that are shown in any case."""

    by_review: Mapping[str, str]
    anywhere: tuple[str, ...]

    @classmethod
    def read(cls) -> FlashedMessages:
        """Take the messages; no later page has them."""
        flashed: Any = get_flashed_messages(with_categories=True)
        return cls(
            by_review={category.removeprefix(_ANYWHERE): message for category, message in flashed},
            anywhere=tuple(
                category.removeprefix(_ANYWHERE) for category, _ in flashed if category.startswith(_ANYWHERE)
            ),
        )

    def list_others(self, shown_ids: Collection[str]) -> list[str]:
        """Return the messages to show above all cards, by the ids of the reviews on the page."""
        return [self.by_review[review_id] for review_id in self.anywhere if review_id not in shown_ids]
