"""Notices in the database: releases that share it write and read the same members (decision 46)."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from reviews.campaign import CampaignStage
from reviews.campaign_notices import CampaignNotice, CampaignTotals, NamedProgress
from reviews.digest_notices import DigestFigures, DigestLine, WeekMedian
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.notice import NoticeKind, UnknownNotice
from reviews.notice_types import NOTICE_TYPES
from store.notice_rows import NOT_STORED, STORED_NAMES, UNUSED_MEMBERS, build_notice, build_notice_values
from tests.reviews.samples import OWNER, START, notice, reminder_line

LATER = START + timedelta(hours=8)
BOB = Reviewer(name="Bob Chen", email="bob@example.com", docspace_id="b-1", chat_ids={"slack": "U2"})
WRITTEN_BOB = {
    "name": "Bob Chen",
    "email": "bob@example.com",
    "docspace_id": "b-1",
    "slack_user": "U2",
    "teams_user": None,
}
WRITTEN_DANA = {**dict.fromkeys(WRITTEN_BOB), "name": "Dana Ozola", "email": "dana@example.com"}
LINE = DigestLine(
    title="1.docx",
    path="Legal",
    kind=ChangeKind.RENAMED,
    who=(BOB,),
    at=START,
    link=None,
    route="hr",
    is_folder=True,
    subscribed_above=True,
    files=4,
)
WRITTEN_LINE = {
    "title": "1.docx",
    "path": "Legal",
    "kind": "renamed",
    "at": "2026-03-09T14:05:12.345678+00:00",
    "link": None,
    "people": [WRITTEN_BOB],
    "route": "hr",
    "private": False,
    "is_folder": True,
    "from_above": True,
    "files": 4,
}
EARLIER: dict[str, Any] = {
    "kind": "",
    "title": "AML Policy 2026.docx",
    "path": "Legal / Compliance",
    "link": "https://acme.example.com/doceditor?fileid=3358285&version=8",
    "at": "2026-03-09T14:05:12.345678+00:00",
    "who": "",
    "whom": "",
    "note": None,
    "revision": 1,
    "version": "",
    "change": None,
    "mention": [],
    "until": None,
    "lines": [],
    "route": "compliance",
    "broadcast": False,
    "is_folder": False,
    "answered": False,
    "from_above": False,
    "more": 0,
    "bulk": "",
    "canary": "",
}
"""The members that a release with one type for all notices wrote, and asks for."""
NEWER: dict[str, Any] = {
    "reminders": [],
    "requested_at": None,
    "urgent": False,
    "since": None,
    "figures": None,
    "weeks": [],
    "page_url": "",
    "campaign": "",
    "stage": None,
    "is_late": False,
    "progress": None,
    "most_left": [],
    "private": False,
    "people": [WRITTEN_DANA],
    "to": None,
    "by": None,
}
"""Members that such a release ignores."""
REMINDER = reminder_line(2, NoticeKind.OVERDUE, due_at=LATER)
WRITTEN_REMINDER = {
    "review_id": "rev-2",
    "kind": "overdue",
    "title": "AML Policy 2026.docx",
    "path": "Legal / Compliance",
    "link": "https://acme.example.com/doceditor?fileid=3358285&version=8",
    "revision": 1,
    "until": "2026-03-09T22:05:12.345678+00:00",
    "route": "compliance",
    "private": False,
    "recipients": [OWNER],
    "campaign": "",
    "campaign_name": "",
}
CAMPAIGN: dict[str, Any] = {
    "title": "Policies 2026",
    "path": "Legal",
    "due_at": LATER,
    "started_by": BOB,
    "stage": CampaignStage.COULD_NOT_BEGIN,
    "is_late": True,
    "problem": "The folder is gone.",
    "progress": CampaignTotals(documents=2, people=3, finished=1, acknowledged=4, needed=6),
    "most_left": (NamedProgress(person=BOB, acknowledged=0, needed=2),),
}
WRITTEN_CAMPAIGN: dict[str, Any] = {
    "title": "Policies 2026",
    "path": "Legal",
    "link": None,
    "until": "2026-03-09T22:05:12.345678+00:00",
    "people": [],
    "by": WRITTEN_BOB,
    "note": "The folder is gone.",
    "page_url": "https://reviews.example.com/campaigns/cam-1",
    "campaign": "cam-1",
    "stage": "could_not_begin",
    "is_late": True,
    "progress": {"documents": 2, "people": 3, "finished": 1, "acknowledged": 4, "needed": 6},
    "most_left": [{"person": WRITTEN_BOB, "acknowledged": 0, "needed": 2}],
}
NO_DOCUMENT: dict[str, Any] = {"path": "", "link": None, "people": []}
NOTICES: list[tuple[NoticeKind, dict[str, Any], dict[str, Any]]] = [
    (
        NoticeKind.REVISED,
        {"revision": 3, "change_kind": ChangeKind.RENAMED, "broadcast": True},
        {"revision": 3, "change": "renamed", "broadcast": True},
    ),
    (
        NoticeKind.CHANGES_REQUESTED,
        {"note": "Section 4.", "mention": ("a@example.com", "b@example.com")},
        {"note": "Section 4.", "mention": ["a@example.com", "b@example.com"]},
    ),
    (NoticeKind.WITHDRAWN, {"still_answered": True}, {"answered": True}),
    (NoticeKind.REASSIGNED, {"new_owner": BOB}, {"to": WRITTEN_BOB}),
    (NoticeKind.REMINDER, {"due_at": LATER}, {"until": "2026-03-09T22:05:12.345678+00:00"}),
    (NoticeKind.OVERDUE, {"who": (), "due_at": None}, {"people": []}),
    (NoticeKind.ESCALATED, {"who": (), "due_at": None, "urgent": True}, {"people": [], "urgent": True}),
    (
        NoticeKind.HANDED_OVER,
        {"who": (), "due_at": None, "mention": (OWNER,)},
        {"people": [], "mention": [OWNER]},
    ),
    (NoticeKind.HANDED_BACK, {"who": (), "due_at": None}, {"people": []}),
    (NoticeKind.CAMPAIGN_REQUEST, {"who": (), "due_at": None}, {"people": []}),
    *((kind, CAMPAIGN, WRITTEN_CAMPAIGN) for kind in sorted(CampaignNotice.KINDS)),
    (
        NoticeKind.FOLLOW_UP,
        {"note": "Section 4.", "urgent": True},
        {"note": "Section 4.", "requested_at": "2026-03-09T14:05:12.345678+00:00", "urgent": True},
    ),
    (
        NoticeKind.REMINDER_LIST,
        {"reminders": (REMINDER,), "mention": (OWNER,), "urgent": True},
        {**NO_DOCUMENT, "title": "", "reminders": [WRITTEN_REMINDER], "mention": [OWNER], "urgent": True},
    ),
    (NoticeKind.OUTCOME, {"note": "Fine."}, {"note": "Fine."}),
    (NoticeKind.SENT_BACK, {"note": None}, {}),
    (
        NoticeKind.CHANGE,
        {"version": "7 → 8", "is_folder": True, "subscribed_above": True, "bulk_review_id": "rev-9"},
        {"version": "7 → 8", "is_folder": True, "from_above": True, "bulk": "rev-9", "change": "content"},
    ),
    (
        NoticeKind.DIGEST,
        {"lines": (LINE,), "omitted_count": 3, "complete_until": LATER},
        {**NO_DOCUMENT, "lines": [WRITTEN_LINE], "more": 3, "until": "2026-03-09T22:05:12.345678+00:00"},
    ),
    (
        NoticeKind.REVIEW_DIGEST,
        {
            "title": "hr",
            "figures": DigestFigures(waiting=4, overdue=1, acknowledged=5, late=2),
            "weeks": (WeekMedian(begin=START, seconds=None), WeekMedian(begin=LATER, seconds=90)),
            "complete_until": LATER,
        },
        {
            **NO_DOCUMENT,
            "title": "hr",
            "until": "2026-03-09T22:05:12.345678+00:00",
            "since": "2026-03-08T14:05:12.345678+00:00",
            "figures": {
                "waiting": 4,
                "overdue": 1,
                "lapsed": 0,
                "acknowledged": 5,
                "changes_requested": 0,
                "late": 2,
                "found_late": 0,
            },
            "weeks": [
                {"begin": "2026-03-09T14:05:12.345678+00:00", "seconds": None},
                {"begin": "2026-03-09T22:05:12.345678+00:00", "seconds": 90},
            ],
            "page_url": "https://reviews.example.com/reviews",
        },
    ),
    (NoticeKind.ALARM, {"note": "replay them"}, {**NO_DOCUMENT, "note": "replay them"}),
    (NoticeKind.ALARM_OVER, {"note": "It lasted."}, {**NO_DOCUMENT, "note": "It lasted."}),
    (
        NoticeKind.CHECKPOINT,
        {"title": "reviews.example.com", "note": "a\n1\n"},
        {**NO_DOCUMENT, "title": "reviews.example.com", "note": "a\n1\n"},
    ),
    (NoticeKind.TEST, {"canary_id": "c1"}, {**NO_DOCUMENT, "canary": "c1"}),
]


@pytest.mark.parametrize(("kind", "own", "members"), NOTICES)
def test_a_notice_is_written_in_the_members_that_earlier_releases_wrote(
    kind: NoticeKind, own: dict[str, Any], members: dict[str, Any]
) -> None:
    text = json.dumps(build_notice_values(notice(kind, **own)))

    assert text == json.dumps({**EARLIER, **NEWER, "kind": kind, **members})


@pytest.mark.parametrize(("kind", "own", "members"), NOTICES)
def test_what_earlier_releases_wrote_is_read_without_what_is_set_when_it_is_sent(
    kind: NoticeKind, own: dict[str, Any], members: dict[str, Any]
) -> None:
    expected = notice(kind, **own)
    row = json.loads(json.dumps({**EARLIER, "people": [WRITTEN_DANA], "kind": kind, **members}))

    read = build_notice(row)

    set_when_sent = {name: value for name, value in vars(expected).items() if name in NOT_STORED}
    assert type(read) is type(expected)
    assert {**vars(read), **set_when_sent} == vars(expected)
    assert build_notice({**row, "tune": "a minor", "key": "18", "files": 3}) == read


def test_each_kind_is_written_and_read_here() -> None:
    assert {kind for kind, _, _ in NOTICES} == set(NoticeKind)


@pytest.mark.parametrize("notice_type", NOTICE_TYPES)
def test_each_field_of_a_notice_has_a_member_of_its_own(notice_type: type[Any]) -> None:
    names = {field.name for field in fields(notice_type)} - NOT_STORED
    members = [STORED_NAMES.get(name, name) for name in names]

    assert len(set(members)) == len(members)
    assert set(members) <= UNUSED_MEMBERS.keys() == {**EARLIER, **NEWER}.keys()


def test_what_is_set_when_a_list_is_sent_is_not_stored_with_its_lines() -> None:
    sent = reminder_line(files=3, is_overdue=True, page_url="https://reviews.example.com/ack/1")
    stored = build_notice_values(notice(NoticeKind.REMINDER_LIST, reminders=(sent,), unlisted_count=7))

    assert build_notice(json.loads(json.dumps(stored))) == notice(NoticeKind.REMINDER_LIST, key="")


def test_a_line_that_an_earlier_release_stored_is_of_no_campaign() -> None:
    earlier = {name: value for name, value in WRITTEN_REMINDER.items() if not name.startswith("campaign")}
    row = {**EARLIER, "kind": NoticeKind.REMINDER_LIST, "reminders": [earlier], "mention": [OWNER]}

    assert build_notice(row) == notice(
        NoticeKind.REMINDER_LIST, reminders=(REMINDER,), mention=(OWNER,), title=EARLIER["title"], key=""
    )


def test_a_line_of_a_campaign_is_stored_with_its_campaign() -> None:
    line = reminder_line(campaign_id="cam-1", campaign_name="Policies 2026")
    stored = build_notice_values(notice(NoticeKind.REMINDER_LIST, reminders=(replace(line, documents=7),)))

    assert build_notice(json.loads(json.dumps(stored))) == notice(
        NoticeKind.REMINDER_LIST, reminders=(line,), key=""
    )


def test_a_kind_of_a_newer_release_is_read_by_its_own_word() -> None:
    read = build_notice({**EARLIER, "kind": "sung"})

    assert isinstance(read, UnknownNotice)
    assert (str(read.kind), read.title) == ("sung", "AML Policy 2026.docx")
