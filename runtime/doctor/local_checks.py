"""Checks without a remote service: the routes, the database and the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from documents.system_calls import explain_missing_filter
from reviews.sweep import completeness as complete
from runtime.doctor.database import has_database
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.doctor.health_sentences import describe_part
from runtime.settings.routes_source import read_routes_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

MAX_LISTED_FOLDERS = 20
"""Folders, where very many are watched."""
_START = "run docspace-review migrate, then start the worker"
# What an operator can do about each part of `/healthz`.
_REMEDIES = {
    "database": "check that the database in DATABASE_URL runs and can be reached from here",
    "migrations": "run docspace-review migrate",
    "worker": "start docspace-review worker, or serve, which has one",
    "backlog": "see the worker's log; docspace-review events list and deliveries list show what is waiting",
    "dead_letters": "events list and deliveries list --state dead show why; fix the cause, and replay them",
    "channels": "docspace-review deliveries list shows what each channel answered",
}


def check_routes(wiring: Wiring) -> Iterator[Finding]:
    source, _ = read_routes_text(wiring.settings)
    yield report_ok("routes", f"{len(wiring.routes.all)} in {source}")


def check_reading(_wiring: Wiring) -> Iterator[Finding]:
    """Report whether the process that reads documents and calendars is without any right."""
    yield report_reading(explain_missing_filter())


def report_reading(missing: str) -> Finding:
    """Return the finding; `missing` says why there is no filter of system calls, or is empty."""
    subject = "documents and calendars"
    if not missing:
        return report_ok(subject, "read in a process that has no right to any file, process or network")
    return report_warning(
        subject,
        f"{missing}: the process that reads them can open nothing, but may change what this user may",
        "run it on Linux, x86_64 or aarch64",
    )


def check_health_parts(wiring: Wiring) -> Iterator[Finding]:
    if not has_database(wiring):
        return  # reported already
    for name, part in wiring.database_health.check_parts().items():
        # Other checks ask the portal itself, or say more of checkpoints.
        if name not in {"webhook", "ledger", "intake"}:
            yield _report_part(name, part)


def check_completeness(wiring: Wiring) -> Iterator[Finding]:
    """Report for each watched folder up to when all its changes have been processed."""
    if not wiring.settings.sweep_interval:
        yield report_warning(
            "gap sweep", "SWEEP_MINUTES is 0: missed events are never found",
            "set SWEEP_MINUTES to 15, or run docspace-review sweep from your own timer",
        )  # fmt: skip
    if not has_database(wiring):
        return
    before = wiring.clock() - complete.find_allowed_age(
        wiring.routes, has_webhook=wiring.settings.has_receiver
    )
    with wiring.transactions(reading=True) as work:
        folders = complete.check_furthest_behind(work, wiring.routes)
        summary = complete.summarize_folders(work, wiring.routes, before=before)
    if len(folders) < summary.watched:
        yield _report_outline(summary)
        folders = folders[:MAX_LISTED_FOLDERS]
    for each in folders:
        subject = f"folder {each.folder_id}"
        progress = f"complete up to {each.up_to:%Y-%m-%d %H:%M} UTC" if each.up_to else "not fully checked"
        progress = f"{progress}; {each.held_by}" if each.held_by else progress
        if each.stopped_by:
            yield report_error(
                subject, f"{progress}; stopped: {each.stopped_by}", "fix that; the next sweep continues"
            )
        elif each.up_to is None or each.up_to < before:
            yield report_warning(subject, progress, "start the worker, or run docspace-review sweep")
        else:
            yield report_ok(subject, progress)


def _report_outline(summary: complete.CompletenessSummary) -> Finding:
    """Summarize the state of very many folders, before those that are furthest behind."""
    earliest = f"{summary.earliest:%Y-%m-%d %H:%M} UTC" if summary.earliest else "nothing yet"
    message = (
        f"{summary.watched:,} watched, complete up to {earliest}; not fully checked "
        f"{summary.unfinished:,}, stopped {summary.stopped:,}, late {summary.late:,} (counted "
        f"up to {complete.MAX_COUNTED_FOLDERS:,})"
    )
    if summary.unfinished or summary.stopped or summary.late:
        return report_warning("folders", message, "see below")
    return report_ok("folders", message)


def _report_part(name: str, part: dict[str, Any]) -> Finding:
    state, remedy = str(part["state"]), _REMEDIES.get(name, _START)
    subject = name.replace("_", " ")
    if state == "ok":
        return report_ok(subject, "in order")
    message = describe_part(name, part).removesuffix(f": {remedy}")  # the remedy follows anyway
    return (
        report_error(subject, message, remedy)
        if state == "broken"
        else report_warning(subject, message, remedy)
    )
