"""What can be told without asking anybody far away: the routes, the database and the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.sweep import completeness as complete
from runtime.doctor.database import is_there
from runtime.doctor.findings import broken, good, lacking
from runtime.observe.health import Health
from runtime.settings.given_routes import routes_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

MOST_TOLD = 20
"""Folders, where very many are watched."""
_START = "run docspace-review migrate, then start the worker"
# What `/healthz` says of a part, and what an operator can do about it.
_REMEDIES = {
    "database": "see that DATABASE_URL names a database that runs and that this machine reaches",
    "migrations": "run docspace-review migrate",
    "worker": "start docspace-review serve, or the worker",
    "backlog": "see the worker's log; docspace-review events list and deliveries list name what waits",
    "dead_letters": "events list and deliveries list --state dead say why; mend it, and replay them",
    "channels": "docspace-review deliveries list says what each channel answered",
}


def routes(wiring: Wiring) -> Iterator[Finding]:
    source, _ = routes_text(wiring.settings)
    yield good("routes", f"{len(wiring.routes.all)} in {source}")


def database(wiring: Wiring) -> Iterator[Finding]:
    if not is_there(wiring):
        return  # that was said already
    for name, part in Health(engine=wiring.engine, clock=wiring.clock).parts().items():
        if name != "webhook":  # the portal itself is asked about it
            yield _told(name, part)


def completeness(wiring: Wiring) -> Iterator[Finding]:
    """Tell of each watched folder up to when everything in it has been seen to."""
    if not wiring.settings.sweep_minutes:
        yield lacking(
            "gap sweep", "SWEEP_MINUTES is 0: what DocSpace did not deliver is never found",
            "set SWEEP_MINUTES to 15, or run docspace-review sweep by a timer of your own",
        )  # fmt: skip
    if not is_there(wiring):
        return
    before = wiring.clock() - complete.patience(wiring.routes)
    with wiring.transactions(reading=True) as work:
        found = complete.of_some(work, wiring.routes)
        outline = complete.outline(work, wiring.routes, before=before)
    if len(found) < outline.watched:
        yield _outlined(outline)
        found = found[:MOST_TOLD]
    for each in found:
        about = f"folder {each.folder_id}"
        told = f"complete up to {each.up_to:%Y-%m-%d %H:%M} UTC" if each.up_to else "not looked at to the end"
        if each.stopped_by:
            yield broken(about, f"{told}; stopped: {each.stopped_by}", "mend that; the next sweep goes on")
        elif each.up_to is None or each.up_to < before:
            yield lacking(about, told, "start the worker, or run docspace-review sweep")
        else:
            yield good(about, told)


def _outlined(outline: complete.Outline) -> Finding:
    """Tell of very many folders how far they are, before those that are furthest behind."""
    earliest = f"{outline.earliest:%Y-%m-%d %H:%M} UTC" if outline.earliest else "nothing yet"
    says = (
        f"{outline.watched:,} watched, complete up to {earliest}; not looked at to the end "
        f"{outline.unfinished:,}, stopped {outline.stopped:,}, late {outline.late:,} "
        f"(counted up to {complete.MOST_COUNTED:,})"
    )
    if outline.unfinished or outline.stopped or outline.late:
        return lacking("folders", says, "see below")
    return good("folders", says)


def _told(name: str, part: dict[str, Any]) -> Finding:
    state, remedy = str(part["state"]), _REMEDIES.get(name, _START)
    about = name.replace("_", " ")
    if state == "ok":
        return good(about, "in order")
    says = str(
        part.get("reason") or ", ".join(f"{key} {value}" for key, value in part.items() if key != "state")
    )
    says = says.removesuffix(f": {remedy}")  # the remedy follows anyway
    return broken(about, says, remedy) if state == "broken" else lacking(about, says, remedy)
