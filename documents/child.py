"""The process that reads documents: `python -m documents.child`. `isolation.py` starts it.

Its task comes on standard input: a line of JSON, then the content of each document. Once all is there it
gives up the right to open anything, files and sockets alike, and bounds its memory and processor time. Only
then does it look into what comes from outside.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from documents import formats
from documents.comparison.comparison import compare_documents
from documents.encoding import decode_text, encode_comparison, encode_text
from documents.errors import Reason, State, UnreadDocument
from documents.limits import MAX_MEMORY_BYTES, MAX_PROCESSOR_SECONDS
from documents.passages import DocumentText
from documents.system_calls import filter_system_calls

_NICENESS = 10
"""Cards and clicks come first."""

_LIMITS = (
    ("RLIMIT_AS", MAX_MEMORY_BYTES),
    ("RLIMIT_CPU", MAX_PROCESSOR_SECONDS),
    ("RLIMIT_NOFILE", 0),  # nothing can be opened from here on; what is open stays so
    ("RLIMIT_NPROC", 0),
    ("RLIMIT_FSIZE", 0),
    ("RLIMIT_CORE", 0),
)


def main() -> None:
    """Do one task, and end."""
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)  # a stopping service sends them to all
    task, sources = _read_task(sys.stdin.buffer)
    formats.load_readers(content for _, content in sources)
    restrict_process()
    try:
        header, text = _do_task(task, sources)
    except MemoryError:
        header, text = _describe_failure(Reason.MEMORY), b""
    except Exception as error:  # noqa: BLE001 - the edge of the process; a message could hold text of the document
        header, text = {**_describe_failure(Reason.CRASHED), "defect": _locate_error(error)}, b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + text)


def restrict_process() -> None:
    """Give up the right to any file, socket and process; bound memory and processor time.

    Where the kernel has no filter of system calls, only what opens something is refused: `doctor` says so.
    """
    os.nice(_NICENESS)
    for name, limit in _LIMITS:
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        bounded = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # At the soft limit of processor time SIGXCPU says why the process ends, at the hard one nothing does.
        last = bounded + 1 if name == "RLIMIT_CPU" and bounded == limit and hard != limit else bounded
        resource.setrlimit(kind, (bounded, last))
    filter_system_calls()


def _read_task(stream: BinaryIO) -> tuple[dict[str, Any], list[tuple[dict[str, Any], bytes]]]:
    task = json.loads(stream.readline())
    return task, [(source, stream.read(source["size"])) for source in task["sources"]]


def _do_task(
    task: dict[str, Any], sources: list[tuple[dict[str, Any], bytes]]
) -> tuple[dict[str, Any], bytes]:
    """Return the answer's first line, and the text of the last document."""
    documents: list[DocumentText] = []
    failure: dict[str, Any] = {}
    for number, (source, content) in enumerate(sources):
        try:
            documents.append(_read_source(source, content))
        except UnreadDocument as error:
            failure = failure or {"state": error.state, "reason": error.reason, "source": number}
    if failure:
        # The text of a later state is stored all the same: the next one is compared with it.
        is_later_read = failure["source"] == 0 and len(documents) == len(sources) - 1 > 0
        return failure, encode_text(documents[-1]) if is_later_read else b""
    header: dict[str, Any] = {"state": State.READ}
    if task["compare"]:
        before = documents[0] if len(documents) > 1 else DocumentText(documents[0].format, ())
        header = encode_comparison(compare_documents(before, documents[-1]))
    return header, encode_text(documents[-1])


def _read_source(source: dict[str, Any], content: bytes) -> DocumentText:
    if source["is_text"]:
        return decode_text(content)
    return formats.read_document(content, source["name"])


def _describe_failure(reason: Reason) -> dict[str, Any]:
    error = UnreadDocument(reason)
    return {"state": error.state, "reason": error.reason}


def _locate_error(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


if __name__ == "__main__":
    main()
