"""Signed links to the acknowledge page. A link selects a review; it proves nobody's identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reviews.notice import Notice

if TYPE_CHECKING:
    from reviews.model import NamesReview

GOOD_FOR = timedelta(days=30)
FILES = "files"  # the part of the page that lists them
CLOCKS_APART = timedelta(minutes=5)  # a worker signs, and a web process elsewhere reads


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
        self._tests = URLSafeTimedSerializer(secret_key, salt="test")
        self._address = outside_address

    def to(self, card: NamesReview) -> str:
        """Return the full address of the page for this review at this revision, or for this test."""
        if isinstance(card, Notice) and card.canary:
            return f"{self._address}/test/{self._tests.dumps(card.canary)}"
        return f"{self._address}/ack/{self.token_of(card)}"

    def to_files(self, card: NamesReview) -> str:
        """Return the same address, which leads to the list of all files of a bulk review."""
        return f"{self.to(card)}#{FILES}"

    def token_of(self, card: NamesReview | Selected) -> str:
        """Return what selects a review at a revision in the page's address."""
        return str(self._serializer.dumps([card.review_id, card.revision]))

    def read(self, token: str) -> Selected:
        try:
            review_id, revision = _loaded(self._serializer, token)
        except (ValueError, TypeError) as error:
            raise BadLink from error
        return Selected(review_id=review_id, revision=revision)

    def read_test(self, token: str) -> str:
        """Return the id of the test that a link names."""
        return str(_loaded(self._tests, token))


def _loaded(serializer: URLSafeTimedSerializer, token: str) -> Any:
    try:
        said, signed_at = serializer.loads(token, return_timestamp=True)
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
    if not -CLOCKS_APART <= datetime.now(UTC) - signed_at <= GOOD_FOR:
        raise BadLink
    return said
