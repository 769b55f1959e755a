"""The first look at the watched folders as a process: interrupted, killed, watched on a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, COMPLIANCE, DEEP, OLGA, DemoPortal, run_portal
from tests.journeys.installation import COMMAND, COMMAND_SECONDS, Installation
from tests.journeys.processes import eventually
from tests.journeys.running_installation import make_sqlite_address
from tests.journeys.sweeps import wait_for_sweep
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = 250
ROUTES = f'[[route]]\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\nnotify = ["console"]\n'
ROUTES += 'identity = "link"\nsegregation_of_duties = "off"\n'
LAST_PAGE = "startIndex=200"


@pytest.fixture
def portal() -> DemoPortal:
    portal = DemoPortal(lambda: datetime.now(UTC))
    for number in range(FILES):
        portal.add_file(f"Paper {number}.docx", DEEP, by=ALICE.id)
    return portal


@pytest.fixture
def place(tmp_path: Path, portal: DemoPortal) -> Iterator[Installation]:
    """Yield an installation that is not started, with its tables, on a portal that answers."""
    with run_portal(portal) as address:
        yield Installation(
            make_sqlite_address(tmp_path),
            address,
            portal.api_key,
            None,
            ROUTES,
            folder=tmp_path,
            settings={"SECRET_KEY": SECRET_KEY},
        )


def interrupted(place: Installation, portal: DemoPortal, number: signal.Signals) -> tuple[int, str]:
    """Send a signal to the command while it waits for the last page; return how it ended and what it said."""
    portal.faults.hang(3600, path=LAST_PAGE, keep_alive=True)
    command = subprocess.Popen(
        [COMMAND, "sweep", "--baseline"],
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        eventually(lambda: portal.faults.calls(LAST_PAGE))
        command.send_signal(number)
        _, output = command.communicate(timeout=COMMAND_SECONDS)
    finally:
        command.kill()
        portal.faults.clear()
    portal.faults.forget_calls()
    return command.returncode, output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_it_goes_on_where_it_was_stopped_and_doubles_nothing(
    place: Installation, portal: DemoPortal, number: signal.Signals
) -> None:
    code, output = interrupted(place, portal, number)

    [look] = json.loads(place.run("sweep", "--baseline", "--json").stdout)

    assert look == {
        "folder_id": str(COMPLIANCE),
        "title": "Compliance",
        "files": FILES,
        "finished": True,
    }
    pages = portal.faults.calls("startIndex=")
    assert [LAST_PAGE in call.path for call in pages] == [True]
    if number == signal.SIGINT:
        assert code == 1
        assert output == (
            "Interrupted. Progress is saved: run docspace-review sweep --baseline again to continue.\n"
        )


def test_a_terminal_shows_a_bar_with_the_folder_the_count_and_the_rate(place: Installation) -> None:
    ours, terminal_end = pty.openpty()
    environment = {**place.environment, "TERM": "xterm", "COLUMNS": "120"}
    command = subprocess.Popen(
        [COMMAND, "sweep", "--baseline"],
        cwd=place.folder,
        env=environment,
        stdout=terminal_end,
        stderr=terminal_end,
    )
    os.close(terminal_end)
    shown = _all_of(ours)

    assert command.wait(COMMAND_SECONDS) == 0
    for part in ("Compliance", f"{FILES}/{FILES}", "files/s", f"{FILES} files are known"):
        assert part in shown


def _all_of(terminal: int) -> str:
    """Read until the other end is closed, which Linux tells as an error."""
    pieces = []
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    os.close(terminal)
    return b"".join(pieces).decode()


def test_a_worker_that_finds_a_first_look_sweeps(place: Installation, portal: DemoPortal) -> None:
    assert place.run("sweep", "--baseline").returncode == 0
    portal.faults.forget_calls()

    with place:
        sweep = wait_for_sweep(place)

    assert (sweep["first"], sweep["stopped"]) == (False, None)
    assert portal.faults.calls(f"/folder/{COMPLIANCE}/log")
