"""The types of notices by their kinds."""

from __future__ import annotations

from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestNotice, ReviewDigestNotice
from reviews.notice import (
    AlarmNotice,
    CanaryNotice,
    ChangeNotice,
    ChangeRequestNotice,
    CheckpointNotice,
    FollowUpNotice,
    Notice,
    NoticeKind,
    OutcomeNotice,
    ReassignmentNotice,
    ReminderListNotice,
    ReminderNotice,
    RevisionNotice,
    UnknownNotice,
    WithdrawalNotice,
)

NOTICE_TYPES: tuple[type[Notice], ...] = (
    RevisionNotice,
    ChangeRequestNotice,
    WithdrawalNotice,
    ReassignmentNotice,
    ReminderNotice,
    ReminderListNotice,
    FollowUpNotice,
    OutcomeNotice,
    ChangeNotice,
    DigestNotice,
    ReviewDigestNotice,
    AlarmNotice,
    CanaryNotice,
    CheckpointNotice,
    CampaignNotice,
)
"""The types of the kinds that this release has; each kind belongs to one."""
_TYPE_BY_KIND = {kind: notice_type for notice_type in NOTICE_TYPES for kind in notice_type.KINDS}


def get_notice_type(kind: NoticeKind) -> type[Notice]:
    """Return the type of the notices of a kind."""
    return _TYPE_BY_KIND.get(kind, UnknownNotice)
