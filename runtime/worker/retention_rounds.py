"""Retention: expired rows are removed in small steps, in a thread of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack.reactions import REACTION_REMOVED_PREFIX
from reviews.privacy.channel_visibility import VISIBILITY_CHANNEL
from runtime.worker.guarded_steps import DATABASE_ERRORS
from runtime.worker.rounds import Rounds
from store import removed_events, removed_reviews, retention
from store.removed_events import MIN_KEPT_EVENTS
from store.retention import RetentionStep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from runtime.wiring.wiring import Wiring

PASS_INTERVAL = timedelta(hours=6)
"""From the end of one pass over all tables to the beginning of the next."""
PAUSE_SECONDS = 0.1
"""Between two steps, each of which takes a tenth of that or little more: a million old events are removed
within half an hour, and other writers hardly ever wait."""
FIRST_SECONDS = 60.0
REST_SECONDS = 60.0
LOG_INTERVAL = timedelta(days=1)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class RetentionRule:
    """Rule that removes expired rows of one table; a step takes the key after which it continues.

    `start` is the key with which a pass over the table begins.
    """

    start: Any
    step: Callable[[Any, datetime], RetentionStep]


class EventRemoval:
    """Removal of events, one step after the step that condensed what is needed of them."""

    def __init__(self, engine: sa.Engine, keep: timedelta, *, newest: int) -> None:
        self._engine, self._keep, self._newest = engine, keep, newest
        self._condensed: Sequence[int] = ()

    def step(self, after: int, now: datetime) -> RetentionStep:
        if self._condensed:
            removed = removed_events.remove_events(self._engine, self._condensed)
            self._condensed = ()
            return RetentionStep(removed=removed, after=after)
        before = now - self._keep
        condensed = removed_events.condense_events(
            self._engine, after, before=before, now=now, newest=self._newest
        )
        self._condensed = condensed.ids
        return RetentionStep(removed=0, after=condensed.after)


class Retention:
    """Retention, one step at a time; its position is in this process only, so a new process starts over."""

    def __init__(self, rules: dict[str, RetentionRule], *, started_at: datetime) -> None:
        self._rules = rules
        self._names = list(rules)
        self._place, self._after = 0, rules[self._names[0]].start if rules else None
        self._due = self._told_at = started_at
        self._removed: Counter[str] = Counter()

    def remove_expired(self, *, now: datetime) -> bool:
        """Do one step, which holds its locks for milliseconds; return whether there is more to do now.

        A step that fails because the database is not available is retried. If it fails for another reason,
        the rest of its table waits for the next pass, so that it does not block other removals.
        """
        if not self._names:
            return False
        # A clock that was far ahead and was corrected must not delay the next pass until then.
        self._due = min(self._due, now + PASS_INTERVAL)
        if now < self._due:
            return False
        name = self._names[self._place]
        try:
            step = self._rules[name].step(self._after, now)
        except DATABASE_ERRORS:
            raise
        except BaseException:
            self._go_on(now)
            raise
        self._removed[name] += step.removed
        for each in step.unreadable:
            log.warning("not_removed", of=name, id=each, reason="it can't be read")
        self._after = step.after
        if step.after is None:
            self._go_on(now)
        if now - self._told_at >= LOG_INTERVAL:
            self._log_removed(now)
        return now >= self._due

    def _go_on(self, now: datetime) -> None:
        """Continue with the next table; after the last one, rest."""
        self._place = (self._place + 1) % len(self._names)
        self._after = self._rules[self._names[self._place]].start
        if self._place == 0:
            self._due = now + PASS_INTERVAL

    def _log_removed(self, now: datetime) -> None:
        log.info("retention", days=(now - self._told_at).days, removed=dict(+self._removed))
        self._told_at = now
        self._removed.clear()


class RetentionRounds:
    """Rounds of retention steps, with a pause after each."""

    def __init__(self, wiring: Wiring, *, first: float = FIRST_SECONDS) -> None:
        """The first step is done after `first` seconds, when the worker is working."""
        rules = build_rules(
            wiring.engine,
            keep_events=wiring.settings.keep_events,
            keep_reviews=wiring.settings.keep_reviews,
            named=wiring.routes.addresses,
        )
        self._transactions = wiring.transactions
        self._retention = Retention(rules, started_at=wiring.clock())
        self.rounds = Rounds(
            "retention", self._round, again=REST_SECONDS, first=first, may_work=wiring.schema.is_current
        )

    def _round(self) -> float:
        """Do a step by the database's own clock: that of a machine may be a year ahead."""
        with self._transactions(reading=True) as work:
            now = work.now()
        return PAUSE_SECONDS if self._retention.remove_expired(now=now) else REST_SECONDS


def build_rules(
    engine: sa.Engine,
    *,
    keep_events: timedelta | None,
    keep_reviews: timedelta | None,
    named: Collection[str] = (),
    newest: int = MIN_KEPT_EVENTS,
) -> dict[str, RetentionRule]:
    """Return the rules by what they remove; `None` keeps for ever.

    `named` are the addresses of the routes, whose people are kept; so are the `newest` events.
    """
    rules = {"reviews": _rule_of_reviews(engine, keep_reviews)} if keep_reviews is not None else {}
    if keep_events is not None:
        events = EventRemoval(engine, keep_events, newest=newest)
        rules["events"] = RetentionRule(start=0, step=events.step)
        rules |= _rules_of_the_rest(engine, keep_events, named)
    return rules


def _rule_of_reviews(engine: sa.Engine, keep: timedelta) -> RetentionRule:
    def step(after: int, now: datetime) -> RetentionStep:
        return removed_reviews.remove_reviews(engine, after, before=now - keep, now=now)

    return RetentionRule(start=0, step=step)


def _rules_of_the_rest(
    engine: sa.Engine, keep: timedelta, named: Collection[str]
) -> dict[str, RetentionRule]:
    """Return the rules for rows that are needed no longer than the events."""

    def walk(start: int | str, remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(start=start, step=lambda after, now: remove(engine, after, before=now - keep))

    def notices(after: int, now: datetime) -> RetentionStep:
        return retention.remove_notices(engine, after, before=now - keep, now=now)

    def whole(remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(start="", step=lambda _after, now: remove(engine, before=now - keep))

    return {
        "notices": RetentionRule(start=0, step=notices),
        "deleted_files": walk("", retention.remove_deleted_files),
        "people": walk("", partial(retention.remove_people, named=named)),
        "accounts": whole(retention.remove_accounts),
        "notes": whole(partial(retention.remove_notes, of=[REACTION_REMOVED_PREFIX, VISIBILITY_CHANNEL])),
    }
