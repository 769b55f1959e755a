"""The database: whether it is there, what it is, and whether it has room and is used as it should be."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from runtime.doctor.findings import broken, good, lacking
from runtime.verification.ledger_check import RESTORE
from store.described import describe, file_of
from store.guards import find_gaps
from store.migrate import UnusableTables, require_current
from store.private_files import shared_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from store.described import Described

ABOUT, GUARDS = "database", "ledger guards"
LITTLE, TOO_LITTLE = 2**30, 100 * 2**20  # bytes
MOST_WORKERS = 6
"""Beyond that DocSpace's limit on requests under way leaves each too few (docs/operating.md)."""


def is_there(wiring: Wiring) -> bool:
    """Tell whether there is anything to look into; SQLite would make an empty file of a mistyped name."""
    file = file_of(wiring.engine)
    return file is None or file.exists()


def missing(wiring: Wiring) -> Finding:
    return broken(
        ABOUT, f"there is no file {file_of(wiring.engine)}",
        "mend DATABASE_URL, or run docspace-review migrate, which makes it",
    )  # fmt: skip


def kind(wiring: Wiring) -> Iterator[Finding]:
    found, file = describe(wiring.engine), file_of(wiring.engine)
    yield good(ABOUT, f"{found.kind} {found.version}")
    if file is not None:
        yield from _file(found, file)
    yield from _workers(found)


def record_guards(wiring: Wiring) -> Iterator[Finding]:
    """Tell whether the database still refuses to change the ledger."""
    if not is_there(wiring):
        return
    try:
        require_current(wiring.engine)
    except UnusableTables:
        return  # that was said already
    gaps = find_gaps(wiring.engine)
    for gap in gaps:
        says = f"{gap.guard} of the table {gap.table} is {gap.why}, so entries can be changed"
        yield broken(GUARDS, says, RESTORE)
    if not gaps:
        yield good(GUARDS, "the database refuses to change the ledger")


def _file(found: Described, file: Path) -> Iterator[Finding]:
    if found.journal != "wal":
        yield broken(
            ABOUT, f"its journal mode is {found.journal}, so readers and writers hold each other up",
            "put the file on a local disk that can lock and map files",
        )  # fmt: skip
    if shared := shlex.join(map(str, shared_files(file))):
        says = f"other users of this machine may read or change {shared}"
        yield lacking("database files", says, f"chmod 600 {shared}")
    free = shutil.disk_usage(file.resolve().parent).free
    says = f"{free // 2**20:,} MiB are free beside {file}"
    if free < TOO_LITTLE:
        yield broken("disk", says, "make room: events can't be written down when it is full")
    elif free < LITTLE:
        yield lacking("disk", says, "make room before it is full")
    else:
        yield good("disk", says)


def _workers(found: Described) -> Iterator[Finding]:
    if found.kind == "SQLite" and found.workers > 1:
        yield lacking(
            "workers", f"{found.workers} run on one SQLite file, where one writes at a time",
            "run serve alone, or take PostgreSQL",
        )  # fmt: skip
    elif found.workers > MOST_WORKERS:
        yield lacking(
            "workers", f"{found.workers} run, and DocSpace's limit on requests leaves each too few",
            f"run up to {MOST_WORKERS}",
        )  # fmt: skip
    elif found.workers > 1:
        yield good("workers", f"{found.workers} run, on {found.hosts} host{'s' if found.hosts > 1 else ''}")
