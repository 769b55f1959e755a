"""Reviews on a ladder, opened on a Thursday, and what the clock does with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.kinds import Decision, StepAction
from reviews.routes.ladder import LadderStep, end_ladder
from reviews.routes.working_time import WorkingHours
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from reviews.model import Review

HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
THURSDAY = datetime(2026, 3, 12, 13, 0, 0, 345_678, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY, SATURDAY, MONDAY = THURSDAY + DAY, THURSDAY + 2 * DAY, THURSDAY + 4 * DAY
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY
NEXT_MORNING = {"Friday": FRIDAY.replace(hour=9), "Monday": MONDAY.replace(hour=9)}
SECOND_OWNER = "second@example.com"
INSTANT = timedelta(microseconds=1)
AUTHOR = str(ALICE.email)

Asked = tuple[str, str, tuple[str, ...]]


def remind(after: int, **more: Any) -> LadderStep:
    return LadderStep(after=after, action=StepAction.REMIND, **more)


def escalate(after: int, to: str = "deputies", **more: Any) -> LadderStep:
    return LadderStep(after=after, action=StepAction.ESCALATE, to=to, **more)


def lapse(after: int) -> LadderStep:
    return LadderStep(after=after, action=StepAction.LAPSE)


OPS = escalate(150, "paper:C-OPS", place=("paper", "C-OPS"))
EXAMPLE = (remind(50), escalate(100), OPS, lapse(200))
FIRST: Asked = ("review:reminded", "50%", (OWNER,))
SECOND: Asked = ("review:escalated", "100%", (OWNER, DEPUTY))
THIRD: Asked = ("review:escalated", "150%", ("paper:C-OPS",))
LAST: Asked = ("review:lapsed", "200%", ())


def opened(desk: Desk, *ladder: LadderStep, **rules: Any) -> Review:
    """Open a review on Thursday at 13:00 that is due in two days: on Monday at 13:00."""
    desk.clock.now = THURSDAY
    follow(desk, *ladder, **rules)
    return desk.open(event())


def follow(desk: Desk, *ladder: LadderStep, **rules: Any) -> None:
    """Go by these steps from now on, within working hours; without any, by the default ones."""
    common = {"due": 16 * HOUR, "working_hours": HOURS, "ladder": end_ladder(ladder)}
    desk.follow(routes(**{**common, **rules}))


def at(desk: Desk, moment: datetime) -> list[Asked]:
    """Let it be then, let the clock look until nothing is due, and return what it recorded: whom it asked."""
    before = len(desk.entries())
    desk.clock.now = moment
    for _ in range(10):
        if not desk.reminders.process_due_reviews():
            return [
                (entry["type"], entry.get("step", ""), tuple(entry["whom"]))
                for entry in desk.entries()[before:]
            ]
    raise AssertionError("the clock finds no end")


def list_notices(desk: Desk, place: str = "C1") -> list[str]:
    return [str(post.notice.kind) for post in desk.notices() if post.notice and post.target == place]


def answer(desk: Desk, review: Review, **more: Any) -> None:
    desk.answers.record_answer(build_answer_request(review, **more))


def request_changes(desk: Desk, review: Review, **more: Any) -> None:
    answer(desk, review, decision=Decision.REQUEST_CHANGES, note="Section 4 is out of date.", **more)
