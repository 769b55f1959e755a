"""Conditions that operators have to handle, as far as the database shows: a function for each kind.

No remote service is called here. A worker can't report that no worker runs: `/healthz` does.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from docspace.errors import KEY_REFUSED
from reviews.delivery.delivery import NO_CHANNEL_REASON
from reviews.monitoring.alarms import CAUSE_PREFIX, Condition
from reviews.monitoring.canaries import CANARY_ID_PREFIX
from reviews.notice import parse_person_target
from reviews.ports.failure_isolation import propagate_failures
from reviews.routes.route import Operators, Target
from reviews.sweep import completeness
from reviews.wording.durations import format_duration
from runtime.worker.calendar_conditions import unclear_events, unread_calendar
from runtime.worker.canary_sender import describe_lost_canary
from runtime.worker.owner_conditions import gone_owners
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.slack_conditions import slack_connection
from runtime.worker.timestamp_conditions import silent_authority
from runtime.worker.witness_conditions import refusing_witnesses, silent_witnesses
from store import pending_work
from store.clock import read_database_time as database_now
from store.engine import read_only
from store.failing_targets import find_failing_targets
from store.ledger_tree import read_last_with_fault
from store.workers import find_worker_health
from webhook.webhook_status import WebhookState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.sweep.completeness import Completeness
    from runtime.wiring.wiring import Wiring
    from store.failing_targets import FailingTarget

log = structlog.get_logger()

IGNORED_CAUSES = (CAUSE_PREFIX, CANARY_ID_PREFIX)
"""Causes of cards without an alarm: an alarm or canary that is not delivered must not cause another alarm."""
MAX_TARGETS = 1000
MAX_LISTED_FOLDERS = 20
MAX_CHECKPOINT_DELAY = timedelta(minutes=1)
BACKLOG_TOLERANCE = timedelta(minutes=1)
REPLAY = "Fix the cause, then run docspace-review deliveries replay --all"


def dead_events(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    count, first = pending_work.count_dead_events(wiring.engine)
    if count:
        yield Condition(
            key="dead-events",
            sentence=f"{_format_count(count, 'change event')} given up, the first because of this: {first}",
            remedy="docspace-review events list shows why. Fix the cause, then run docspace-review events "
            "replay --all",
        )


def channels(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for each channel with cards given up, and one for all people who can't be reached."""
    failing = _find_failing(wiring)
    dead = [each for each in failing if each.dead]
    people = [each for each in dead if parse_person_target(each.target) is not None]
    yield from (_build_channel_condition(each) for each in dead if each not in people)
    if people:
        count, why = sum(each.dead for each in people), people[0].error
        yield Condition(
            key="dead-notices",
            sentence=f"{_format_count(count, 'message', to='people')} given up, one because of this: {why}",
            remedy=f"docspace-review deliveries list --state dead lists them. {REPLAY}",
        )


def missing_channels(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for each channel that a worker lacks while cards wait, which is only for minutes."""
    failing = _find_failing(wiring)
    waiting_cards: Counter[str] = Counter()
    for each in failing:
        if each.retrying and each.error == NO_CHANNEL_REASON.format(channel=each.notifier):
            waiting_cards[each.notifier] += each.retrying
    for channel, count in sorted(waiting_cards.items()):
        yield Condition(
            key=f"missing-channel:{channel}",
            sentence=f"A worker has no channel {channel}, which its routing file does not name: "
            f"{_format_count(count, 'card')} waiting",
            remedy="Start all workers with the same release, routing file and settings; the cards are then "
            "posted",
            flaps=True,
        )


def slack_token(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    failing = [each for each in _find_failing(wiring) if each.notifier == "slack"]
    if not failing:
        return
    from notifiers.slack.failures import ACCESS_REFUSED  # noqa: PLC0415 - it loads Slack's library

    waiting_cards = sum(each.retrying for each in failing if ACCESS_REFUSED in each.error)
    if waiting_cards:
        yield Condition(
            key="slack-token",
            sentence=f"{ACCESS_REFUSED}: {_format_count(waiting_cards, 'card')} waiting",
            remedy="Put the app's token into SLACK_BOT_TOKEN, and start again; the cards are then posted "
            "automatically",
        )


def docspace_key(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    events = pending_work.count_refused_events(wiring.engine, KEY_REFUSED)
    if events:
        yield Condition(
            key="docspace-key",
            sentence=f"{KEY_REFUSED}: {_format_count(events, 'change event')} waiting",
            remedy="Make a new key in DocSpace under Developer tools, API keys, put it into "
            "DOCSPACE_API_KEY, and start again; the changes are then processed automatically",
        )


def backlog(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition for what waits too long. An event also waits for the quiet period of its route."""
    oldest_allowed = wiring.routes.operators.backlog if wiring.routes.operators else Operators.backlog
    longest_wait = max((route.max_wait for route in wiring.routes.all), default=timedelta())
    event = pending_work.find_oldest_event(wiring.engine, now)
    card = pending_work.find_oldest_card(wiring.engine, exclude=IGNORED_CAUSES)
    late = [
        (each, noun)
        for each, noun, limit in (
            (event, "change event", max(oldest_allowed, longest_wait + BACKLOG_TOLERANCE)),
            (card, "card", oldest_allowed),
        )
        if each.age > limit
    ]
    if late:
        sentence = " and ".join(
            f"{_format_count(each.count, noun)} waiting, the oldest for {format_duration(each.age)}"
            for each, noun in late
        )
        reason = next((each.reason for each, _ in late if each.reason), "")
        yield Condition(
            key="backlog",
            sentence=f"{sentence}: {reason}" if reason else sentence,
            remedy="See the worker's log; docspace-review doctor shows what does not answer",
            flaps=True,
        )


def lost_canaries(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition for each route whose newest canary has not come back."""
    if not any(route.canary for route in wiring.routes.all):
        return
    wiring.canaries.settle_recent(now)
    for progress in wiring.canaries.list_overdue(now):
        yield Condition(
            key=f"canary:{progress.canary.route}",
            sentence=describe_lost_canary(progress, wiring.settings),
            remedy="docspace-review canary shows how far a test gets, docspace-review doctor what is broken",
        )


def webhook(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for a faulty webhook that a worker could not repair."""
    if not wiring.settings.has_receiver:
        return
    last_check = wiring.webhook_watch.get_last_check()
    if last_check is not None and last_check.state not in {WebhookState.IN_ORDER, WebhookState.UNKNOWN}:
        yield Condition(
            key="webhook",
            sentence=f"DocSpace's webhook is misconfigured: {last_check.reason}",
            remedy="docspace-review webhook register repairs it; webhook status shows the problem",
            flaps=True,
        )


def rounds(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition for each kind of round that is overdue: one that hangs, or fails each time."""
    with read_only(wiring.engine).connect() as connection:
        overdue = Counter(find_worker_health(connection, database_now(connection)).overdue_rounds)
    for name, count in overdue.items():
        yield Condition(
            key=f"round:{name}",
            sentence=f"The round {name} of {_format_worker_count(count)} has not succeeded for five minutes "
            "or more",
            remedy="See the worker's log for why, and restart the worker if it hangs",
        )


def incomplete(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition for each watched folder that has not been complete for long.

    If there are very many, one sentence covers all.
    """
    if not wiring.settings.sweep_interval:
        return
    interval = wiring.settings.sweep_interval
    before = now - completeness.find_allowed_age(
        wiring.routes, interval, has_webhook=wiring.settings.has_receiver
    )
    with wiring.transactions(reading=True) as work:
        folders = completeness.add_titles(work, completeness.check_furthest_behind(work, wiring.routes))
        summary = completeness.summarize_folders(work, wiring.routes, before=before)
    late = [each for each in folders if (each.stopped_by if each.up_to is None else each.up_to < before)]
    missed = "missed events" if wiring.settings.has_receiver else "changes"
    remedy = "Fix that; the next sweep continues automatically, or run docspace-review sweep"
    if len(late) > MAX_LISTED_FOLDERS:
        count = max(len(late), summary.late)
        yield Condition(
            key="incomplete",
            sentence=f"{count:,} or more folders could not be checked for {missed}, among them "
            f"{_explain_incomplete(late[0])}",
            remedy=remedy,
            flaps=True,
        )
        return
    for each in late:
        yield Condition(
            key=f"incomplete:{each.folder_id}",
            sentence=f"Folder {each.title or each.folder_id} could not be checked for {missed} "
            f"{_format_since(each)}: {_explain_delay(each)}",
            remedy=remedy,
            flaps=True,
        )


def _explain_incomplete(folder: Completeness) -> str:
    return f"{folder.title or folder.folder_id} {_format_since(folder)}: {_explain_delay(folder)}"


def _format_since(folder: Completeness) -> str:
    return f"since {folder.up_to:%Y-%m-%d %H:%M} UTC" if folder.up_to else "yet"


def _explain_delay(folder: Completeness) -> str:
    return folder.stopped_by or folder.held_by or "no sweep has succeeded; the worker's log shows why"


def uncovered_entries(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition if checkpoints do not cover the ledger's last entries."""
    last, fault = read_last_with_fault(wiring.engine)
    if fault is not None:
        yield Condition(
            key="checkpoint",
            sentence=f"No checkpoint covers the ledger from entry {fault.entry} on: {fault.reason}",
            remedy="docspace-review ledger verify names what does not hold; the page on the ledger says what "
            "to do",
        )
    elif last is None or now - last.at > MAX_CHECKPOINT_DELAY:
        with wiring.transactions(reading=True) as work:
            end = work.ledger.get_last_seq()
        covered = last.size if last else 0
        if end > covered:
            yield Condition(
                key="checkpoint",
                sentence=f"No checkpoint covers the ledger from entry {covered + 1} on",
                remedy="The log of the worker says why it makes none",
                flaps=True,
            )


CONDITIONS: dict[Callable[[Wiring, datetime], Iterable[Condition]], tuple[str, ...]] = {
    dead_events: ("dead-events",),
    channels: ("channel", "dead-notices"),
    missing_channels: ("missing-channel",),
    slack_token: ("slack-token",),
    slack_connection: ("slack-connection",),
    docspace_key: ("docspace-key",),
    backlog: ("backlog",),
    lost_canaries: ("canary",),
    webhook: ("webhook",),
    rounds: ("round",),
    incomplete: ("incomplete",),
    uncovered_entries: ("checkpoint",),
    refusing_witnesses: ("witness",),
    silent_witnesses: ("witnesses",),
    gone_owners: ("owner",),
    silent_authority: ("timestamps",),
    unread_calendar: ("calendar",),
    unclear_events: ("unclear-events",),
}
"""Each function with the kinds of conditions that it yields."""


def gather_conditions(
    wiring: Wiring, now: datetime, *, isolation: FailureIsolation = propagate_failures
) -> list[Condition]:
    """Return all conditions that hold now; each function of `CONDITIONS` has an `isolation` of its name."""
    conditions: list[Condition] = []
    for find_conditions in CONDITIONS:
        with isolation(find_conditions.__name__):
            conditions += list(find_conditions(wiring, now))
    return conditions


class ConditionWatch:
    """Watch of all conditions; it notifies the operators of changes, which are logged too."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._alarms = wiring.alarms
        self._isolation = RoundIsolation("alarms")

    def check(self, now: datetime) -> bool:
        """Return whether any condition has changed.

        Raises `ItemsFailed` if some could not be checked: their present conditions do not end.
        """
        with self._isolation.isolate_round() as isolation:
            conditions = gather_conditions(self._wiring, now, isolation=isolation)
            unknown = {
                kind
                for find_conditions, kinds in CONDITIONS.items()
                if find_conditions.__name__ in isolation.failed
                for kind in kinds
            }
            changes = self._alarms.process_conditions(conditions, now, unknown=unknown)
            for change in changes:
                name = "alarm_over" if change.is_over else "alarm"
                log.warning(name, about=change.key, says=change.sentence)
        return bool(changes)


def _find_failing(wiring: Wiring) -> list[FailingTarget]:
    with read_only(wiring.engine).connect() as connection:
        targets, _ = find_failing_targets(connection, MAX_TARGETS, exclude=IGNORED_CAUSES)
    return targets


def _build_channel_condition(failing: FailingTarget) -> Condition:
    target = Target(notifier=failing.notifier, address=failing.target)
    return Condition(
        key=f"channel:{target}",
        sentence=f"{_format_count(failing.dead, 'card', to=str(target))} given up, the last because of this: "
        f"{failing.error}",
        remedy=REPLAY,
    )


def _format_worker_count(count: int) -> str:
    return "a worker" if count == 1 else f"{count} workers"


def _format_count(count: int, noun: str, *, to: str = "") -> str:
    """Return a count as a sentence begins: `3 cards to slack:C1 are`."""
    where = f" to {to}" if to else ""
    return f"1 {noun}{where} is" if count == 1 else f"{count:,} {noun}s{where} are"
