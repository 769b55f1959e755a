"""Reads many files in one process without rights: `python -m tests.documents.restricted_reader`."""

from __future__ import annotations

import json
import sys
import zlib

from documents.child import restrict_process
from documents.errors import UnreadDocument
from documents.formats import load_readers, read_document


def describe_answer(name: str, content: bytes) -> str:
    """Return what became of a file: `read` with a sum of its text, or why it could not be read."""
    try:
        return f"read {zlib.crc32(repr(read_document(content, name)).encode(errors='replace'))}"
    except UnreadDocument as error:
        return str(error.reason)


def main() -> None:
    """Describe each file; their names and sizes come as a line of JSON, then their contents."""
    stream = sys.stdin.buffer
    files = [(name, stream.read(size)) for name, size in json.loads(stream.readline())]
    load_readers(content for _, content in files)
    restrict_process()
    for name, content in files:
        sys.stdout.write(f"{describe_answer(name, content)}\n")


if __name__ == "__main__":
    main()
