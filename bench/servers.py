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
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(sys.executable).parent
PROCFILE = Path(__file__).parents[1] / "Procfile"
GTHREAD = ("gunicorn", "--worker-class", "gthread", "--threads", "16", "--workers", "1", "--keep-alive", "60")
GRANIAN = ("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "16", "--no-ws")


@contextmanager
def gunicorn(target: str) -> Iterator[tuple[str, int]]:
    port = free_port()
    with _running([*GTHREAD, "--bind", f"127.0.0.1:{port}", target], {}, port):
        yield "127.0.0.1", port


@contextmanager
def granian(target: str, *options: str, settings: dict[str, str] | None = None) -> Iterator[tuple[str, int]]:
    port = free_port()
    command = [*GRANIAN, "--host", "127.0.0.1", "--port", str(port), *options, target]
    with _running(command, settings or {}, port):
        yield "127.0.0.1", port


@contextmanager
def procfile(settings: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run the web line of the Procfile."""
    port = free_port()
    [line] = re.findall(r"^web: exec (.*)$", PROCFILE.read_text(), re.MULTILINE)
    line = line.replace("0.0.0.0", "127.0.0.1").replace("$PORT", str(port))  # noqa: S104
    line = line.replace("${WEB_CONCURRENCY:-1}", "1")
    with _running(shlex.split(line), settings, port):
        yield "127.0.0.1", port


@contextmanager
def serve(settings: dict[str, str]) -> Iterator[int]:
    """Run `docspace-review serve`; yield the id of the session that all its processes are in.

    It listens on the `PORT` of the settings, else on any.
    """
    port = int(settings.get("PORT") or free_port())
    with _running(["docspace-review", "serve"], {**settings, "PORT": str(port)}, port) as session:
        yield session


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], settings: dict[str, str], port: int) -> Iterator[int]:
    environment = {"PATH": os.defpath, **settings}
    process = subprocess.Popen(
        [PROGRAMS / command[0], *command[1:]],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(("127.0.0.1", port), process)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(address: tuple[str, int], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{process.args!r} did not start")
