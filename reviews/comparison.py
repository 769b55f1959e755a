"""How a document differs from what was reviewed before, as far as the product knows it.

The texts themselves are read elsewhere (`reviews.ports.documents`). Here is what of that is stored and shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.identity import Reviewer


class ComparisonState(StrEnum):
    WAITING = "waiting"
    COMPARED = "compared"
    SAME_TEXT = "same_text"
    MARKS_DIFFER = "marks_differ"
    """The words are the same; what is in front of them, or the column they stand in, is not."""
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    WITHHELD = "withheld"
    """DocSpace or the route doesn't allow that the content is read."""


class WithheldReason(StrEnum):
    """Why content is not read, or could not be had."""

    TURNED_OFF = "turned_off"
    PRIVATE_ROUTE = "private_route"
    WATERMARK = "watermark"
    DOWNLOAD_DENIED = "download_denied"
    NOT_VISIBLE = "not_visible"
    NO_KEY = "no_key"
    NOT_FETCHED = "not_fetched"
    EARLIER_REPLACED = "earlier_replaced"
    """A save replaced the earlier content under the same version, before its text was stored."""


class UnreadReason(StrEnum):
    """Why the bytes of a revision are not known, besides the reasons of `WithheldReason`."""

    NOT_YET = "not_yet"
    """No worker had read them when it was answered."""
    SAVED_AGAIN = "saved_again"
    """A save came before they were read, so what was read is of another state."""
    BULK = "bulk"
    NO_CONTENT = "no_content"
    """A folder, or a change that leaves no content to read."""


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """The exact content of a version.

    Saves may replace content under one version number, so the version alone does not name it (facts on
    DocSpace, 10.7).

    Attributes:
        sha256: Of the bytes, in hex.
        size: Bytes.
    """

    version: int | None
    updated: datetime | None
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ComparisonSummary:
    """What is shown of a comparison without its texts: on cards and in lists.

    Attributes:
        reason: Why the state is not `compared`; of `same_text`, what else changed.
        counts: How many parts were `inserted`, `deleted`, `replaced`, `moved`, or differ in a `mark`.
        matters: How many parts are about an `amount`, a `date` and so on.
        sha256: Of the bytes of the revision, in hex; `None` where they are not known.
        size: Bytes.
        not_read: Why they are not known, as a reason of one of the enums above; `None` where they are.
    """

    state: ComparisonState
    reason: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    matters: Mapping[str, int] = field(default_factory=dict)
    sha256: str | None = None
    size: int | None = None
    not_read: str | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The comparison of a review's document, at one revision.

    Attributes:
        before: What it is compared with; None for a new document, and where it could not be had.
        after: What is to be reviewed; None where it could not be had.
        parts: The differences, sealed; empty where there are none.
        text: The text of `after`, sealed; empty where it could not be read or is no longer stored.
        snippets: The differences that stand on the card, sealed; empty where the route shows none there.
        earlier: The document compared with earlier states, each as one that people answered; only of a
            comparison that was just made.
    """

    review_id: str
    revision: int
    summary: ComparisonSummary
    before: DocumentState | None = None
    after: DocumentState | None = None
    parts: bytes = b""
    text: bytes = b""
    snippets: bytes = b""
    earlier: tuple[Comparison, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ComparisonRequest:
    """A comparison that a worker has taken.

    Attributes:
        attempts: How often it failed so far.
    """

    id: int
    review_id: str
    revision: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class AnsweredState:
    """A state of a document that a person answered, at one revision of a review.

    Attributes:
        at: When they answered.
        sha256: Of its bytes, in hex; `None` where they are not known.
        has_text: Whether its text is stored.
    """

    review_id: str
    revision: int
    reviewer: Reviewer
    at: datetime
    sha256: str | None
    has_text: bool


@dataclass(frozen=True, kw_only=True)
class StoredText:
    """The text of a state, sealed."""

    state: DocumentState
    text: bytes
