"""Kinds, states and decisions: the words stored in rows, JSON and the ledger."""

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
    """The kind of a review of many files that one cause touched; no single change has it."""
    CAMPAIGN = "campaign"
    """The kind of a review that a campaign asks for; no change has it."""


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
    """Never answered: the review named in `superseded_by` has taken over the duty."""
    CARRIED = "carried"
    """Never answered: an earlier acknowledgement counts, since nothing material has changed."""
    CLOSED = "closed"
    """No longer asked for: its campaign was ended, or its document went during the campaign."""


class Decision(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"

    @property
    def outcome(self) -> ReviewState:
        """The state of a review that is answered with this decision."""
        outcomes = {
            Decision.ACKNOWLEDGE: ReviewState.ACKNOWLEDGED,
            Decision.REQUEST_CHANGES: ReviewState.CHANGES_REQUESTED,
        }
        return outcomes.get(self) or read_enum(ReviewState, str(self))


class CardState(StrEnum):
    OWED = "owed"
    POSTED = "posted"
    DEAD = "dead"


class SweepSource(StrEnum):
    """Where we saw something that no delivery reports: the gap sweep's sources, the most exact first."""

    DELIVERY_LOG = "delivery log"
    FOLDER_LOG = "folder log"
    LISTING = "listing"
    ANSWER = "answer"
    """Not DocSpace, but an answer here, after which we ask about the document."""


class StepAction(StrEnum):
    """What a step of a route's ladder does."""

    REMIND = "remind"
    """Those who were asked are asked again."""
    ESCALATE = "escalate"
    """Others are asked too, or a channel is notified."""
    LAPSE = "lapse"
    """The review is lapsed: no one is asked any more. It can still be answered."""
