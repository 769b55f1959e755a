"""Servers to measure, each a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.operator_environment import ROOT, find_programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

PROGRAMS = Path(sys.executable).parent
PROCFILE = ROOT / "Procfile"
PRODUCT = ("python", "-m", "runtime")
OF_PRODUCT = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
"""Variables of a process of the product."""
GTHREAD = ("gunicorn", "--worker-class", "gthread", "--threads", "16", "--workers", "1", "--keep-alive", "60")
GRANIAN = ("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "16", "--no-ws")


@dataclass(frozen=True)
class Listening:
    """A server: where it listens, and the session that all its processes are in."""

    port: int
    session: int

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port


@contextmanager
def gunicorn(target: str) -> Iterator[Listening]:
    port = free_port()
    with _running([*GTHREAD, "--bind", f"127.0.0.1:{port}", target], {}, port) as session:
        yield Listening(port, session)


@contextmanager
def granian(target: str, *options: str, settings: dict[str, str] | None = None) -> Iterator[Listening]:
    port = free_port()
    command = [*GRANIAN, "--host", "127.0.0.1", "--port", str(port), *options, target]
    with _running(command, settings or {}, port) as session:
        yield Listening(port, session)


@contextmanager
def procfile(settings: dict[str, str]) -> Iterator[Listening]:
    """Run the web line of the Procfile."""
    port = free_port()
    with _running_product(_web(port), settings, port) as session:
        yield Listening(port, session)


@contextmanager
def running_program(
    command: list[str], settings: dict[str, str], port: int, *, log: Path = Path(os.devnull)
) -> Iterator[int]:
    """Run a peer, of our environment or by its path, from when it listens; yield the id of its session."""
    with _running(command, settings, port, log=log) as session:
        yield session


@contextmanager
def serve(settings: dict[str, str]) -> Iterator[int]:
    """Run `docspace-review serve`; yield the id of the session that all its processes are in.

    It listens on the `PORT` of the settings, else on any.
    """
    port = int(settings.get("PORT") or free_port())
    with _running_product([*PRODUCT, "serve"], {**settings, "PORT": str(port)}, port) as session:
        yield session


@dataclass(frozen=True)
class Installed:
    """The processes of an installation, each the leader of a session of its own."""

    url: str
    sessions: tuple[int, ...]


@contextmanager
def running_installation(settings: dict[str, str], folder: Path) -> Iterator[Installed]:
    """Run `serve` on SQLite, else the Procfile: its release line to the end, then web and worker."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as started:
        if settings["DATABASE_URL"].startswith("sqlite"):
            command, variables = [*PRODUCT, "serve"], {**settings, "PORT": str(port)}
            serving = _running_product(command, variables, port, log=folder / "serve.log")
            yield Installed(url, (started.enter_context(serving),))
            return
        migrating = [str(find_programs() / PRODUCT[0]), *PRODUCT[1:], "migrate"]
        subprocess.run(migrating, env={**settings, **OF_PRODUCT}, stdout=subprocess.DEVNULL, check=True)
        web = started.enter_context(_running_product(_web(port), settings, port, log=folder / "web.log"))
        worker = _running_product([*PRODUCT, "worker"], settings, log=folder / "worker.log")
        yield Installed(url, (web, started.enter_context(worker)))


@contextmanager
def running_module(module: str, settings: dict[str, str], *, log: Path) -> Iterator[int]:
    """Run a program of this folder; yield the id of the session that it is in."""
    with _running(["python", "-m", module], settings, log=log) as session:
        yield session


def _web(port: int) -> list[str]:
    """Return the web line of the Procfile as a shell reads it, but listening on this machine only."""
    [line] = re.findall(r"^web: exec (.*)$", PROCFILE.read_text(), re.MULTILINE)
    line = line.replace("0.0.0.0", "127.0.0.1").replace("$PORT", str(port))  # noqa: S104
    return shlex.split(line.replace("${WEB_CONCURRENCY:-1}", "1"))


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _running_product(
    command: list[str], settings: dict[str, str], port: int | None = None, *, log: Path = Path(os.devnull)
) -> AbstractContextManager[int]:
    """Run a program of the product, with the packages that an operator has."""
    return _running(command, {**settings, **OF_PRODUCT}, port, log=log, programs=find_programs())


@contextmanager
def _running(
    command: list[str],
    settings: dict[str, str],
    port: int | None = None,
    *,
    log: Path = Path(os.devnull),
    programs: Path = PROGRAMS,
) -> Iterator[int]:
    """Run a program, from when it listens on a port; what it says goes to the log."""
    with log.open("wb") as log_file:
        process = subprocess.Popen(
            [programs / command[0], *command[1:]],
            env={"PATH": os.defpath, **settings},
            stdout=log_file,
            stderr=log_file,
            start_new_session=True,
        )
    try:
        if port is not None:
            _wait(("127.0.0.1", port), process, log)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(address: tuple[str, int], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{process.args!r} did not start: {log.read_text()[-1000:]}")
