"""An installation as an operator has it: real processes, a port, an environment of its own.

Nothing of ours is imported here. What the tests know of the product they know through HTTP, the command
line, the database's file and the captured output.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from tests.edge.fake_slack import FakeSlack

T = TypeVar("T")

BIN = Path(sys.executable).parent
COMMAND = str(BIN / "docspace-review")
PROCFILE = Path(__file__).parents[2] / "Procfile"
WEBHOOK_SECRET = "Compl1ance!Review2026"
SIGNING_SECRET = "5ig9ing-5ecret-of-the-5lack-app"
SECRET_KEY = "a-long-random-text-that-signs-the-links"
START_SECONDS, STOP_SECONDS, COMMAND_SECONDS = 30.0, 30.0, 60.0
AT_ONCE = 3


def eventually(condition: Callable[[], T | None], within: float = 20) -> T:
    """Return the first value of `condition` that holds; it is asked every 50 ms, and at least once."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {within} s; the last value was {value!r}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Installation:
    """The product on one database, watching one portal. As a context manager it starts, and always ends.

    `split` runs the lines of the Procfile: the web server and the worker as processes of their own, after
    the release line has migrated the database; otherwise it is `serve`. `routes` is the text of
    routes.toml. `settings` add to the environment or, where None, take away from it; nothing is inherited
    from the machine.
    """

    def __init__(
        self,
        database_url: str,
        portal_address: str,
        portal_key: str,
        slack: FakeSlack | None,
        routes: str,
        *,
        folder: Path,
        split: bool = False,
        settings: Mapping[str, str | None] | None = None,
    ) -> None:
        self.folder, self.split = folder, split
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = folder / "given-routes.toml"  # not the default name, which is looked for in the folder
        given.write_text(routes)
        environment: dict[str, str | None] = {
            "PATH": os.pathsep.join((str(BIN), os.defpath)),
            "HOME": str(folder),
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "DOCSPACE_API_HOST": portal_address,
            "DOCSPACE_API_KEY": portal_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "ROUTES_FILE": str(given),
        }
        if slack is not None:
            environment |= {
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "SLACK_TEAM_ID": slack.team_id,
            }
        environment |= settings or {}
        self.environment = {name: value for name, value in environment.items() if value is not None}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._said: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.stop()
        else:
            self.kill()

    def start(self) -> None:
        """Start the processes and wait until the web side says that it is healthy."""
        try:
            if self.split:
                self._start("release", _procfile()["release"])
                assert self._processes.pop("release").wait(COMMAND_SECONDS) == 0, self.output()
            for name in self.names:
                self.start_one(name)
            eventually(self._is_healthy, within=START_SECONDS)
        except BaseException:
            self.kill()
            raise

    @property
    def names(self) -> list[str]:
        """The processes that run; a second worker is made by starting `worker-2`."""
        return ["web", "worker"] if self.split else ["serve"]

    def start_one(self, name: str) -> None:
        """Start one process, without waiting for it."""
        command = _procfile()[name.partition("-")[0]] if self.split else [COMMAND, name]
        self._start(name, command)

    def kill_one(self, name: str) -> None:
        """Send SIGKILL to one process and whatever it has started."""
        process = self._processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def is_healthy(self) -> bool:
        return self._is_healthy()

    def stop(self) -> None:
        """Send SIGTERM to every process group; AssertionError if one has not ended in time."""
        self._signal(signal.SIGTERM)
        late = [name for name, process in self._processes.items() if not _ends(process)]
        self.kill()
        assert not late, f"{late} did not end within {STOP_SECONDS} s of SIGTERM\n{self.output()[-3000:]}"

    def kill(self) -> None:
        """Send SIGKILL to every process group and wait until the port is free."""
        self._signal(signal.SIGKILL)
        for process in self._processes.values():
            process.wait()
        self._processes.clear()
        eventually(lambda: not self._is_listening(), within=STOP_SECONDS)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `docspace-review` to its end in the same environment."""
        process = subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            stdout, stderr = process.communicate(timeout=COMMAND_SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        self._said += [stdout, stderr]
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def run_all(self, *commands: str) -> list[subprocess.CompletedProcess[str]]:
        """Run several command lines without quoted arguments at the same time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda command: self.run(*command.split()), commands))

    def json(self, *arguments: str) -> Any:
        """Run a listing with `--json` and return what it prints."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def stdout(self) -> str:
        """Return what the processes have written to standard output so far."""
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.out")))

    def output(self) -> str:
        """Return all that the processes and the commands have said so far, on both streams."""
        errors = [file.read_text() for file in sorted(self.folder.glob("*.err"))]
        return "".join([self.stdout(), *errors, *self._said])

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as out, (self.folder / f"{name}.err").open("ab") as err:
            self._processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,  # a process group of its own, so that nothing is left behind
            )

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    def _is_healthy(self) -> bool:
        ended = [name for name, process in self._processes.items() if process.poll() is not None]
        assert not ended, f"{ended} ended at once\n{self.output()[-3000:]}"
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _procfile() -> dict[str, list[str]]:
    """Return the Procfile's lines as commands; here the web side listens on this machine only."""
    lines = (line.split(": ", 1) for line in PROCFILE.read_text().splitlines())
    return {
        name: ["/bin/sh", "-c", f"exec {line.replace('0.0.0.0', '127.0.0.1')}"]  # noqa: S104
        for name, line in lines
    }


def _ends(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
