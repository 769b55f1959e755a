"""The messages of a campaign that the pictures show: its card as it comes on, and what its people get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pictures.sample import OWNER
from reviews.campaign import CampaignStage
from reviews.campaign_notices import CampaignNotice, CampaignTotals, NamedProgress
from reviews.identity import Reviewer
from reviews.notice import Notice, NoticeKind, ReminderLine, ReminderListNotice

STARTED = datetime(2026, 11, 30, 8, 2, 41, 345_678, tzinfo=UTC)
DUE = datetime(2026, 12, 18, 16, tzinfo=UTC)
PAGE = "https://reviews.acme.example/campaigns/4f1c2a"
_LEFT = {
    "Anna Berg": 37, "Tom Weiss": 35, "Maria Lindqvist": 31, "Jonas Keller": 30, "Elena Popescu": 28,
    "Sam Ito": 24, "Dana Ozola": 19, "Bob Chen": 17, "Nuria Font": 11, "Petra Novak": 8,
}  # fmt: skip

CARD = CampaignNotice(
    kind=NoticeKind.CAMPAIGN,
    title="Policies 2026",
    at=STARTED,
    route="compliance",
    campaign_id="4f1c2a",
    path="Legal & Compliance / Policies",
    due_at=DUE,
    started_by=Reviewer(name="Olga Owner"),
    progress=CampaignTotals(documents=40, people=50, finished=12, acknowledged=1316, needed=2000),
    most_left=tuple(
        NamedProgress(person=Reviewer(name=name), acknowledged=40 - left, needed=40)
        for name, left in _LEFT.items()
    ),
    page_url=PAGE,
)
_COMPLETE = CampaignTotals(documents=40, people=50, finished=50, acknowledged=2000, needed=2000)
REQUEST = ReminderLine(
    review_id="sample-of-campaign",
    kind=NoticeKind.CAMPAIGN_REQUEST,
    title=CARD.title,
    path=CARD.path,
    link=None,
    revision=1,
    due_at=DUE,
    route=CARD.route,
    recipients=(OWNER,),
    page_url=PAGE,
    campaign_id=CARD.campaign_id,
    campaign_name=CARD.title,
    documents=40,
)
_REVIEW = replace(
    REQUEST,
    kind=NoticeKind.REMINDER,
    title="AML Policy 2026.docx",
    path="Legal & Compliance / Compliance / 2026 Q1",
    due_at=datetime(2026, 12, 9, 15, tzinfo=UTC),
    page_url="https://reviews.acme.example/ack/…",
    campaign_id="",
    campaign_name="",
    documents=0,
)


def _list(*lines: ReminderLine) -> ReminderListNotice:
    return ReminderListNotice(
        title="", at=STARTED, route=CARD.route, mention=(OWNER,), reminders=lines, urgent=False
    )


NOTICES: dict[str, Notice] = {
    "campaign": CARD,
    "campaign-complete": replace(CARD, stage=CampaignStage.COMPLETE, progress=_COMPLETE, most_left=()),
    "campaign-late": replace(CARD, is_late=True),
    "campaign-overdue": replace(CARD, kind=NoticeKind.CAMPAIGN_OVERDUE, is_late=True),
    "campaign-ended": replace(CARD, stage=CampaignStage.ENDED),
    "campaign-not-begun": replace(
        CARD,
        stage=CampaignStage.COULD_NOT_BEGIN,
        problem="There is no document in this folder.",
        progress=CampaignTotals(),
        most_left=(),
    ),
    "campaign-request": _list(REQUEST),
    "campaign-reminder": _list(replace(REQUEST, kind=NoticeKind.REMINDER, documents=9, is_overdue=True)),
    "campaign-list": _list(_REVIEW, replace(REQUEST, kind=NoticeKind.REMINDER, documents=9)),
}
"""Messages by the names of their pictures."""
