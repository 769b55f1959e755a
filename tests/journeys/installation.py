"""An installation as an operator has it: real processes, a port, an environment of its own.

Nothing of ours is imported here. What the tests know of the product they know through HTTP, the command
line, the database's file and the captured output.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import shlex
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import requests

from tests.journeys import commands
from tests.journeys.processes import STOP_SECONDS, Processes, eventually

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from tests.edge.fake_slack import FakeSlack

BIN = Path(sys.executable).parent
COMMAND = str(BIN / "docspace-review")
PROCFILE = Path(__file__).parents[2] / "Procfile"
WEBHOOK_SECRET = "Compl1ance!Review2026"
SIGNING_SECRET = "5ig9ing-5ecret-of-the-5lack-app"
LEDGER_KEY = "a-key-of-the-ledger-as-a-platform-makes-it"
START_SECONDS, COMMAND_SECONDS = 180.0, 180.0
AT_ONCE = 3
PORTS = range(20_000, 32_000)
"""Below those that a system gives out by itself, by default from 32,768 or 49,152 on."""

SERVE = ("serve",)
SPLIT = ("web", "worker")
"""The lines of the Procfile; a second process of a line has a number: `worker-2`."""
HONCHO = ("honcho",)
"""The Procfile as it is: the release line, then the others twice. The second web has the next port."""


_reserved = contextlib.ExitStack()
atexit.register(_reserved.close)


def free_port(following: int = 0, *, ports: Sequence[int] = PORTS) -> int:
    """Return a port that is free, as are so many `following` it, and that no other test gets as long.

    From its own range the system might give one away before the program under test listens on it. Tests in
    other processes look for ports too: until this process ends, it holds the same numbers for UDP.
    """
    while True:
        port = random.SystemRandom().choice(ports)
        with contextlib.ExitStack() as held, contextlib.ExitStack() as probes:
            try:
                for number in range(port, port + 1 + following):
                    held.enter_context(socket.socket(type=socket.SOCK_DGRAM)).bind(("127.0.0.1", number))
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except OSError:
                continue
            _reserved.push(held.pop_all())
            return port


class Installation:
    """The product on one database, watching one portal. As a context manager it starts, and always ends.

    `names` are its processes: `serve` or `honcho` alone, or lines of the Procfile, started after the release
    line has migrated the database. `routes` is the text of routes.toml. `settings` add to the environment
    or, where None, take away from it; nothing is inherited from the machine. Unless `loaded`, each process
    starts as an operator starts it, from nothing.
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
        names: Sequence[str] = SERVE,
        settings: Mapping[str, str | None] | None = None,
        loaded: bool = True,
    ) -> None:
        self.folder, self.names, self.loaded = folder, names, loaded
        self.port = free_port(following=int(names == HONCHO))
        self.url = f"http://127.0.0.1:{self.port}"
        routes_file = folder / "given-routes.toml"  # not the default name, which is looked for in the folder
        routes_file.write_text(routes)
        environment: dict[str, str | None] = {
            "PATH": os.pathsep.join((str(BIN), os.defpath)),
            "HOME": str(folder),
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "DOCSPACE_API_HOST": portal_address,
            "DOCSPACE_API_KEY": portal_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "ROUTES_FILE": str(routes_file),
        }
        if database_url.startswith("postgresql"):  # on SQLite the first start makes one
            environment["LEDGER_KEY"] = LEDGER_KEY
        if slack is not None:
            environment |= {
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_SIGNING_SECRET": SIGNING_SECRET,
                "SLACK_TEAM_ID": slack.team_id,
            }
        environment |= settings or {}
        self.environment = {name: value for name, value in environment.items() if value is not None}
        self.processes = Processes(folder, self.environment)
        self._outputs: list[str] = []

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
            if self.names not in (SERVE, HONCHO):
                release_database(self)
            for name in self.names:
                self.start_one(name)
            eventually(self.has_come_up, within=START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def start_one(self, name: str) -> None:
        """Start one process, without waiting for it."""
        line = name.partition("-")[0]
        if line == "honcho":
            self.processes.start(name, _honcho())
            return
        command = [COMMAND, name] if line == "serve" else self._from_procfile(line)
        self.processes.start(name, command, loaded=self.loaded)

    def stop(self) -> None:
        """Send SIGTERM to every process group; AssertionError if one has not ended in time."""
        late = self.processes.terminate_all()
        self.kill()
        assert not late, f"{late} did not end within {STOP_SECONDS} s of SIGTERM\n{self.output()[-3000:]}"

    def kill(self) -> None:
        """Send SIGKILL to every process group and wait until the port is free.

        What honcho has started is in groups of its own, which honcho alone can end.
        """
        if self.names == HONCHO:
            self.processes.terminate_all()
        self.processes.kill_all()
        eventually(lambda: not self._is_listening(), within=STOP_SECONDS)

    def start_what_ended(self) -> None:
        """Start again what has ended by itself, as a supervisor of processes does."""
        for name in self.processes.ended():
            self.processes.kill(name)
            self.start_one(name)

    def has_come_up(self) -> bool:
        """Whether the web side answers; AssertionError if a process has ended."""
        ended = self.processes.ended()
        assert not ended, f"{ended} ended at once\n{self.output()[-3000:]}"
        return self.is_healthy()

    def is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def health(self) -> dict[str, Any]:
        """Return what it says of its health, once its database has answered in time."""

        def read_health() -> dict[str, Any] | None:
            answer: dict[str, Any] = requests.get(f"{self.url}/healthz", timeout=60).json()
            return None if answer["parts"]["database"].get("reason") == "does not answer" else answer

        return eventually(read_health)

    def run(
        self, *arguments: str, settings: Mapping[str, str | None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `docspace-review` to its end in the same environment, or with other `settings`."""
        command = [COMMAND, *arguments]
        overridden = {**self.environment, **(settings or {})}
        environment = {name: value for name, value in overridden.items() if value is not None}
        done = commands.run(command, folder=self.folder, environment=environment, within=COMMAND_SECONDS)
        self._outputs += [done.stdout, done.stderr]
        return done

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
        return "".join(_read(file) for file in sorted(self.folder.glob("*.out")))

    def output(self) -> str:
        """Return all that the processes and the commands have said so far, on both streams."""
        errors = [_read(file) for file in sorted(self.folder.glob("*.err"))]
        return "".join([self.stdout(), *errors, *self._outputs])

    def _from_procfile(self, name: str) -> list[str]:
        """Return a line of the Procfile as a shell reads it, but listening on this machine only."""
        start, line = _procfile()[name].split(" ", 1)
        assert start == "exec", "else a signal would reach the shell alone"
        line = line.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        command = ["/bin/sh", "-c", f"printf '%s\\n' {line}"]
        return subprocess.check_output(command, env=self.environment, text=True).splitlines()

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def release_database(product: Installation) -> None:
    """Run the release line of the Procfile, which migrates the database."""
    assert product.run(*_release()).returncode == 0, product.output()


def _read(file: Path) -> str:
    """Return what a file says; a process that writes on may have written half a character."""
    return file.read_text(errors="replace")


def _honcho() -> list[str]:
    start = f"honcho --procfile {shlex.quote(str(PROCFILE))} --no-colour start"
    return ["/bin/sh", "-c", f"{start} release && exec {start} --concurrency web=2,worker=2 web worker"]


def _release() -> list[str]:
    """Return the arguments of the Procfile's release line."""
    return _procfile()["release"].removeprefix("python -m runtime ").split()


def _procfile() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in PROCFILE.read_text().splitlines())


def list_delivered(product: Installation) -> list[Any]:
    """Return the events that DocSpace has delivered, the newest first: not our own, as those of answers."""
    listed = product.json("events", "list", "--limit", "10000")
    return [event for event in listed if event["found_in"] is None]
