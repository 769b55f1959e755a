"""Signed links to the acknowledge page. A link selects a review; it proves nobody's identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

if TYPE_CHECKING:
    from reviews.card import Card

GOOD_FOR = 30 * 86400  # seconds


class BadLink(Exception):
    """The token is not ours, was changed, or is too old."""


@dataclass(frozen=True, kw_only=True)
class Selected:
    """The one review and revision that a link names."""

    review_id: str
    revision: int


class Links:
    def __init__(self, secret_key: str, outside_address: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="acknowledge")
        self._address = outside_address

    def to(self, card: Card) -> str:
        """Return the full address of the page for this review at this revision."""
        token = self._serializer.dumps([card.review_id, card.revision])
        return f"{self._address}/ack/{token}"

    def read(self, token: str) -> Selected:
        try:
            review_id, revision = self._serializer.loads(token, max_age=GOOD_FOR)
        except (BadSignature, ValueError, TypeError) as error:
            raise BadLink from error
        return Selected(review_id=review_id, revision=revision)
