"""Makers of the product's nouns, and a clock."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reviews.bulk import BULK_ID_PREFIX, MAX_FIRST_FILES, BulkFile, BulkSummary
from reviews.campaign_notices import CampaignNotice, CampaignTotals
from reviews.digest_notices import DigestFigures
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import CardState, ChangeKind, Decision, ReviewState
from reviews.model import Answer, ChangeEvent, Post, Review
from reviews.notice import Notice, NoticeKind, ReminderLine
from reviews.notice_types import NOTICE_TYPES, get_notice_type
from reviews.routes.route import PageIdentity, Route, Routes, SegregationOfDuties, Target

START = datetime(2026, 3, 9, 14, 5, 12, 345_678, tzinfo=UTC)
CHECKPOINT = (
    "acme.example.com\n1042\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\N{EM DASH} acme.example.com "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
"""A checkpoint in the form that people keep; its signature is worth nothing."""
ALICE = Person(id="a1", name="Alice Moreau", email="alice@example.com")
BOB = Person(id="b0", name="Bob Chen", email="bob@example.com")
OWNER = "owner@example.com"
DEPUTY = "deputy@example.com"
FIRST_VERSION = 8
WATCHED = "539564"
ELSEWHERE = "777"
SECRET = "Merger with Globex.docx"
NOTE = "Globex must not stand in section 4."
HOSTILE = "<!channel> *urgent* & co|\u202excod.docx\n<@U1>"


class Clock:
    """Stands still until moved. Has a zone and microseconds, as the clock of a real machine has."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self._now

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, now: datetime) -> None:
        if not now.microsecond or now.tzinfo is None:
            raise ValueError(f"a clock of a test needs microseconds and a zone: {now!r}")
        self._now = now

    def seconds(self) -> float:
        """Return the seconds since 1970, for what takes its time from `time.time`."""
        return self.now.timestamp()

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def review(**more: Any) -> Review:
    return replace(
        Review(
            id="rev-1",
            route="compliance",
            state=ReviewState.OPEN,
            revision=1,
            kind=ChangeKind.CONTENT,
            file_id="3358285",
            title="AML Policy 2026.docx",
            path="Legal / Compliance",
            link="https://acme.example.com/doceditor?fileid=3358285&version=8",
            version_from=7,
            version_to=8,
            modified_at=START,
            contributors=(ALICE,),
            owners=(OWNER,),
            opened_at=START,
            changed_at=START,
            due_at=None,
        ),
        **more,
    )


def bulk_file(number: int = 1, **more: Any) -> BulkFile:
    return replace(
        BulkFile(
            file_id=f"70{number:04}",
            title=f"Invoice 2026-{number:04}.pdf",
            path="Legal / Compliance / Invoices",
            link=f"https://acme.example.com/doceditor?fileid=70{number:04}",
            kind=ChangeKind.CREATED,
            version_from=None,
            version_to=1,
            modified_at=START,
            contributors=(ALICE,),
            acts=(),
            folders=(WATCHED, "900"),
            joined_at=START,
            position=number,
        ),
        **more,
    )


def bulk(*, count: int = 10_000, **more: Any) -> BulkSummary:
    """What a bulk review has of its files: most were added, every fifth or so was changed."""
    first = [bulk_file(number) for number in range(1, min(count, MAX_FIRST_FILES) + 1)]
    first[1:2] = [replace(each, kind=ChangeKind.CONTENT, path=f"{each.path} / Q1") for each in first[1:2]]
    changed = count // 5
    kinds = ((ChangeKind.CREATED, count - changed), (ChangeKind.CONTENT, changed))
    basic = BulkSummary(
        count=count,
        kinds=tuple(each for each in kinds if each[1]),
        sample_files=tuple(first),
        joined_at=START,
    )
    return replace(basic, **more)


def bulk_review(**more: Any) -> Review:
    """A review of many files that came at once."""
    basic = review(
        kind=ChangeKind.BULK,
        file_id=f"{BULK_ID_PREFIX}rev-1",
        title="Invoices",
        path="Legal / Compliance",
        link=None,
        version_from=None,
        version_to=None,
        modified_at=None,
        contributors=(ALICE, BOB),
        bulk=bulk(),
    )
    return replace(basic, **more)


def answer(**more: Any) -> Answer:
    return replace(
        Answer(
            decision=Decision.ACKNOWLEDGE,
            reviewer=Reviewer(name="Dana Ozola", email=OWNER),
            identity=Identity.SLACK,
            revision=1,
            version=8,
            at=START + timedelta(minutes=12),
            note=None,
            late=False,
            own_change=False,
        ),
        **more,
    )


def answered_review(decision: Decision = Decision.ACKNOWLEDGE, **more: Any) -> Review:
    """A review that has been answered; `more` are members of the answer."""
    own_answer = answer(decision=decision, **more)
    return review(state=decision.outcome, revision=own_answer.revision, answers=(own_answer,))


def card_post(**more: Any) -> Post:
    """A card that stands in a channel."""
    return replace(
        Post(
            id=1,
            review_id="rev-1",
            notifier="slack",
            target="C1",
            state=CardState.POSTED,
            message_id="1.0",
            requested_drawing=1,
            finished_drawing=1,
            attempts=0,
            error=None,
        ),
        **more,
    )


def notice(kind: NoticeKind = NoticeKind.REMINDER, **more: Any) -> Notice:
    """A notice of the review above, as it is told: with its key and its review."""
    return get_notice_type(kind)(**{**_notice_members(kind), **more}, kind=kind)


def reminder_line(number: int = 1, kind: NoticeKind = NoticeKind.REMINDER, **more: Any) -> ReminderLine:
    """A review in a list of reminders, as it is when it is sent."""
    line = ReminderLine(
        review_id=f"rev-{number}",
        kind=kind,
        title="AML Policy 2026.docx",
        path="Legal / Compliance",
        link="https://acme.example.com/doceditor?fileid=3358285&version=8",
        revision=1,
        due_at=START + timedelta(hours=8 * number),
        route="compliance",
        recipients=(OWNER,),
    )
    return replace(line, **more)


def notice_of_any(kind: NoticeKind, **more: Any) -> Notice:
    """A notice of one of all kinds, with those of the members that notices of its kind have."""
    assert more.keys() <= {field.name for notice_type in NOTICE_TYPES for field in fields(notice_type)}, more
    return notice(kind, **{name: value for name, value in more.items() if name in _fields_of(kind)})


def _notice_members(kind: NoticeKind) -> dict[str, Any]:
    members = {
        "title": "AML Policy 2026.docx",
        "path": "Legal / Compliance",
        "link": "https://acme.example.com/doceditor?fileid=3358285&version=8",
        "at": START,
        "who": (Reviewer(name="Dana Ozola", email="dana@example.com"),),
        "new_owner": Reviewer(name="Sam Ito", email="sam@example.com"),
        "note": None,
        "change_kind": ChangeKind.CONTENT,
        "due_at": START + timedelta(hours=8),
        "complete_until": START + timedelta(hours=8),
        "lines": (),
        "route": "compliance",
        "key": "17",
        "review_id": "rev-1",
        "canary_id": "c1",
        "reminders": (reminder_line(),),
        "requested_at": START,
        "since": START - timedelta(days=1),
        "figures": DigestFigures(),
        "campaign_id": "cam-1",
        "progress": CampaignTotals(documents=40, people=50, finished=12, acknowledged=1316, needed=2000),
    }
    if kind is NoticeKind.REMINDER_LIST:
        members |= {"title": ""}
    if kind is NoticeKind.REVIEW_DIGEST:
        members |= {"title": "compliance, hr", "page_url": "https://reviews.example.com/reviews"}
    if kind in CampaignNotice.KINDS:
        members |= {"title": "Policies 2026", "page_url": "https://reviews.example.com/campaigns/cam-1"}
    if kind is NoticeKind.CHECKPOINT:
        members |= {"title": "acme.example.com", "note": CHECKPOINT}
    return {name: value for name, value in members.items() if name in _fields_of(kind)}


def _fields_of(kind: NoticeKind) -> set[str]:
    return {field.name for field in fields(get_notice_type(kind))}


_numbers = itertools.count(1)


def event(**more: Any) -> ChangeEvent:
    """A change event with keys of its own, in a form that no test writes by hand."""
    number = next(_numbers)
    return replace(
        ChangeEvent(
            delivery_key=f"delivery {number} of samples",
            semantic_key=f"meaning {number} of samples",
            webhook_id="2621",
            event_id=str(number),
            trigger="file.updated",
            file_id="3358285",
            parent_id=WATCHED,
            title="AML Policy 2026.docx",
            actor=Person(id=ALICE.id, name=""),
            occurred_at=START,
            modified_at=START,
            version=None,
            link=None,
        ),
        **more,
    )


LINK: dict[str, Any] = {
    "identity": PageIdentity.LINK,
    "segregation_of_duties": SegregationOfDuties.OFF,
}
"""What a route says where the link to the page is enough: a link can't be held against the contributors."""


def route(**more: Any) -> Route:
    basic = Route(
        name="compliance",
        watch=(WATCHED,),
        owners=(OWNER,),
        deputies=(DEPUTY,),
        notify=(Target(notifier="paper", address="C1"), Target(notifier="paper", address="C2")),
        quiet_period=timedelta(),
    )
    return replace(basic, **more)


def routes(**more: Any) -> Routes:
    return Routes([route(**more)])
