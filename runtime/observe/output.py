"""Output of the commands, through streams that let no control character pass.

A title may hold characters that move a terminal's cursor or change the direction of text. `run` of
`runtime/cli.py` replaces both streams, so the commands need not handle it.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from reviews.text import escape_controls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class EscapingStream:
    """A text stream that escapes control characters and marks of text direction, except line breaks."""

    def __init__(self, stream: TextIO) -> None:
        self.unescaped = stream

    def write(self, text: str) -> int:
        self.unescaped.write(escape_controls(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unescaped, name)


@contextmanager
def escape_output() -> Iterator[None]:
    """Send output on both streams through an `EscapingStream` within the block."""
    stdout, stderr = (
        cast("TextIO", EscapingStream(unwrap_stream(each))) for each in (sys.stdout, sys.stderr)
    )
    with redirect_stdout(stdout), redirect_stderr(stderr):
        yield


def unwrap_stream(stream: TextIO) -> TextIO:
    """Return the stream beneath, for a writer of colours that escapes its input itself."""
    return stream.unescaped if isinstance(stream, EscapingStream) else stream


def print_coloured(text: str) -> None:
    """Print lines with a terminal's colours. Text from outside in them has been through `clean_text`."""
    if not sys.stdout.isatty():
        click.echo(text, nl=False)  # removes the colours
        return
    terminal = unwrap_stream(sys.stdout)
    terminal.write(text)
    terminal.flush()
