"""The database: whether it exists, its kind, its free space, and whether it is used as it should be."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.ledger_verification.ledger_check import RESTORE
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
"""With more workers, DocSpace's limit on concurrent requests leaves each too few (docs/limits.md)."""


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
        yield from _check_file(description, file)
    yield from _check_workers(description)


def check_ledger_guards(wiring: Wiring) -> Iterator[Finding]:
    """Report whether the database still refuses changes of the ledger."""
    if not has_database(wiring):
        return
    try:
        require_current(wiring.engine)
    except UnusableTables:
        return  # reported already
    missing_guards = find_missing_guards(wiring.engine)
    for guard in missing_guards:
        message = f"{guard.guard} of the table {guard.table} is {guard.reason}, so entries can be changed"
        yield report_error(GUARDS, message, RESTORE)
    if not missing_guards:
        yield report_ok(GUARDS, "the database refuses to change the ledger")


def _check_file(description: DatabaseDescription, file: Path) -> Iterator[Finding]:
    if description.journal != "wal":
        yield report_error(
            ABOUT, f"its journal mode is {description.journal}, so readers and writers block each other",
            "put the file on a local disk that can lock and map files",
        )  # fmt: skip
    if shared_files := shlex.join(map(str, find_shared_files(file))):
        message = f"other users of this machine may read or change {shared_files}"
        yield report_warning("database files", message, f"chmod 600 {shared_files}")
    free = shutil.disk_usage(file.resolve().parent).free
    message = f"{free // 2**20:,} MiB are free beside {file}"
    if free < ERROR_FREE_BYTES:
        yield report_error("disk", message, "free disk space: events can't be stored when the disk is full")
    elif free < WARNING_FREE_BYTES:
        yield report_warning("disk", message, "free disk space before the disk is full")
    else:
        yield report_ok("disk", message)


def _check_workers(description: DatabaseDescription) -> Iterator[Finding]:
    if description.kind == "SQLite" and description.workers > 1:
        yield report_warning(
            "workers", f"{description.workers} run on one SQLite file, where only one can write at a time",
            "run only serve, or use PostgreSQL",
        )  # fmt: skip
    elif description.workers > MAX_WORKERS:
        yield report_warning(
            "workers",
            f"{description.workers} run, and DocSpace's rate limit leaves too few requests for each",
            f"run up to {MAX_WORKERS}",
        )  # fmt: skip
    elif description.workers > 1:
        yield report_ok(
            "workers",
            f"{description.workers} run, on {description.hosts} host{'s' if description.hosts > 1 else ''}",
        )
