"""Kinds, states and decisions: the words that rows, JSON and the ledger hold."""

from __future__ import annotations

from enum import StrEnum

from reviews.stored_enums import read_enum


class ChangeKind(StrEnum):
    CONTENT = "content"
    CREATED = "created"
    RENAMED = "renamed"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    TRASHED = "trashed"
    DELETED = "deleted"
    RESTORED = "restored"
    METADATA = "metadata"
    BULK = "bulk"
    """Of a review of many files that one cause touched; no change is judged to be one."""


class EventState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


class ReviewState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CHANGES_REQUESTED = "changes_requested"
    REPLACED = "replaced"
    """Never answered: the review named in `superseded_by` has taken the duty over."""


class Decision(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"

    @property
    def outcome(self) -> ReviewState:
        """The state that a review takes when it is answered so."""
        known = {
            Decision.ACKNOWLEDGE: ReviewState.ACKNOWLEDGED,
            Decision.REQUEST_CHANGES: ReviewState.CHANGES_REQUESTED,
        }
        return known.get(self) or read_enum(ReviewState, str(self))


class CardState(StrEnum):
    OWED = "owed"
    POSTED = "posted"
    DEAD = "dead"


class SweepSource(StrEnum):
    """Where the gap sweep found what no delivery had told: the earlier, the more exact it is."""

    DELIVERY_LOG = "delivery log"
    FOLDER_LOG = "folder log"
    LISTING = "listing"
