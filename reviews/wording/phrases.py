"""Phrases of cards: tables of messages, translated when they are shown."""

from __future__ import annotations

from reviews.acts import ActKind
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.language import gettext_noop
from reviews.stored_enums import PhraseTable

CHANGE_VERBS = PhraseTable(
    {
        ChangeKind.CONTENT: gettext_noop("changed"),
        ChangeKind.CREATED: gettext_noop("added"),
        ChangeKind.RENAMED: gettext_noop("renamed"),
        ChangeKind.MOVED_IN: gettext_noop("moved in"),
        ChangeKind.MOVED_OUT: gettext_noop("moved out"),
        ChangeKind.TRASHED: gettext_noop("moved to the trash"),
        ChangeKind.DELETED: gettext_noop("deleted for good"),
        ChangeKind.RESTORED: gettext_noop("restored"),
        ChangeKind.METADATA: gettext_noop("touched"),
        ChangeKind.BULK: gettext_noop("changed"),
        ChangeKind.CAMPAIGN: gettext_noop("asked for by a campaign"),
    }
)
ACT_VERBS = PhraseTable(
    {
        ActKind.RENAMED: gettext_noop("renamed"),
        ActKind.MOVED: gettext_noop("moved"),
        ActKind.MOVED_IN: gettext_noop("moved in"),
        ActKind.MOVED_OUT: gettext_noop("moved out"),
        ActKind.TRASHED: gettext_noop("moved to the trash"),
        ActKind.DELETED: gettext_noop("deleted for good"),
        ActKind.RESTORED: gettext_noop("restored"),
    }
)
STATUS_LABELS = PhraseTable(
    {
        ReviewState.OPEN: gettext_noop("Waiting for review"),
        ReviewState.ACKNOWLEDGED: gettext_noop("Reviewed"),
        ReviewState.CHANGES_REQUESTED: gettext_noop("Changes requested"),
        ReviewState.REPLACED: gettext_noop("Part of a bulk review"),
        ReviewState.CARRIED: gettext_noop("Carried over"),
        ReviewState.CLOSED: gettext_noop("No longer asked for"),
    }
)
STATUS_IN_SENTENCE = PhraseTable(
    {
        ReviewState.OPEN: gettext_noop("waiting for review"),
        ReviewState.ACKNOWLEDGED: gettext_noop("reviewed"),
        ReviewState.CHANGES_REQUESTED: gettext_noop("changes requested"),
        ReviewState.REPLACED: gettext_noop("part of a bulk review"),
        ReviewState.CARRIED: gettext_noop("carried over"),
        ReviewState.CLOSED: gettext_noop("no longer asked for"),
    }
)
OUTCOME_SENTENCES = PhraseTable(
    {
        Decision.ACKNOWLEDGE: gettext_noop("Reviewed by {who} after {took}."),
        Decision.REQUEST_CHANGES: gettext_noop("Changes requested by {who} after {took}."),
    }
)
DURATION_UNITS = (
    (gettext_noop("{count} d"), 86400),
    (gettext_noop("{count} h"), 3600),
    (gettext_noop("{count} min"), 60),
    (gettext_noop("{count} s"), 1),
)
