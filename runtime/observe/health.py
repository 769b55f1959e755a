"""The content of `/healthz`: each part by name, from a few small queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.routes.route import Target
from reviews.sweep import completeness
from runtime.observe.log_redaction import mask_addresses
from store.backlog import find_backlog
from store.failing_targets import FailingTarget, find_failing_targets
from store.ledger_tree import find_fault
from store.migrate import UnusableTables, refuse_other_schema
from store.slack_connections import find_slack_connections
from store.sqlite_connection import explain_failed_disk
from store.subscriptions import list_subscribed_places
from store.unit_of_work import SqlUnitOfWork
from store.webhook_watch import find_last_check
from store.workers import find_worker_health

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.people.code_mail import MonitoredCodeMailer
    from reviews.routes.route import Routes
    from reviews.sweep.completeness import CompletenessSummary
    from store.backlog import Backlog
    from store.ledger_tree import CheckpointFault
    from store.slack_connections import SlackConnections
    from store.webhook_watch import WebhookCheck
    from store.workers import WorkerHealth

WORKER_MISSED = timedelta(seconds=30)
BACKLOG_LATE = timedelta(minutes=10)
WEBHOOK_LATE = timedelta(minutes=20)
SLACK_MISSED = timedelta(minutes=1)
MAX_LISTED_TARGETS, MAX_COUNTED_TARGETS = 20, 1000
"""How many failing targets are listed, and how many are counted."""
_WEBHOOK = {"in_order": "ok", "unknown": "unknown"}

HealthPart = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Health:
    """Health check: `broken` if nothing gets through; `late`, `attention`, `unknown` if a look is needed."""

    engine: sa.Engine
    clock: Clock
    routes: Routes | None = None
    """The routes with the watched folders; without them, the part `completeness` is left out."""
    sweep_interval: timedelta | None = None
    """How often the sweep looks for changes, if it alone finds them; without it, the webhook does."""
    slack_socket: bool = False
    """Whether the workers connect to Slack (Socket Mode); otherwise the part `slack` is left out."""
    mail: MonitoredCodeMailer | None = None
    """The mailer of codes in this process; without it, the part `mail` is left out."""

    def check_parts(self) -> dict[str, HealthPart]:
        """Check all parts as of one moment."""
        if failure := explain_failed_disk(self.engine):
            return {"database": {"state": "broken", "reason": failure}}
        try:
            with SqlUnitOfWork(self.engine, reading=True) as work:
                connection = work.connection
                refuse_other_schema(connection)
                now, backlog = work.now(), find_backlog(connection)
                return {
                    "database": {"state": "ok"},
                    "migrations": {"state": "ok"},
                    "worker": _check_worker(find_worker_health(connection, now)),
                    "backlog": self._check_backlog(backlog, now),
                    "dead_letters": _check_dead_letters(backlog),
                    "channels": self._check_channels(connection, backlog),
                    "ledger": _check_ledger(find_fault(connection)),
                    **({"completeness": self._check_completeness(work, self.routes)} if self.routes else {}),
                    **self._check_intake(work, now),
                    **(
                        {"slack": _check_slack(find_slack_connections(connection, now))}
                        if self.slack_socket
                        else {}
                    ),
                    **({"mail": _check_mail(self.mail)} if self.mail else {}),
                }
        except UnusableTables as error:
            return {"database": {"state": "ok"}, "migrations": {"state": "broken", "reason": str(error)}}
        except sa.exc.SQLAlchemyError as error:
            return {"database": {"state": "broken", "reason": f"not available ({type(error).__name__})"}}

    def _check_backlog(self, backlog: Backlog, now: datetime) -> HealthPart:
        event_age = self.clock() - backlog.oldest_event if backlog.oldest_event else timedelta()
        card_age = now - backlog.oldest_card if backlog.oldest_card else timedelta()
        age = max(event_age, card_age)
        return {
            "state": "late" if age > BACKLOG_LATE else "ok",
            "events": backlog.events,
            "cards": backlog.cards,
            "oldest_seconds": round(age.total_seconds(), 1),
        }

    def _check_intake(self, work: SqlUnitOfWork, now: datetime) -> dict[str, HealthPart]:
        """Return how changes come in: through the webhook, or by the sweep alone."""
        if self.sweep_interval is None:
            return {"webhook": _check_webhook(find_last_check(work.connection, now))}
        part = {"mode": "sweep", "interval_seconds": round(self.sweep_interval.total_seconds())}
        if self.routes is None:
            return {"intake": {"state": "ok", **part}}
        behind = completeness.check_furthest_behind(work, self.routes)
        reasons = [each.stopped_by for each in behind if each.stopped_by]
        state = "attention" if reasons else "ok" if all(each.swept_to for each in behind) else "unknown"
        return {"intake": {"state": state, **part, **({"reason": reasons[0]} if reasons else {})}}

    def _check_completeness(self, work: SqlUnitOfWork, routes: Routes) -> HealthPart:
        """Return up to when watched folders are complete, by their ids, since anyone may request this."""
        before = self.clock() - completeness.find_allowed_age(routes, has_webhook=self.sweep_interval is None)
        behind = completeness.check_furthest_behind(work, routes)
        many = len(routes.watched) > len(behind)
        summary = completeness.summarize_folders(work, routes, before=before) if many else None
        late = [each for each in behind if each.up_to is None or each.up_to < before]
        state = "attention" if any(each.stopped_by for each in behind) else "late" if late else "ok"
        folders = {
            each.folder_id: {
                "complete_up_to": _format_time(each.up_to),
                "listed_up_to": _format_time(each.listed_to),
                "stopped_by": each.stopped_by,
                "held_by": each.held_by,
            }
            for each in behind
        }
        return {"state": state, "folders": folders, **(_summarize_outline(summary) if summary else {})}

    def _check_channels(self, connection: sa.Connection, backlog: Backlog) -> HealthPart:
        """Return how many targets there are, which fail and why; outages of theirs are not ours."""
        has_unsent = backlog.cards or backlog.dead_cards  # each card that fails is one of these
        failing, count = find_failing_targets(connection, MAX_COUNTED_TARGETS) if has_unsent else ([], 0)
        state = "attention" if any(each.dead for each in failing) else "late" if failing else "ok"
        named = {target for _, target in self.routes.all_targets} if self.routes else set()
        places = list_subscribed_places(connection)
        subscribed_targets = {Target(notifier=name, address=place) for name, place in places}
        return {
            "state": state,
            "targets": len(named | subscribed_targets | {_build_target(each) for each in failing}),
            "failing_targets": count,
            "failing": [_describe_target(each) for each in failing[:MAX_LISTED_TARGETS]],
        }


def _check_worker(worker_health: WorkerHealth) -> HealthPart:
    """Return whether a worker is running, and which rounds of running workers do not end."""
    if worker_health.silence is None or worker_health.silence > WORKER_MISSED:
        return {"state": "broken", "reason": "no worker is running"}
    return {
        "state": "late" if worker_health.overdue_rounds else "ok",
        "seen_seconds_ago": round(worker_health.silence.total_seconds(), 1),
        "overdue_rounds": list(worker_health.overdue_rounds),
    }


def _check_dead_letters(backlog: Backlog) -> HealthPart:
    events, cards = backlog.dead_events, backlog.dead_cards
    return {"state": "attention" if events or cards else "ok", "events": events, "cards": cards}


def _check_ledger(fault: CheckpointFault | None) -> HealthPart:
    """Return whether checkpoints cover the ledger; never `broken`, since answers are recorded all the same.

    Why they don't is for operators, and anyone may request this.
    """
    if fault is None:
        return {"state": "ok"}
    return {"state": "attention", "reason": "no checkpoint covers the last entries: doctor says why"}


def _check_webhook(check: WebhookCheck | None) -> HealthPart:
    """Return the state of the webhook; never `broken`, since a restart for it would keep DocSpace out."""
    if check is None:
        return {"state": "unknown", "reason": "no worker has checked yet"}
    state = _WEBHOOK.get(check.state, "attention")
    late = state == "ok" and check.age > WEBHOOK_LATE
    return {
        "state": "late" if late else state,
        "webhook": check.state,
        "reason": check.reason,
        "seen_seconds_ago": round(check.age.total_seconds(), 1),
        "last_success": _format_portal_time(check.last_success),
        "healed_at": _format_time(check.healed_at),
    }


def _summarize_outline(summary: CompletenessSummary) -> HealthPart:
    """Summarize very many folders, of which only those furthest behind are listed."""
    return {
        "watched": summary.watched,
        "not_looked_at": summary.unfinished,
        "stopped": summary.stopped,
        "late": summary.late,
        "earliest": _format_time(summary.earliest),
    }


def _check_slack(connections: SlackConnections) -> HealthPart:
    """Return how many workers are connected to Slack; never `broken`, since no restart would help.

    It is `late` for as long as a reconnection takes, at most.
    """
    missing_for = connections.missing_for
    if connections.count or missing_for is None:
        state = "ok" if connections.count else "late"
    else:
        state = "attention" if missing_for > SLACK_MISSED else "late"
    reason = connections.reason or ("" if connections.count else "no worker connects to Slack")
    return {"state": state, "connections": connections.count, "reason": reason}


def _check_mail(mail: MonitoredCodeMailer) -> HealthPart:
    """Return whether the mail server accepts mail, of no mailbox in particular; never `broken`."""
    last = mail.last_check
    if last is None:
        return {"state": "unknown", "reason": "no code was requested in the last ten minutes"}
    return {"state": "attention", "reason": last.error} if last.error else {"state": "ok"}


def _format_time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _format_portal_time(at: datetime | None) -> str | None:
    """Write a time by the portal's clock without a zone, since DocSpace does not report the zone."""
    return at.replace(tzinfo=None).isoformat() if at else None


def _build_target(failing: FailingTarget) -> Target:
    return Target(notifier=failing.notifier, address=failing.target)


def _describe_target(failing: FailingTarget) -> dict[str, Any]:
    """Describe a failing target without a person's full address, since anyone may request this."""
    texts = {"target": str(_build_target(failing)), "error": failing.error}
    cut = {name: mask_addresses(text) for name, text in texts.items()}
    return {**cut, "dead": failing.dead, "retrying": failing.retrying}
