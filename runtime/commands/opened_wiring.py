"""The wiring of a command, on the database of this environment."""

from __future__ import annotations

import click

from runtime.settings import settings
from runtime.wiring.wiring import Wiring
from store.database_description import find_database_file
from store.limits import WorkKind
from store.migrate import UnusableTables, require_current


class DatabaseMissing(UnusableTables):
    """There is no file of the SQLite database."""


def open_wiring_unchecked(work: WorkKind = WorkKind.COMMAND) -> Wiring:
    """Return the wiring of this environment; its connections are closed when the command ends."""
    wiring = Wiring(settings.load(), work)
    click.get_current_context().call_on_close(wiring.engine.dispose)
    return wiring


def open_wiring(work: WorkKind = WorkKind.COMMAND) -> Wiring:
    """Return the wiring of this environment, on a database that has this version's tables."""
    wiring = open_wiring_unchecked(work)
    file = find_database_file(wiring.engine)
    if file is not None and not file.exists():  # SQLite would make an empty one
        raise DatabaseMissing(
            f"there is no file {file.absolute()}: correct it, or run docspace-review migrate"
        )
    require_current(wiring.engine)
    return wiring
