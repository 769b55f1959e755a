"""What a card calls things: tables of messages, which are said in the language of whoever reads them."""

from __future__ import annotations

from reviews.acts import ActKind
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.language import marked
from reviews.stored_words import OwnWords

VERBS = OwnWords(
    {
        ChangeKind.CONTENT: marked("changed"),
        ChangeKind.CREATED: marked("added"),
        ChangeKind.RENAMED: marked("renamed"),
        ChangeKind.MOVED_IN: marked("moved in"),
        ChangeKind.MOVED_OUT: marked("moved out"),
        ChangeKind.TRASHED: marked("moved to the trash"),
        ChangeKind.DELETED: marked("deleted for good"),
        ChangeKind.RESTORED: marked("restored"),
        ChangeKind.METADATA: marked("touched"),
        ChangeKind.BULK: marked("changed"),
    }
)
ACTS = OwnWords(
    {
        ActKind.RENAMED: marked("renamed"),
        ActKind.MOVED: marked("moved"),
        ActKind.MOVED_IN: marked("moved in"),
        ActKind.MOVED_OUT: marked("moved out"),
        ActKind.TRASHED: marked("moved to the trash"),
        ActKind.DELETED: marked("deleted for good"),
        ActKind.RESTORED: marked("restored"),
    }
)
STATUS = OwnWords(
    {
        ReviewState.OPEN: marked("Waiting for review"),
        ReviewState.ACKNOWLEDGED: marked("Reviewed"),
        ReviewState.CHANGES_REQUESTED: marked("Changes requested"),
        ReviewState.REPLACED: marked("Part of a bulk review"),
    }
)
STANDING = OwnWords(
    {
        ReviewState.OPEN: marked("waiting for review"),
        ReviewState.ACKNOWLEDGED: marked("reviewed"),
        ReviewState.CHANGES_REQUESTED: marked("changes requested"),
        ReviewState.REPLACED: marked("part of a bulk review"),
    }
)
OUTCOMES = OwnWords(
    {
        Decision.ACKNOWLEDGE: marked("Reviewed by {who} after {took}."),
        Decision.REQUEST_CHANGES: marked("Changes requested by {who} after {took}."),
    }
)
UNITS = (
    (marked("{count} d"), 86400),
    (marked("{count} h"), 3600),
    (marked("{count} min"), 60),
    (marked("{count} s"), 1),
)
