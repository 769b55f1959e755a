"""Alarms about this installation itself: told once when a condition begins, and once when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.language import _, use_language
from reviews.notice import Notice, NoticeKind
from reviews.ports.alarms import Alarm
from reviews.routes.routing import OPERATORS_ROUTE
from reviews.text import plain
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Routes

LOOK_INTERVAL = timedelta(seconds=30)
"""How long lies between two looks of a worker."""
MIN_FLAP_DURATION = LOOK_INTERVAL * 2 / 3
"""For how long what flaps has to hold, or to be away: that is two looks in a row, be they a little early."""
MAX_SENTENCE_LENGTH = 600
CAUSE_PREFIX = "alarm:"
"""How the causes of all alarms begin, and nothing else's."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Something that operators have to see to; `do` says what helps, and `key` tells it from every other.

    A key begins with the kind of the condition; where there may be several, a colon and which one follow.
    One that `flaps` comes and goes by itself: it counts once it holds for two looks in a row, and is over
    once it is away for as long.
    """

    key: str
    sentence: str
    do: str
    flaps: bool = False


@dataclass(frozen=True, kw_only=True)
class AlarmTransition:
    """What has begun, or is over."""

    key: str
    sentence: str
    over: bool


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Tells the operators' route what has begun and what is over, each once, whoever looks and how often.

    Any number of workers may look, and die at any point: what is told is owed in the transaction that writes
    down that it was. Without a route of that name nobody is told, and what has turned is still returned.
    """

    transactions: Transactions
    routes: Routes

    def process_conditions(
        self, conditions: Iterable[Condition], now: datetime, *, unknown: Collection[str] = ()
    ) -> list[AlarmTransition]:
        """Take note of all the conditions that hold; `now` is when they began to be gathered.

        What another worker has seen since then is not over, though it is not among them; nor is what is of a
        kind of which it is `unknown` what holds.
        """
        found = {each.key: each for each in conditions}
        with self.transactions(reading=True) as work:
            standing = {
                alarm.key: alarm
                for alarm in work.alarms.list_active()
                if alarm.key in found or read_kind(alarm.key) not in unknown
            }
        if not found and not standing:
            return []
        with self.transactions() as work:
            # In one order for everybody, so that no two workers wait for each other.
            turns = [
                self._update_alarm(work, key, found, standing, now) for key in sorted({*found, *standing})
            ]
            work.commit()
        return [turn for turn in turns if turn]

    def _update_alarm(
        self,
        work: UnitOfWork,
        key: str,
        found: Mapping[str, Condition],
        standing: Mapping[str, Alarm],
        now: datetime,
    ) -> AlarmTransition | None:
        condition, alarm = found.get(key), standing.get(key)
        if condition is None:
            return self._end_alarm(work, alarm, now) if alarm else None
        if alarm is None:
            return self._begin_alarm(work, condition, now)
        work.alarms.mark_seen(key, at=now)
        if (
            alarm.told
            or now - alarm.since < MIN_FLAP_DURATION
            or not work.alarms.mark_reported(key, since=alarm.since)
        ):
            return None
        return self._report_alarm(work, condition, since=alarm.since, now=now)

    def _begin_alarm(self, work: UnitOfWork, condition: Condition, now: datetime) -> AlarmTransition | None:
        """Write down a condition; `None` where another worker was first, or it is too early to tell."""
        sentence = plain(condition.sentence)[:MAX_SENTENCE_LENGTH]
        alarm = Alarm(
            key=condition.key,
            sentence=sentence,
            since=now,
            seen_at=now,
            told=not condition.flaps,
            flaps=condition.flaps,
        )
        if not work.alarms.begin(alarm) or condition.flaps:
            return None
        return self._report_alarm(work, condition, since=now, now=now)

    def _report_alarm(
        self, work: UnitOfWork, condition: Condition, *, since: datetime, now: datetime
    ) -> AlarmTransition:
        sentence = plain(condition.sentence)[:MAX_SENTENCE_LENGTH]
        self._owe_notices(
            work, NoticeKind.ALARM, sentence, condition.do, cause=_format_cause(condition.key, since), at=now
        )
        return AlarmTransition(key=condition.key, sentence=sentence, over=False)

    def _end_alarm(self, work: UnitOfWork, alarm: Alarm, now: datetime) -> AlarmTransition | None:
        """Strike a condition that no longer holds; `None` where that is not sure yet, or somebody has."""
        before = now - MIN_FLAP_DURATION if alarm.flaps else now
        if alarm.seen_at >= before or not work.alarms.end(alarm.key, seen_before=before) or not alarm.told:
            return None
        with use_language(self.routes.find_language(OPERATORS_ROUTE)):
            note = _("It lasted {time}.").format(time=format_duration(now - alarm.since))
        cause = f"{_format_cause(alarm.key, alarm.since)}:over"
        self._owe_notices(work, NoticeKind.ALARM_OVER, alarm.sentence, note, cause=cause, at=now)
        return AlarmTransition(key=alarm.key, sentence=alarm.sentence, over=True)

    def _owe_notices(
        self, work: UnitOfWork, kind: NoticeKind, sentence: str, note: str, *, cause: str, at: datetime
    ) -> None:
        operators = self.routes.operators
        notice = Notice(
            kind=kind, title=sentence, path="", link=None, at=at, note=note, route=OPERATORS_ROUTE
        )
        for target in operators.notify if operators else ():
            work.cards.owe_notice((target.notifier, target.address), notice, cause=cause)


def read_kind(key: str) -> str:
    """Return the kind of a condition, with which its key begins."""
    return key.partition(":")[0]


def _format_cause(key: str, since: datetime) -> str:
    return f"{CAUSE_PREFIX}{key}:{since.isoformat()}"
