"""Command lines, each in a process that need not load the product anew."""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
_STARTING = threading.Lock()
"""Several threads may want the first command; one of them starts the server."""

_PROGRAM = """#!{python} -IS
import json, os, socket, sys
asked = dict(command=["docspace-review", *sys.argv[1:]], folder=os.getcwd(), environment=dict(os.environ))
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
    _, code = connection.makefile()
sys.exit(int(code))
"""


class Started:
    """A command that runs in a process group of its own; it answers as `subprocess.Popen` does."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        out: IO[bytes],
        err: IO[bytes],
    ) -> None:
        asked = {"command": list(command), "folder": str(folder), "environment": dict(environment)}
        with socket.socket(socket.AF_UNIX) as connection, Path(os.devnull).open("rb") as nothing:
            with _STARTING:
                address = _server()
            connection.connect(address)
            streams = [stream.fileno() for stream in (nothing, out, err)]
            socket.send_fds(connection, [json.dumps(asked).encode()], streams)
            self._status = connection.makefile("rb")
        self.pid = int(self._status.readline())
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended; TimeoutExpired if it has not."""
        if self._code is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("docspace-review", timeout or 0)
            with self._status:
                self._code = int(self._status.readline())
        return self._code

    def poll(self) -> int | None:
        """Return how it ended, `None` if it has not."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """Send SIGKILL to it and not to what it has started."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def run(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], within: float
) -> subprocess.CompletedProcess[str]:
    """Run a line of `docspace-review` on an empty standard input; TimeoutExpired after `within` seconds."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = Started(command, folder, environment, out=out, err=err)
        try:
            code = started.wait(within)
        except BaseException:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            raise
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode())
    return subprocess.CompletedProcess(list(command), code, *texts)


def write_program(folder: Path) -> None:
    """Write a `docspace-review` for shells, which asks the server to run each line in its place."""
    program = folder / "docspace-review"
    with _STARTING:
        address = _server()
    program.write_text(_PROGRAM.format(python=sys.executable, address=address))
    program.chmod(0o755)


@cache
def _server() -> str:
    """Return the address of this process's server, which is started when it is first needed."""
    folder = Path(tempfile.mkdtemp(prefix="docspace-review-commands-"))
    address = str(folder / "socket")
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.loaded", address],
        cwd=ROOT,
        env={"PATH": os.defpath, "HOME": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )

    def end() -> None:
        server.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    assert server.stdout
    assert server.stdout.readline() == b"ready\n", "the server of commands has not started"
    return address
