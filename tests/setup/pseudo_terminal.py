"""A person at a real terminal: a pseudo-terminal of the system, with what they see and type."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

SECONDS = 120.0
"""A generous limit for what appears: the machine may be busy."""
_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; "
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class PseudoTerminal:
    """As a context manager it starts a program, by its path, in a terminal of its own, and ends it."""

    def __init__(self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-c", _OWN_TERMINAL, *command]
        self._folder, self._environment = folder, environment
        self.seen = ""
        self._read_up_to = 0

    def __enter__(self) -> Self:
        self._ours, inner = os.openpty()
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    def expect(self, text: str) -> str:
        """Wait until a text appears that was not expected before; return what was seen up to it."""
        deadline = time.monotonic() + SECONDS
        while (place := self.seen.find(text, self._read_up_to)) < 0:
            assert time.monotonic() < deadline, f"{text!r} did not appear after:\n{self.seen}"
            assert self._read(), f"it ended without {text!r}:\n{self.seen}"
        before, self._read_up_to = self.seen[self._read_up_to : place], place + len(text)
        return before

    def answer(self, question: str, text: str) -> str:
        """Wait for a question, type a line, and return what was seen before the question."""
        before = self.expect(question)
        self.expect(":")
        self.type(f"{text}\n")
        return before

    def answer_secret(self, question: str, text: str) -> str:
        """Do the same for a secret, once nothing is echoed: what is typed before that is thrown away."""
        return self.answer_bytes(question, f"{text}\n".encode())

    def answer_bytes(self, question: str, data: bytes) -> str:
        """Do the same with bytes, which need not be text."""
        before = self.expect(question)
        self.wait_until_silent()
        os.write(self._ours, data)
        return before

    def wait_until_silent(self) -> None:
        """Wait until what is typed is not echoed."""
        deadline = time.monotonic() + SECONDS
        while termios.tcgetattr(self._ours)[3] & termios.ECHO:
            assert time.monotonic() < deadline, f"it still echoes after:\n{self.seen}"
            assert self._read(), f"it ended:\n{self.seen}"

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def press(self, key: str) -> int:
        """Press a key once the program waits for one, and return its exit code.

        It may have shown its question and not wait yet: Python sees Ctrl-C then with the next key only.
        """
        deadline = time.monotonic() + SECONDS
        while not (self._is_asleep() and self._is_asleep()):
            assert time.monotonic() < deadline, f"it does not wait after:\n{self.seen}"
        self.type(key)
        return self.wait()

    def _is_asleep(self) -> bool:
        """Read what it prints for a moment; return whether its main thread waits for something then."""
        self._read()
        status = Path(f"/proc/{self._process.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "S"

    def wait(self) -> int:
        """Return the exit code, once all that was printed is seen."""
        deadline = time.monotonic() + SECONDS
        while self._read():
            assert time.monotonic() < deadline, f"it does not end after:\n{self.seen}"
        return self._process.wait(SECONDS)

    def _read(self) -> bool:
        """Read more; return whether there may still be some."""
        if not select.select([self._ours], [], [], 0.05)[0]:
            return True
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # the other side is closed
            return False
        self.seen += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)
