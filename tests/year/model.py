"""What reminders, escalations and lapses a year must have, in plain words and without the product's code.

One review is a small machine that is looked at, at each tick of the clock. Times are whole microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.year.absences import AbsenceBook, ModelStandIn
    from tests.year.working_periods import WorkingPeriods

MOST_OVERDUE_DAYS = 5
MOST_FOLLOW_UPS = 5
HOUR = 3_600_000_000
CLOCK_TYPES = frozenset(
    {
        *("review:reminded", "review:escalated", "review:lapsed", "review:followed_up"),
        *("review:handed_over", "review:handed_back"),
    }
)
"""The types of entries that the passing of time writes."""


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
    """Something that the clock did: an entry of the ledger.

    `step` is the step of a ladder, or the owner who is away. `recipients` are those who get a message of it,
    where these are not all in `whom`.
    """

    at: int
    review: str
    what: str
    whom: tuple[str, ...] = ()
    step: str = ""
    recipients: tuple[str, ...] | None = None


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
    covered: dict[str, str] = field(default_factory=dict)
    """Who has answered for which owner."""
    stand_ins: dict[str, ModelStandIn] = field(default_factory=dict)
    """Who stands in for which owner."""
    for_deputies: dict[str, tuple[str, ...]] = field(default_factory=dict)
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

    def list_missing(self) -> list[str]:
        """Return the owners whose answer is missing."""
        return [each for each in self.route.owners if each not in self.authors and each not in self.covered]

    def list_deputies(self) -> list[str]:
        """Return the deputies, with those who are away replaced."""
        return [person for each in self.route.deputies for person in self.for_deputies.get(each, (each,))]

    def list_asked(self, *, deputies: bool) -> tuple[str, ...]:
        """Return who is asked: not who made the change or has answered, and not who is away."""
        owners: list[str] = []
        for owner in self.list_missing():
            stand_in = self.stand_ins.get(owner)
            present = self._leave_out(stand_in.people if stand_in else ())
            owners += present or (owner,)
        if owners and not deputies:
            return self._leave_out(owners)
        return self._leave_out((*owners, *self.list_deputies())) or self._leave_out(self.route.deputies)

    def _leave_out(self, people: Iterable[str]) -> tuple[str, ...]:
        unable = {*self.authors, *self.answered}
        return tuple(dict.fromkeys(each for each in people if each not in unable))

    def hand_over(self, book: AbsenceBook, now: int) -> list[Act]:
        """Hand the review over for those who are away by now, and back to those who are here again."""
        if self.state != "open":
            return []
        before, after = self.stand_ins, book.list_for_owners(self, now)
        self.stand_ins, self.for_deputies = after, book.list_for_deputies(self, now)
        acts = []
        for owner, stand_in in after.items():
            former = before.get(owner)
            if stand_in != former:
                recipients = tuple(
                    each for each in stand_in.people if not former or each not in former.people
                )
                acts.append(
                    Act(
                        at=now,
                        review=self.name,
                        what="review:handed_over",
                        whom=stand_in.people,
                        step=owner,
                        recipients=recipients,
                    )
                )
        for owner, former in before.items():
            if owner not in after:
                acts.append(
                    Act(
                        at=now,
                        review=self.name,
                        what="review:handed_back",
                        whom=former.people,
                        step=owner,
                        recipients=(owner,),
                    )
                )
        return acts

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

    def find_part(self, who: str, *, request: bool) -> str | None:
        """Return the owner for whom a person may answer; empty for a deputy; `None` if they may not."""
        if who in self.authors or who in self.answered:
            return None
        missing = self.list_missing()
        if who in missing:
            return who
        stands_in_for = [
            owner for owner in missing if owner in self.stand_ins and who in self.stand_ins[owner].people
        ]
        if stands_in_for:
            return stands_in_for[0]
        must_be_owner = self.all_owners and not request and self.list_required()
        is_deputy = who in self.route.deputies or who in self.list_deputies() or who in self.route.owners
        return "" if is_deputy and not must_be_owner else None

    def list_required(self) -> list[str]:
        return [each for each in self.route.owners if each not in self.authors]

    def answer(self, who: str, now: int, *, request: bool) -> bool:
        """Record an answer, and return whether this person may give it."""
        part = self.find_part(who, request=request)
        if part is None:
            return False
        self.answered.append(who)
        if part:
            self.covered[part] = who
        required = self.list_required() if self.all_owners else []
        if request:
            self.state, self.requester = "changes_requested", who
            self.plan_follow_up(now)
        elif all(each in self.covered for each in required):
            self.state = "acknowledged"
        return True

    def may_snooze(self, who: str) -> bool:
        """Return whether a person is responsible: also one who has answered, or who made the change."""
        present = [person for each in self.stand_ins.values() for person in each.people]
        return who in {*self.route.owners, *self.route.deputies, *self.list_deputies(), *present}

    def withdraw(self, who: str, now: int) -> None:
        """Take an answer back: the review is open again, and the clock goes on. A past snooze is over."""
        self.answered.remove(who)
        self.covered = {owner: each for owner, each in self.covered.items() if each != who}
        self.snooze_ends = self.snooze_ends and self.snoozed is not None and self.snoozed > now
        if self.state == "changes_requested" and self.requester != who:
            return
        self.state, self.next_follow_up = "open", None
        self.plan_reminder(now)
        if self.snooze_ends:
            self.next_reminder = None

    def snooze(self, until: int) -> None:
        self.snoozed, self.snooze_ends, self.next_reminder = until, True, None
