"""An installation for command lines that need no process beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.installation import Installation
from tests.journeys.running_installation import make_missing_sqlite_address, route
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONSOLE = route(notify="console")


def installation(
    folder: Path, *, routes: str = CONSOLE, settings: Mapping[str, str | None] | None = None
) -> Installation:
    """Return an installation that is not started, with a portal that is never asked."""
    folder.mkdir()
    environment = {"SECRET_KEY": SECRET_KEY, **(settings or {})}
    address = "http://127.0.0.1:9"
    return Installation(
        make_missing_sqlite_address(folder),
        address,
        "sk-1",
        None,
        routes,
        folder=folder,
        settings=environment,
    )
