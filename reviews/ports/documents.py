"""Content of documents: fetched from DocSpace, read and compared elsewhere, sealed before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reviews.comparison import ComparisonSummary, DocumentState, WithheldReason


class ContentWithheld(Exception):
    """The content may not be read, or can't be had. `reason` says why."""

    def __init__(self, reason: WithheldReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class FetchedDocument:
    """The bytes of one version.

    Attributes:
        title: With the extension, which says what kind of plain text it is.
    """

    title: str
    state: DocumentState
    content: bytes


class DocumentTooLarge(Exception):
    """A version has more bytes than are compared."""


class DocumentSource(Protocol):
    """Fetches content from DocSpace."""

    def fetch_version(self, file_id: str, version: int | None) -> FetchedDocument:
        """Return the content of a version; without one, the newest.

        Raises:
            ContentWithheld: It may not be read: a watermark, no right to download, not shown.
            DocumentTooLarge: It has too many bytes.
            TryLater: DocSpace does not answer now. `RateLimitReached` where its limit is reached.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class CompareResult:
    """What reading and comparing two states gave.

    Attributes:
        parts: The differences as `write_parts` writes them; empty where there are none.
        text: The text of the later state, in the form in which `compare` takes it again; empty where one of
            the two can't be read.
    """

    summary: ComparisonSummary
    parts: bytes
    text: bytes


class DocumentComparer(Protocol):
    """Reads documents and compares them, whatever is in them."""

    def accepts_text(self, text: bytes) -> bool:
        """Return whether this release reads a text that an earlier comparison returned."""
        ...

    def compare(self, before: FetchedDocument | bytes | None, after: FetchedDocument) -> CompareResult:
        """Compare two states.

        Args:
            before: The earlier content, its text as an earlier comparison returned it, or None for a document
                that is new.
            after: What is there now.
        """
        ...


class SealedColumn(StrEnum):
    """Where content is stored, each with a key of its own."""

    PARTS = "comparisons.parts"
    SNIPPETS = "comparisons.snippets"
    TEXT = "comparisons.text"
    """Also of its copy in `answered_texts`."""
    EARLIER_PARTS = "earlier_comparisons.parts"


@dataclass(frozen=True, kw_only=True)
class SealedPlace:
    """What content belongs to, and opens under alone.

    Attributes:
        states: The SHA-256 of the states it is of, in hex; empty for one that is not known.
    """

    column: SealedColumn
    review_id: str
    revision: int
    states: tuple[str, ...] = ()


class Sealer(Protocol):
    """Encrypts what is stored of content."""

    def seal(self, content: bytes, place: SealedPlace) -> bytes: ...

    def open(self, sealed: bytes, place: SealedPlace) -> bytes | None:
        """Return the content; None where it was sealed with another key or for another place."""
        ...
