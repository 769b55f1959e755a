"""Reads and compares documents in a process of their own, without settings, secrets and network.

A document may be built to crash or to burden its reader. The process gets an empty environment, can open no
file and no socket, and ends with its limits (`limits.py`); what it was then says what became of the document.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from documents.comparison.parts import DocumentComparison
from documents.encoding import decode_comparison
from documents.errors import COMPARED_STATES, Reason, State, UnreadDocument
from documents.limits import MAX_ANSWER_BYTES, MAX_FILE_BYTES, MAX_WAIT_SECONDS

_STOPS = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, -signal.SIGKILL}
_ROOT = Path(__file__).parent.parent
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    """A document as it came.

    Attributes:
        name: Its title with the extension.
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredText:
    """The text of a document that was read before, as `encoding.encode_text` wrote it."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a comparison.

    Attributes:
        comparison: Of a document that can't be read it has the reason.
        text: Of the later state, to be stored; None where it could not be read.
        unread: The state that could not be read: 0 the earlier, 1 the later, else None.
        defect: Kind and place of an error that is a defect of this program, else empty.
    """

    comparison: DocumentComparison
    text: StoredText | None = None
    unread: int | None = None
    defect: str = ""


class ReaderStopped(Exception):
    """The process that reads was ended from outside: a stop of the service, or a machine without memory."""


def read_text(document: File) -> StoredText:
    """Return the text of a document.

    Raises:
        UnreadDocument: It can't be had, and why.
    """
    header, text = _run_child([document], compare=False)
    if header["state"] != State.READ:
        raise UnreadDocument(Reason(header["reason"]))
    return StoredText(text)


def compare_documents(before: File | StoredText | None, after: File | StoredText) -> Outcome:
    """Compare two states of a document. What can't be read is said in the outcome, not raised.

    Args:
        before: The earlier state; None for a document that is new.
        after: The later state.
    """
    header, text = _run_child([after] if before is None else [before, after], compare=True)
    if header["state"] in COMPARED_STATES:
        return Outcome(decode_comparison(header), StoredText(text))
    comparison = DocumentComparison(State(header["state"]), Reason(header["reason"]))
    unread = header.get("source")
    if before is None and unread is not None:
        unread = 1
    stored = StoredText(text) if text else None
    return Outcome(comparison, text=stored, unread=unread, defect=header.get("defect", ""))


def _run_child(documents: list[File | StoredText], *, compare: bool) -> tuple[dict[str, Any], bytes]:
    """Return the answer of the process: its first line, and the text after it."""
    for number, document in enumerate(documents):
        if isinstance(document, File) and len(document.content) > MAX_FILE_BYTES:
            return {**_describe(Reason.FILE_SIZE), "source": number}, b""
    task = {"compare": compare, "sources": [_describe_source(each) for each in documents]}
    content = b"".join([json.dumps(task).encode(), b"\n", *(each.content for each in documents)])
    command = [sys.executable, "-E", "-s", "-m", "documents.child"]
    try:
        code, answer = run_bounded(command, content, wait_seconds=MAX_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        return _describe(Reason.TIME), b""
    if code == -signal.SIGXCPU:
        return _describe(Reason.TIME), b""
    if code in _STOPS and answer is not None:
        raise ReaderStopped(f"reading a document was stopped from outside (exit {code})")
    header, _, text = (answer or b"").partition(b"\n")
    if code or not header:
        return {**_describe(Reason.CRASHED), "defect": f"exit {code}"}, b""
    return json.loads(header), text


def run_bounded(command: list[str], content: bytes, *, wait_seconds: float) -> tuple[int, bytes | None]:
    """Return how a process ended and what it answered; `None` if it answered too much and was killed.

    Raises:
        subprocess.TimeoutExpired: It has not ended in time.
    """
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=_ROOT, env={}, bufsize=0, start_new_session=True,
    ) as process:  # fmt: skip
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(wait_seconds, end)
        writer = threading.Thread(target=_write, args=(cast("IO[bytes]", process.stdin), content))
        timer.start()
        writer.start()
        answer = _read_bounded(cast("IO[bytes]", process.stdout))
        if answer is None:
            process.kill()
        code = process.wait()
        timer.cancel()
        writer.join()
    if is_late.is_set():
        raise subprocess.TimeoutExpired(command, wait_seconds)
    return code, answer


def _write(stream: IO[bytes], content: bytes) -> None:
    """Write all to a process, unless it ends before."""
    with suppress(BrokenPipeError), stream:
        view = memoryview(content)
        while view:
            view = view[stream.write(view) :]


def _read_bounded(stream: IO[bytes]) -> bytes | None:
    """Return what a process answers until it closes its output, None if that is too much."""
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _describe(reason: Reason) -> dict[str, Any]:
    return {"state": UnreadDocument(reason).state, "reason": reason}


def _describe_source(document: File | StoredText) -> dict[str, Any]:
    size = len(document.content)
    if isinstance(document, File):
        return {"is_text": False, "name": document.name, "size": size}
    return {"is_text": True, "size": size}
