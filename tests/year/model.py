"""What reminders, escalations and lapses a year must have, in plain words and without the product's code.

One review is a small machine that is looked at, at each tick of the clock. Times are whole microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.year.working_periods import WorkingPeriods

MOST_OVERDUE_DAYS = 5
MOST_FOLLOW_UPS = 5
HOUR = 3_600_000_000
CLOCK_TYPES = frozenset({"review:reminded", "review:escalated", "review:lapsed", "review:followed_up"})
"""The types of entries that the clock writes."""


@dataclass(frozen=True, kw_only=True)
class ModelRoute:
    """What the model knows of a route; `steps` are (percent, action, recipient), `None` without a ladder."""

    name: str
    periods: WorkingPeriods
    owners: tuple[str, ...]
    deputies: tuple[str, ...]
    due: int | None
    remind: int | None = None
    steps: tuple[tuple[int, str, str], ...] | None = None
    urgent: bool = False
    after_request: int | None = None
    day: int = 8 * HOUR


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that the clock did: an entry of the ledger."""

    at: int
    review: str
    what: str
    whom: tuple[str, ...] = ()
    step: str = ""


@dataclass
class ModelReview:
    """One review: who changed the document, who has answered, and how far the clock has come."""

    name: str
    route: ModelRoute
    authors: tuple[str, ...]
    opened: int
    all_owners: bool = False
    state: str = "open"
    due: int | None = None
    answered: list[str] = field(default_factory=list)
    requester: str = ""
    taken: int = 0
    lapsed: int | None = None
    next_reminder: int | None = None
    next_follow_up: int | None = None
    follow_ups: int = 0
    snoozed: int | None = None
    snooze_ends: bool = False

    def __post_init__(self) -> None:
        if self.route.due is not None:
            self.due = self.route.periods.add(self.opened, self.route.due)
        self.plan_reminder(self.opened)

    @property
    def steps(self) -> tuple[tuple[int, str, str], ...]:
        """All steps: a ladder without a lapse lapses with its last step, at the deadline or after it."""
        written = self.route.steps or ((100, "escalate", "deputies"),)
        if written[-1][1] == "lapse":
            return written
        return (*written, (max(100, written[-1][0]), "lapse", ""))

    def time_of(self, percent: int) -> int:
        """Return when a step is due."""
        assert self.due is not None
        assert self.route.due is not None
        if percent == 100:
            return self.due
        begins, share = (self.opened, percent) if percent < 100 else (self.due, percent - 100)
        periods = self.route.periods
        position = periods.find_position(begins)
        return periods.find_moment(position + self.route.due * share // 100)

    def plan_reminder(self, now: int) -> None:
        """Plan the next reminder of a route without a ladder."""
        self.next_reminder = None
        if self.route.remind is None or self.route.steps is not None:
            return
        if self.lapsed is None:
            self.next_reminder = self.route.periods.add(now, self.route.remind)
            return
        following = self.route.periods.add(now, max(self.route.remind, self.route.day))
        if following <= self.route.periods.add(self.lapsed, self.route.day * MOST_OVERDUE_DAYS):
            self.next_reminder = following

    def list_asked(self, *, deputies: bool) -> tuple[str, ...]:
        """Return who is asked: not who made the change or has answered."""
        left_out = {*self.authors, *self.answered}
        owners = tuple(each for each in self.route.owners if each not in left_out)
        others = tuple(each for each in self.route.deputies if each not in left_out)
        return tuple(dict.fromkeys((*owners, *others))) if deputies or not owners else owners

    def look(self, now: int) -> list[Act]:
        """Return what the clock does with this review now."""
        if self.state == "changes_requested":
            return self._look_at_request(now)
        if self.state != "open" or (self.snoozed is not None and now < self.snoozed):
            return []
        due = []
        if self.due is not None and self.lapsed is None:
            due = [step for step in self.steps[self.taken :] if self.time_of(step[0]) <= now]
        reminder_is_due = self.next_reminder is not None and self.next_reminder <= now
        if not due and not reminder_is_due and not self.snooze_ends:
            return []
        if not self.route.urgent and not self.route.periods.is_working(now):
            return []
        asks = any(action != "lapse" for _, action, _ in due)
        acts = [] if asks or not (reminder_is_due or self.snooze_ends) else self._remind(now, "")
        acts += self._take(due, now) if due else []
        self.snooze_ends = False
        self.plan_reminder(now)
        return acts

    def _take(self, due: list[tuple[int, str, str]], now: int) -> list[Act]:
        self.taken += len(due)
        acts: list[Act] = []
        for number, (percent, action, recipient) in enumerate(due):
            later = [(each[1], each[2]) for each in due[number + 1 :]]
            if action == "lapse":
                self.lapsed = now
                acts.append(Act(at=now, review=self.name, what="review:lapsed", step=f"{percent}%"))
            elif action == "remind":
                asked_anyway = [each for each in later if each[0] == "remind" or each[1] == "deputies"]
                acts += [] if asked_anyway else self._remind(now, f"{percent}%")
            elif (action, recipient) not in later:
                acts += self._escalate(now, f"{percent}%", recipient)
        return acts

    def _remind(self, now: int, step: str) -> list[Act]:
        whom = self.list_asked(deputies=False)
        return [Act(at=now, review=self.name, what="review:reminded", whom=whom, step=step)] if whom else []

    def _escalate(self, now: int, step: str, recipient: str) -> list[Act]:
        whom: tuple[str, ...] = (recipient,)
        if recipient == "deputies":
            whom = self.list_asked(deputies=True)
        elif "@" in recipient and recipient in {*self.authors, *self.answered}:
            whom = ()
        return [Act(at=now, review=self.name, what="review:escalated", whom=whom, step=step)] if whom else []

    def _look_at_request(self, now: int) -> list[Act]:
        if self.next_follow_up is None or now < self.next_follow_up:
            return []
        if not self.route.urgent and not self.route.periods.is_working(now):
            return []
        whom = tuple(author for author in self.authors if author != self.requester)
        self.next_follow_up = None
        if not whom:
            return []
        self.follow_ups += 1
        self.plan_follow_up(now)
        return [Act(at=now, review=self.name, what="review:followed_up", whom=whom)]

    def plan_follow_up(self, now: int) -> None:
        self.next_follow_up = None
        if self.route.after_request is not None and self.follow_ups < MOST_FOLLOW_UPS:
            self.next_follow_up = self.route.periods.add(now, self.route.after_request)

    def answer(self, who: str, now: int, *, request: bool) -> None:
        self.answered.append(who)
        required = [each for each in self.route.owners if each not in self.authors] if self.all_owners else []
        if request:
            self.state, self.requester = "changes_requested", who
            self.plan_follow_up(now)
        elif all(each in self.answered for each in required):
            self.state = "acknowledged"

    def withdraw(self, who: str, now: int) -> None:
        """Take an answer back: the review is open again, and the clock goes on. A past snooze is over."""
        self.answered.remove(who)
        self.snooze_ends = self.snooze_ends and self.snoozed is not None and self.snoozed > now
        self.state, self.next_follow_up = "open", None
        self.plan_reminder(now)
        if self.snooze_ends:
            self.next_reminder = None

    def snooze(self, until: int) -> None:
        self.snoozed, self.snooze_ends, self.next_reminder = until, True, None
