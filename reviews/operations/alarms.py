"""Alarms about this installation itself: told once when a condition begins, and once when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.language import _, speaking
from reviews.notice import Notice, NoticeKind
from reviews.ports.alarms import Alarm
from reviews.routes.routing import OPERATORS
from reviews.text import plain
from reviews.wording.durations import span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Routes

APART = timedelta(seconds=30)
"""How long lies between two looks of a worker."""
LASTING = APART * 2 / 3
"""For how long what flaps has to hold, or to be away: that is two looks in a row, be they a little early."""
LONGEST_SENTENCE = 600
CAUSE = "alarm:"
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
class Turn:
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

    def look(
        self, conditions: Iterable[Condition], now: datetime, *, unknown: Collection[str] = ()
    ) -> list[Turn]:
        """Take note of all the conditions that hold; `now` is when they began to be gathered.

        What another worker has seen since then is not over, though it is not among them; nor is what is of a
        kind of which it is `unknown` what holds.
        """
        found = {each.key: each for each in conditions}
        with self.transactions(reading=True) as work:
            standing = {
                alarm.key: alarm
                for alarm in work.alarms.standing()
                if alarm.key in found or kind_of(alarm.key) not in unknown
            }
        if not found and not standing:
            return []
        with self.transactions() as work:
            # In one order for everybody, so that no two workers wait for each other.
            turns = [self._turn(work, key, found, standing, now) for key in sorted({*found, *standing})]
            work.commit()
        return [turn for turn in turns if turn]

    def _turn(
        self,
        work: UnitOfWork,
        key: str,
        found: Mapping[str, Condition],
        standing: Mapping[str, Alarm],
        now: datetime,
    ) -> Turn | None:
        condition, alarm = found.get(key), standing.get(key)
        if condition is None:
            return self._over(work, alarm, now) if alarm else None
        if alarm is None:
            return self._begin(work, condition, now)
        work.alarms.seen(key, at=now)
        if alarm.told or now - alarm.since < LASTING or not work.alarms.tell(key, since=alarm.since):
            return None
        return self._told(work, condition, since=alarm.since, now=now)

    def _begin(self, work: UnitOfWork, condition: Condition, now: datetime) -> Turn | None:
        """Write down a condition; `None` where another worker was first, or it is too early to tell."""
        sentence = plain(condition.sentence)[:LONGEST_SENTENCE]
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
        return self._told(work, condition, since=now, now=now)

    def _told(self, work: UnitOfWork, condition: Condition, *, since: datetime, now: datetime) -> Turn:
        sentence = plain(condition.sentence)[:LONGEST_SENTENCE]
        self._owe(work, NoticeKind.ALARM, sentence, condition.do, cause=_cause(condition.key, since), at=now)
        return Turn(key=condition.key, sentence=sentence, over=False)

    def _over(self, work: UnitOfWork, alarm: Alarm, now: datetime) -> Turn | None:
        """Strike a condition that no longer holds; `None` where that is not sure yet, or somebody has."""
        before = now - LASTING if alarm.flaps else now
        if alarm.seen_at >= before or not work.alarms.end(alarm.key, seen_before=before) or not alarm.told:
            return None
        with speaking(self.routes.language_of(OPERATORS)):
            note = _("It lasted {time}.").format(time=span(now - alarm.since))
        cause = f"{_cause(alarm.key, alarm.since)}:over"
        self._owe(work, NoticeKind.ALARM_OVER, alarm.sentence, note, cause=cause, at=now)
        return Turn(key=alarm.key, sentence=alarm.sentence, over=True)

    def _owe(
        self, work: UnitOfWork, kind: NoticeKind, sentence: str, note: str, *, cause: str, at: datetime
    ) -> None:
        operators = self.routes.operators
        notice = Notice(kind=kind, title=sentence, path="", link=None, at=at, note=note, route=OPERATORS)
        for target in operators.notify if operators else ():
            work.cards.tell_at((target.notifier, target.address), notice, cause=cause)


def kind_of(key: str) -> str:
    """Return the kind of a condition, with which its key begins."""
    return key.partition(":")[0]


def _cause(key: str, since: datetime) -> str:
    return f"{CAUSE}{key}:{since.isoformat()}"
