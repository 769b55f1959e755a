"""Retention: expired rows are removed in small steps, in a thread of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack.removed_reactions import REACTION_REMOVED_PREFIX
from reviews.privacy.channel_visibility import VISIBILITY_CHANNEL
from runtime.worker.rounds import Rounds
from store import (
    removed_campaigns,
    removed_earlier_states,
    removed_events,
    removed_reviews,
    removed_texts,
    retention,
)
from store.outages import DATABASE_ERRORS
from store.removed_events import MIN_KEPT_EVENTS
from store.retention import RetentionStep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.routes.route import Routes
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

    def __init__(self, engine: sa.Engine, keep: timedelta, *, min_kept: int) -> None:
        self._engine, self._keep, self._min_kept = engine, keep, min_kept
        self._condensed_ids: Sequence[int] = ()

    def remove_step(self, after_id: int, now: datetime) -> RetentionStep:
        if self._condensed_ids:
            removed = removed_events.remove_events(self._engine, self._condensed_ids)
            self._condensed_ids = ()
            return RetentionStep(removed=removed, after=after_id)
        before = now - self._keep
        condensation = removed_events.condense_events(
            self._engine, after_id, before=before, now=now, min_kept=self._min_kept
        )
        self._condensed_ids = condensation.ids
        return RetentionStep(removed=0, after=condensation.after)


class Retention:
    """Retention, one step at a time; its position is in this process only, so a new process starts over."""

    def __init__(self, rules: dict[str, RetentionRule], *, started_at: datetime) -> None:
        self._rules = rules
        self._names = list(rules)
        self._position, self._after = 0, rules[self._names[0]].start if rules else None
        self._next_pass = self._logged_at = started_at
        self._removed: Counter[str] = Counter()

    def remove_expired(self, *, now: datetime) -> bool:
        """Do one step, which holds its locks for milliseconds; return whether there is more to do now.

        A step that fails because the database is not available is retried. If it fails for another reason,
        the rest of its table waits for the next pass, so that it does not block other removals.
        """
        if not self._names:
            return False
        # A clock that was far ahead and was corrected must not delay the next pass until then.
        self._next_pass = min(self._next_pass, now + PASS_INTERVAL)
        if now < self._next_pass:
            return False
        name = self._names[self._position]
        try:
            step = self._rules[name].step(self._after, now)
        except DATABASE_ERRORS:
            raise
        except BaseException:
            self._start_next_table(now)
            raise
        self._removed[name] += step.removed
        for each in step.unreadable:
            log.warning("not_removed", of=name, id=each, reason="it can't be read")
        self._after = step.after
        if step.after is None:
            self._start_next_table(now)
        if now - self._logged_at >= LOG_INTERVAL:
            self._log_removed(now)
        return now >= self._next_pass

    def _start_next_table(self, now: datetime) -> None:
        """Continue with the next table; after the last one, rest."""
        self._position = (self._position + 1) % len(self._names)
        self._after = self._rules[self._names[self._position]].start
        if self._position == 0:
            self._next_pass = now + PASS_INTERVAL

    def _log_removed(self, now: datetime) -> None:
        log.info("retention", days=(now - self._logged_at).days, removed=dict(+self._removed))
        self._logged_at = now
        self._removed.clear()


class RetentionRounds:
    """Rounds of retention steps, with a pause after each."""

    def __init__(self, wiring: Wiring, *, first_delay: float = FIRST_SECONDS) -> None:
        """The first step is done after `first_delay`, in seconds, when the worker is working."""
        rules = build_rules(
            wiring.engine,
            keep_events=wiring.settings.keep_events,
            keep_reviews=wiring.settings.keep_reviews,
            keep_text=wiring.settings.keep_text,
            routes=wiring.routes,
        )
        self._transactions = wiring.transactions
        self._retention = Retention(rules, started_at=wiring.clock())
        self.rounds = Rounds(
            "retention",
            self._run_round,
            retry_seconds=REST_SECONDS,
            first_delay=first_delay,
            may_work=wiring.schema.is_current,
        )

    def _run_round(self) -> float:
        """Do a step by the database's own clock: that of a machine may be a year ahead."""
        with self._transactions(reading=True) as work:
            now = work.now()
        return PAUSE_SECONDS if self._retention.remove_expired(now=now) else REST_SECONDS


def build_rules(
    engine: sa.Engine,
    *,
    keep_events: timedelta | None,
    keep_reviews: timedelta | None,
    keep_text: timedelta | None = None,
    routes: Routes | None = None,
    min_kept: int = MIN_KEPT_EVENTS,
) -> dict[str, RetentionRule]:
    """Return the rules by what they remove; `None` keeps for ever.

    People whom the `routes` name are kept, and reviews of those under legal hold; so are the newest
    `min_kept` events.
    """
    held_routes = routes.held if routes else frozenset()
    rules = {} if keep_reviews is None else _build_review_rules(engine, keep_reviews, held_routes)
    if keep_text is not None:
        rules |= _build_text_rules(engine, keep_text)
    if keep_events is not None:
        events = EventRemoval(engine, keep_events, min_kept=min_kept)
        rules["events"] = RetentionRule(start=0, step=events.remove_step)
        rules |= _build_other_rules(engine, keep_events, routes.addresses if routes else ())
    return rules


def _build_review_rules(
    engine: sa.Engine, keep: timedelta, held_routes: Collection[str]
) -> dict[str, RetentionRule]:
    """Return the rules for reviews, and for campaigns, which go after theirs."""

    def remove_in_steps(start: int | str, remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(
            start=start,
            step=lambda after, now: remove(
                engine, after, before=now - keep, now=now, held_routes=held_routes
            ),
        )

    return {
        "reviews": remove_in_steps(0, removed_reviews.remove_reviews),
        "campaigns": remove_in_steps("", removed_campaigns.remove_campaigns),
    }


def _build_text_rules(engine: sa.Engine, keep: timedelta) -> dict[str, RetentionRule]:
    def remove_in_steps(remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(start=0, step=lambda after, now: remove(engine, after, before=now - keep))

    return {
        "texts": remove_in_steps(removed_texts.remove_texts),
        "answered_texts": remove_in_steps(removed_earlier_states.remove_answered_texts),
        "earlier_comparisons": remove_in_steps(removed_earlier_states.remove_earlier_comparisons),
    }


def _build_other_rules(
    engine: sa.Engine, keep: timedelta, routed_people: Collection[str]
) -> dict[str, RetentionRule]:
    """Return the rules for rows that are needed no longer than the events."""

    def remove_in_steps(start: int | str, remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(start=start, step=lambda after, now: remove(engine, after, before=now - keep))

    def remove_notices(after_id: int, now: datetime) -> RetentionStep:
        return retention.remove_notices(engine, after_id, before=now - keep, now=now)

    def remove_all_old(remove: Callable[..., RetentionStep]) -> RetentionRule:
        return RetentionRule(start="", step=lambda _after, now: remove(engine, before=now - keep))

    return {
        "notices": RetentionRule(start=0, step=remove_notices),
        "deleted_files": remove_in_steps("", retention.remove_deleted_files),
        "people": remove_in_steps("", partial(retention.remove_people, kept_addresses=routed_people)),
        "accounts": remove_all_old(retention.remove_accounts),
        "notes": remove_all_old(
            partial(retention.remove_notes, kinds=[REACTION_REMOVED_PREFIX, VISIBILITY_CHANNEL])
        ),
    }
