"""Digests of reviews in the zone of Riga, and those who choose them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.digest_notices import ReviewDigestNotice
from reviews.digests.digest_commands import DigestCommands
from reviews.digests.review_digests import ReviewDigests
from reviews.identity import Reviewer
from reviews.notice import NoticeKind
from reviews.routes.digest_times import DigestTimes
from reviews.routes.route import Routes, Target
from reviews.routes.working_time import WorkingHours
from tests.reviews.notices import require_type
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, event, route

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.routes.route import Route
    from tests.reviews.desk import Desk

DAILY = DigestTimes.parse("daily 09:00")
WEEKLY = DigestTimes.parse("Mon 09:00")
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("Europe/Riga"))
CHANNEL = ("paper", "C1")
EXAMPLE = "/reviews digest daily 09:00"
TUESDAY = datetime(2026, 3, 10, 7, tzinfo=UTC)
"""Nine o'clock in Riga, after the Monday afternoon on which the tests begin."""
BOTH = Target(notifier="paper", address="C1"), Target(notifier="paper", address="C2")


def follow(desk: Desk, *rules: Route) -> None:
    desk.follow(Routes(rules or [make_route()]))


def make_route(**more: Any) -> Route:
    usual: dict[str, Any] = {"digest": DAILY, "working_hours": HOURS, "notify": BOTH[:1]}
    return route(**{**usual, **more})


def make_digests(desk: Desk, **more: Any) -> ReviewDigests:
    """Return what a worker that starts now has."""
    return ReviewDigests(transactions=desk.transactions, routes=desk.routes, **more)


def make_commands(desk: Desk, **more: Any) -> DigestCommands:
    usual: dict[str, Any] = {"direct_message_channels": {"paper"}}
    return DigestCommands(
        transactions=desk.transactions, routes=desk.routes, clock=desk.clock, **{**usual, **more}
    )


def owe(desk: Desk, at: datetime) -> int:
    return make_digests(desk).owe_due_digests(at)


def list_digests(desk: Desk) -> list[ReviewDigestNotice]:
    notices = [post.notice for post in desk.notices()]
    return require_type(
        ReviewDigestNotice, [each for each in notices if each and each.kind is NoticeKind.REVIEW_DIGEST]
    )


def list_targets(desk: Desk) -> list[str]:
    kind = NoticeKind.REVIEW_DIGEST
    return sorted(post.target for post in desk.notices() if post.notice and post.notice.kind is kind)


def begin_daily(desk: Desk) -> Desk:
    """Return the desk, whose channel has had a first look at the time, with an open review."""
    follow(desk)
    assert owe(desk, desk.clock()) == 0
    desk.open(event())
    return desk


def make_owner(address: str = OWNER) -> ProvenPerson:
    return make_proven_person(Reviewer(name="Dana Ozola", email=address, chat_ids={"slack": "U1"}))
