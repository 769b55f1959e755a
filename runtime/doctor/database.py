"""The database: whether it exists, its kind, its free space, and whether it is used as it should be."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.verification.ledger_check import RESTORE
from store.database_description import describe_database, find_database_file
from store.guards import find_missing_guards
from store.migrate import UnusableTables, require_current
from store.private_files import find_shared_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from store.database_description import DatabaseDescription

ABOUT, GUARDS = "database", "ledger guards"
WARNING_FREE_BYTES, ERROR_FREE_BYTES = 2**30, 100 * 2**20  # bytes
MAX_WORKERS = 6
"""With more workers, DocSpace's limit on concurrent requests leaves each too few (docs/operating.md)."""


def has_database(wiring: Wiring) -> bool:
    """Return whether there is a database to check; SQLite would create an empty file for a mistyped name."""
    file = find_database_file(wiring.engine)
    return file is None or file.exists()


def report_missing(wiring: Wiring) -> Finding:
    return report_error(
        ABOUT, f"there is no file {find_database_file(wiring.engine)}",
        "correct DATABASE_URL, or run docspace-review migrate, which creates the file",
    )  # fmt: skip


def check_kind(wiring: Wiring) -> Iterator[Finding]:
    description, file = describe_database(wiring.engine), find_database_file(wiring.engine)
    yield report_ok(ABOUT, f"{description.kind} {description.version}")
    if file is not None:
        yield from _file(description, file)
    yield from _workers(description)


def check_ledger_guards(wiring: Wiring) -> Iterator[Finding]:
    """Report whether the database still refuses changes of the ledger."""
    if not has_database(wiring):
        return
    try:
        require_current(wiring.engine)
    except UnusableTables:
        return  # reported already
    gaps = find_missing_guards(wiring.engine)
    for gap in gaps:
        says = f"{gap.guard} of the table {gap.table} is {gap.why}, so entries can be changed"
        yield report_error(GUARDS, says, RESTORE)
    if not gaps:
        yield report_ok(GUARDS, "the database refuses to change the ledger")


def _file(found: DatabaseDescription, file: Path) -> Iterator[Finding]:
    if found.journal != "wal":
        yield report_error(
            ABOUT, f"its journal mode is {found.journal}, so readers and writers block each other",
            "put the file on a local disk that can lock and map files",
        )  # fmt: skip
    if shared := shlex.join(map(str, find_shared_files(file))):
        says = f"other users of this machine may read or change {shared}"
        yield report_warning("database files", says, f"chmod 600 {shared}")
    free = shutil.disk_usage(file.resolve().parent).free
    says = f"{free // 2**20:,} MiB are free beside {file}"
    if free < ERROR_FREE_BYTES:
        yield report_error("disk", says, "free disk space: events can't be stored when the disk is full")
    elif free < WARNING_FREE_BYTES:
        yield report_warning("disk", says, "free disk space before the disk is full")
    else:
        yield report_ok("disk", says)


def _workers(found: DatabaseDescription) -> Iterator[Finding]:
    if found.kind == "SQLite" and found.workers > 1:
        yield report_warning(
            "workers", f"{found.workers} run on one SQLite file, where only one can write at a time",
            "run only serve, or use PostgreSQL",
        )  # fmt: skip
    elif found.workers > MAX_WORKERS:
        yield report_warning(
            "workers", f"{found.workers} run, and DocSpace's rate limit leaves too few requests for each",
            f"run up to {MAX_WORKERS}",
        )  # fmt: skip
    elif found.workers > 1:
        yield report_ok(
            "workers", f"{found.workers} run, on {found.hosts} host{'s' if found.hosts > 1 else ''}"
        )
