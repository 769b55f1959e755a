"""Cards that are given up, and their entries in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.errors import Permanent

if TYPE_CHECKING:
    from reviews.model import Post
    from tests.reviews.desk import Desk

ARCHIVED = Permanent("the channel is archived")


def list_deliveries(desk: Desk) -> list[dict[str, Any]]:
    return [entry for entry in desk.entries() if entry["type"].startswith("delivery:")]


def give_up(desk: Desk, card: Post, error: Exception = ARCHIVED) -> dict[str, Any]:
    """Let a card be given up; return its entry."""
    desk.delivery.count_failure(card.id, "job", error)
    return list_deliveries(desk)[-1]
