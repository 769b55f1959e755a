"""A guard for rows that a newer release wrote: they may be shown, not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.notice import ChangeNotice, DigestNotice, RevisionNotice
from reviews.stored_enums import WrittenByNewer, is_known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from reviews.model import Post, Review
    from reviews.notice import Notice


def require_known_review(review: Review) -> None:
    """Raise `WrittenByNewer` for a review that this release may show but not change."""
    for value in _list_enum_values(review):
        if not is_known(value):
            raise WrittenByNewer(f"review {review.id}", value)


def require_known_card(card: Post) -> None:
    """Raise `WrittenByNewer` for a card or notice that this release can't draw."""
    for value in (card.state, *(_list_notice_enums(card.notice) if card.notice else ())):
        if not is_known(value):
            raise WrittenByNewer(f"card {card.id}", value)


def _list_notice_enums(notice: Notice) -> list[StrEnum]:
    match notice:
        case RevisionNotice() | ChangeNotice():
            return [notice.kind, notice.change_kind]
        case DigestNotice():
            return [notice.kind, *(line.kind for line in notice.lines)]
        case _:
            return [notice.kind]


def _list_enum_values(review: Review) -> Iterator[StrEnum]:
    yield from (review.state, review.kind)
    yield from (answer.decision for answer in review.answers)
