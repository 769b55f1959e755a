"""The command among other programs: its reader may go away, and streams may not be there at all."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.journeys.idle_installation import installation
from tests.journeys.installation import COMMAND, COMMAND_SECONDS

if TYPE_CHECKING:
    from tests.journeys.installation import Installation


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installation(tmp_path_factory.mktemp("streams") / "place")
    assert made.run("migrate").returncode == 0
    return made


def in_a_shell(place: Installation, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which $IT is the command."""
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("$IT", shlex.quote(COMMAND))],
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )


COMMANDS = ["--help", "events list", "ledger export --format csv"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_goes_away_is_no_complaint(place: Installation, command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)  # before the command starts: one that is read until later may have written all by then
    with os.fdopen(writer, "wb") as output:
        done = subprocess.run(
            [COMMAND, *command.split()],
            cwd=place.folder,
            env=place.environment,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_output_is_no_complaint(place: Installation, command: str) -> None:
    done = in_a_shell(place, f"$IT {command} >&-")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["--help", "routes check"])
def test_an_output_that_can_not_be_written_is_said(place: Installation, command: str) -> None:
    done = in_a_shell(place, f"ulimit -f 0; $IT {command} >full")

    assert done.returncode == 2
    assert done.stderr == "docspace-review: the input or the output can't be used (File too large)\n"


def test_an_input_that_is_closed_is_empty(place: Installation) -> None:
    done = in_a_shell(place, "$IT ledger verify - <&-")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("The file was not verified: ")


def test_a_title_is_written_whatever_the_machine_speaks(place: Installation) -> None:
    (place.folder / "Größe.toml").write_text(
        '[[route]]\nname = "Größe → 4"\nwatch = ["1"]\nowners = ["a@b.c"]\nnotify = ["console"]\n'
    )

    done = in_a_shell(place, "PYTHONIOENCODING=ascii $IT routes check Gr*e.toml")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Größe → 4: a@b.c")
