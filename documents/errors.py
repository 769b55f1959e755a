"""Why the text of a document could not be read."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What became of a document or of a comparison."""

    READ = "read"
    COMPARED = "compared"
    SAME_TEXT = "same_text"
    MARKS_DIFFER = "marks_differ"
    """The same words; signs in front of them, numbers or places are others."""
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"


COMPARED_STATES = frozenset({State.COMPARED, State.SAME_TEXT, State.MARKS_DIFFER})
"""Of a comparison whose two documents were read."""


class Reason(StrEnum):
    """Why a document is unreadable or too large; and of two with the same text, what else changed."""

    # Unreadable.
    PASSWORD = "password"  # noqa: S105 - the reason, not a secret
    DAMAGED = "damaged"
    DOCUMENT_TYPE = "document_type"
    UNKNOWN_FORMAT = "unknown_format"
    OLD_FORMAT = "old_format"
    NO_TEXT = "no_text"
    CRASHED = "crashed"
    # Too large.
    FILE_SIZE = "file_size"
    UNPACKED_SIZE = "unpacked_size"
    MEMBERS = "members"
    TEXT_SIZE = "text_size"
    TIME = "time"
    MEMORY = "memory"
    # The same text.
    IDENTICAL = "identical"
    EMPTY = "empty"
    PICTURES = "pictures"
    OBJECTS = "objects"
    MACROS = "macros"
    APPEARANCE = "appearance"
    """Drawings, fonts or layout, which are not read: of a PDF file nothing tells one from the other."""
    EMPHASIS = "emphasis"
    """At most emphasis and alignment: all else in the file is proven to be the same."""
    FORMATTING = "formatting"


class UnreadDocument(Exception):
    """The text of a document can't be had: it is unreadable or too large.

    Attributes:
        state: `State.UNREADABLE` or `State.TOO_LARGE`.
        reason: Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.state = State.TOO_LARGE if reason in _TOO_LARGE else State.UNREADABLE


_TOO_LARGE = {
    Reason.FILE_SIZE, Reason.UNPACKED_SIZE, Reason.MEMBERS, Reason.TEXT_SIZE, Reason.TIME, Reason.MEMORY,
}  # fmt: skip
