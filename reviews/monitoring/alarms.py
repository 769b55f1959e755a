"""Alarms about this installation: reported once when a condition begins, and once when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.language import _, use_language
from reviews.notice import AlarmNotice, NoticeKind
from reviews.ports.alarms import Alarm
from reviews.routes.route import OPERATORS_ROUTE
from reviews.text import clean_text
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

LOOK_INTERVAL = timedelta(seconds=30)
"""Time between two checks of a worker."""
MIN_FLAP_DURATION = LOOK_INTERVAL * 2 / 3
"""How long a flapping condition has to hold or be absent: two checks in a row, even if a little early."""
MAX_SENTENCE_LENGTH = 600
CAUSE_PREFIX = "alarm:"
"""Prefix of the causes of all alarms, and of no other causes."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition that operators have to fix; `remedy` says what helps, `key` distinguishes it from others.

    A key begins with the kind of the condition; where there may be several, a colon and which one follow. A
    condition that `flaps` comes and goes by itself: it counts once it holds for two checks in a row, and is
    over once it is absent for as long.
    """

    key: str
    sentence: str
    remedy: str
    flaps: bool = False


@dataclass(frozen=True, kw_only=True)
class AlarmTransition:
    """A condition that has begun or is over."""

    key: str
    sentence: str
    is_over: bool


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Reports to the operators' route what has begun and what is over, once each, however many workers check.

    Any number of workers may check, and die at any point: a report is owed in the transaction that stores it
    as reported. Without a route of that name there is no report, and the transitions are still returned.
    """

    transactions: Transactions
    routes: Routes

    def process_conditions(
        self, conditions: Iterable[Condition], now: datetime, *, unknown: Collection[str] = ()
    ) -> list[AlarmTransition]:
        """Process all the conditions that hold; `now` is when gathering them began.

        An alarm that another worker has seen since then is not over, though it is not among them; nor is one
        whose kind is among `unknown`, the kinds that could not be checked.
        """
        current = {condition.key: condition for condition in conditions}
        with self.transactions(reading=True) as work:
            active = {
                alarm.key: alarm
                for alarm in work.alarms.list_active()
                if alarm.key in current or read_kind(alarm.key) not in unknown
            }
        if not current and not active:
            return []
        with self.transactions() as work:
            # The same order for all workers, so that no two wait for each other.
            transitions = [
                self._update_alarm(work, key, current, active, now) for key in sorted({*current, *active})
            ]
            work.commit()
        return [transition for transition in transitions if transition]

    def _update_alarm(
        self,
        work: UnitOfWork,
        key: str,
        current: Mapping[str, Condition],
        active: Mapping[str, Alarm],
        now: datetime,
    ) -> AlarmTransition | None:
        condition, alarm = current.get(key), active.get(key)
        if condition is None:
            return self._end_alarm(work, alarm, now) if alarm else None
        if alarm is None:
            return self._begin_alarm(work, condition, now)
        work.alarms.mark_seen(key, at=now)
        if (
            alarm.is_reported
            or now - alarm.since < MIN_FLAP_DURATION
            or not work.alarms.mark_reported(key, since=alarm.since)
        ):
            return None
        return self._report_alarm(work, condition, since=alarm.since, now=now)

    def _begin_alarm(self, work: UnitOfWork, condition: Condition, now: datetime) -> AlarmTransition | None:
        """Store a condition; `None` where another worker was first, or it is too early to report."""
        sentence = clean_text(condition.sentence)[:MAX_SENTENCE_LENGTH]
        alarm = Alarm(
            key=condition.key,
            sentence=sentence,
            since=now,
            seen_at=now,
            is_reported=not condition.flaps,
            flaps=condition.flaps,
        )
        if not work.alarms.begin(alarm) or condition.flaps:
            return None
        return self._report_alarm(work, condition, since=now, now=now)

    def _report_alarm(
        self, work: UnitOfWork, condition: Condition, *, since: datetime, now: datetime
    ) -> AlarmTransition:
        sentence = clean_text(condition.sentence)[:MAX_SENTENCE_LENGTH]
        self._owe_notices(
            work,
            NoticeKind.ALARM,
            sentence,
            condition.remedy,
            cause=_format_cause(condition.key, since),
            at=now,
        )
        return AlarmTransition(key=condition.key, sentence=sentence, is_over=False)

    def _end_alarm(self, work: UnitOfWork, alarm: Alarm, now: datetime) -> AlarmTransition | None:
        """End an alarm whose condition no longer holds; `None` if unsure or another worker was first."""
        before = now - MIN_FLAP_DURATION if alarm.flaps else now
        if (
            alarm.seen_at >= before
            or not work.alarms.end(alarm.key, seen_before=before)
            or not alarm.is_reported
        ):
            return None
        with use_language(self.routes.find_language(OPERATORS_ROUTE)):
            note = _("It lasted {time}.").format(time=format_duration(now - alarm.since))
        cause = f"{_format_cause(alarm.key, alarm.since)}:over"
        self._owe_notices(work, NoticeKind.ALARM_OVER, alarm.sentence, note, cause=cause, at=now)
        return AlarmTransition(key=alarm.key, sentence=alarm.sentence, is_over=True)

    def _owe_notices(
        self, work: UnitOfWork, kind: NoticeKind, sentence: str, note: str, *, cause: str, at: datetime
    ) -> None:
        operators = self.routes.operators
        notice = AlarmNotice(kind=kind, title=sentence, at=at, note=note, route=OPERATORS_ROUTE)
        for target in operators.notify if operators else ():
            work.cards.owe_notice((target.notifier, target.address), notice, cause=cause)


def read_kind(key: str) -> str:
    """Return the kind of a condition, with which its key begins."""
    return key.partition(":")[0]


def _format_cause(key: str, since: datetime) -> str:
    return f"{CAUSE_PREFIX}{key}:{since.isoformat()}"
