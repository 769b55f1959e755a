"""Programs of the product in processes that need not load it: one that has done so forks for each.

Run as `python -m tests.journeys.loaded SOCKET`. Each connection brings one command line, with the folder, the
environment and the three streams it is to have; it is told the process's id and, at the end, its exit code.
The server ends when its standard input does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NoReturn

import notifiers
from runtime import commands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 2**20
MODULES = {"docspace-review": "runtime", "granian": "granian"}
"""The programs by their names, as the modules that `python -m` runs."""

LOADED_LATE = (
    "alembic.command",
    "granian.cli",
    "runtime.ledger_verification.ledger_check",
    "runtime.pack.pack_check",
    "runtime.web.application",
    "runtime.web.teams_endpoints",
)
"""What is loaded only where there is need of it."""


def main() -> None:
    for module in LOADED_LATE:
        importlib.import_module(module)
    for package in (commands, notifiers):
        for module_info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module_info.name)
    gc.collect()
    gc.freeze()  # what is shared by all that fork from here is looked through by none of them
    gc.set_threshold(50_000, 20, 50)
    assert threading.active_count() == 1, "only what has no threads may be forked"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the parent of a command is the system's to bury
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("ready", flush=True)  # noqa: T201 - the starting process waits for this
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    wait_for(connection)


def wait_for(connection: socket.socket) -> NoReturn:
    """Start the command in a process of its own, and say how it ended."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asked, streams, _, _ = socket.recv_fds(connection, MOST_BYTES, 3)
        process = os.fork()
        if process == 0:
            connection.close()
            start(json.loads(asked), streams)
        os.setpgid(process, process)  # both do it: the one that is told of it may send a signal to the group
        for stream in streams:
            os.close(stream)
        connection.sendall(f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        code = 0
    finally:
        os._exit(code)


def start(asked: Mapping[str, Any], streams: list[int]) -> NoReturn:
    """Become the program, as after a start of its own."""
    try:
        os.setpgid(0, 0)
        os.chdir(asked["folder"])
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        open_streams()
        os.environ.clear()  # noqa: TID251 - a new process has an environment of its own
        os.environ.update(asked["environment"])  # noqa: TID251
        command = asked["command"]
        become(followed(command) if command[1:] == ["serve"] else command)
    except BaseException:  # noqa: BLE001 - the edge of the process
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def open_streams() -> None:
    """Open the three streams as Python does at its start: what they lead to now may be no file."""
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)


def followed(command: Sequence[str]) -> list[str]:
    """Have a child run a program that makes place for another one, and return that one's command line.

    What it leaves in the environment is taken over; without another program this process ends as the child.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:

        def execv(_: str, following: list[str]) -> NoReturn:
            os.write(writing, json.dumps([following, dict(os.environ)]).encode())  # noqa: TID251
            os._exit(0)

        os.execv = execv  # type: ignore[assignment]
        become(command)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if not text:
        os._exit(os.waitstatus_to_exitcode(status))
    following, environment = json.loads(text)
    os.environ.update(environment)  # noqa: TID251
    return list(following)


def become(command: Sequence[str]) -> NoReturn:
    """Run the module that a command line means, and end as it does."""
    name, *arguments = command
    if arguments[:1] == ["-m"]:
        module, arguments = arguments[1], arguments[2:]
    else:
        module = MODULES[PurePath(name).name]
    sys.argv = [name, *arguments]
    code: object = 1
    try:
        runpy.run_module(module, run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - the edge of the process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
