"""Signed links to the acknowledge page and to documents.

A link selects a review; it proves no one's identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reviews.notice import CanaryNotice

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Answerable, ReviewReference

LINK_LIFETIME = timedelta(days=30)
FILES_ANCHOR, CHANGES_ANCHOR = "files", "changes"
"""Parts of the page: the files of a bulk review, the differences of a document."""
CLOCK_TOLERANCE = timedelta(minutes=5)  # a worker signs, and a web process elsewhere reads


class BadLink(Exception):
    """The token is not ours, was changed, or is too old."""


@dataclass(frozen=True, kw_only=True)
class SelectedRevision:
    """The review and revision that a link names."""

    review_id: str
    revision: int


class Links:
    def __init__(self, secret_key: str, outside_address: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="acknowledge")
        self._documents = URLSafeTimedSerializer(secret_key, salt="document")
        self._tests = URLSafeTimedSerializer(secret_key, salt="test")
        self._address = outside_address

    def make_address(self, card: Answerable) -> str:
        """Return the full address of the page for this review at this revision, or for this test."""
        if isinstance(card, CanaryNotice):
            return f"{self._address}/test/{self._tests.dumps(card.canary_id)}"
        return f"{self._address}/ack/{self.make_token(card)}"

    def make_part_address(self, card: Card) -> str:
        """Return the same address, which leads to the files of a bulk review, or else to the differences."""
        return f"{self.make_address(card)}#{FILES_ANCHOR if card.bulk else CHANGES_ANCHOR}"

    def make_token(self, card: ReviewReference | SelectedRevision) -> str:
        """Return the token that selects a review at a revision in the page's address."""
        return _make_token(self._serializer, card)

    def read_token(self, token: str) -> SelectedRevision:
        return _read_token(self._serializer, token)

    def make_document_token(self, card: ReviewReference) -> str:
        """Return the token that leads to the document of a review at a revision, and to no page of ours."""
        return _make_token(self._documents, card)

    def read_document_token(self, token: str) -> SelectedRevision:
        return _read_token(self._documents, token)

    def read_test_token(self, token: str) -> str:
        """Return the id of the test that a link names."""
        return str(_load_token(self._tests, token))


def _make_token(serializer: URLSafeTimedSerializer, card: ReviewReference | SelectedRevision) -> str:
    return str(serializer.dumps([card.review_id, card.revision]))


def _read_token(serializer: URLSafeTimedSerializer, token: str) -> SelectedRevision:
    try:
        review_id, revision = _load_token(serializer, token)
    except (ValueError, TypeError) as error:
        raise BadLink from error
    return SelectedRevision(review_id=review_id, revision=revision)


def _load_token(serializer: URLSafeTimedSerializer, token: str) -> Any:
    """Return the content of a token; raise `BadLink` for one that is not ours, was changed, or is too old."""
    try:
        payload, signed_at = serializer.loads(token, return_timestamp=True)
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
    if not -CLOCK_TOLERANCE <= datetime.now(UTC) - signed_at <= LINK_LIFETIME:
        raise BadLink
    return payload
