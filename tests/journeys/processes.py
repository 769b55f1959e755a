"""Programs that run beside the tests, each in a process group of its own, so that nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, TypeVar

from tests.journeys.commands import Started

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")
Process = subprocess.Popen[bytes] | Started

STOP_SECONDS = 30.0


def eventually(condition: Callable[[], T | None], within: float = 60, *, every: float = 0.05) -> T:
    """Return the first value of `condition` that holds; it is asked at least once; times in seconds."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {within} s; the last value was {value!r}"
        time.sleep(every)


class Processes:
    """Programs by name; what one says goes to `<name>.out` and `<name>.err` in the folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._running: dict[str, Process] = {}
        self._killed_alone: list[Process] = []

    def start(self, name: str, command: Sequence[str], *, loaded: bool = False) -> None:
        """Start a program; what is `loaded` is one of the product's, which need not load it."""
        with (
            (self._folder / f"{name}.out").open("ab") as out,
            (self._folder / f"{name}.err").open("ab") as err,
        ):
            if loaded:
                self._running[name] = Started(command, self._folder, self._environment, out=out, err=err)
                return
            self._running[name] = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Send SIGKILL to one process and whatever it has started."""
        process = self._running.pop(name)
        _signal(process, signal.SIGKILL)
        process.wait()

    def suspend(self, name: str) -> None:
        """Have a process and whatever it has started do nothing until it is resumed."""
        _signal(self._running[name], signal.SIGSTOP)

    def resume(self, name: str) -> None:
        _signal(self._running[name], signal.SIGCONT)

    def interrupt(self, name: str) -> None:
        """Send SIGINT to a process group, as Ctrl-C does, and wait until all of it has ended."""
        process = self._running.pop(name)
        _signal(process, signal.SIGINT)
        process.wait(STOP_SECONDS)
        eventually(lambda: not _runs(process), within=STOP_SECONDS)

    def kill_child(self, name: str) -> bool:
        """Send SIGKILL to the youngest that a process has started, not to itself; `False` if it has none."""
        parent = str(self._running[name].pid)
        listed = subprocess.run(["pgrep", "-n", "-P", parent], capture_output=True, text=True, check=False)  # noqa: S607
        if not listed.stdout:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(listed.stdout), signal.SIGKILL)
        return True

    def youngest(self, name: str) -> int:
        """Return the id of the process that works: of a server the one it has started."""
        group = str(self._running[name].pid)
        return int(subprocess.check_output(["pgrep", "-n", "-g", group], text=True))  # noqa: S607

    def list_ids(self, name: str) -> list[int]:
        """Return the ids of a process and of what it has started."""
        group = str(self._running[name].pid)
        listed = subprocess.check_output(["pgrep", "-g", group], text=True)  # noqa: S607
        return [int(each) for each in listed.split()]

    def kill_alone(self, name: str) -> None:
        """Send SIGKILL to one process and not to what it has started."""
        process = self._running.pop(name)
        process.kill()
        process.wait()
        self._killed_alone.append(process)

    def orphans(self) -> list[int]:
        """Return the groups of which something still runs though their first process was killed."""
        return [process.pid for process in self._killed_alone if _runs(process)]

    def ended(self) -> list[str]:
        """Return the names of those that have ended though they were not stopped."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def terminate_all(self) -> list[str]:
        """Send SIGTERM to all; return the names of those that have not ended in time."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        return [name for name, process in self._running.items() if not _ends(process)]

    def kill_all(self) -> None:
        for process in (*self._running.values(), *self._killed_alone):
            _signal(process, signal.SIGKILL)
        for process in self._running.values():
            process.wait()
        self._running.clear()


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _runs(process: Process) -> bool:
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ends(process: Process) -> bool:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
