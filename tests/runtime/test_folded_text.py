"""Sentences of commands: folded at words on a terminal, and one line each in a pipe."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

import pytest

from runtime.commands.printing.folded_text import print_text
from tests.runtime.terminal import Terminal

KEY = "docspace-review.example.com+ee926db9+Ab0zjq7XH85Ya5KDcR6V"
TEXT = f"  webhook       made by Olga Owner, who is an admin\nNote: it is plain http.\n\n  {KEY} {KEY}\n"


def print_on(stream: StringIO, text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", "36")
    with redirect_stdout(stream):
        print_text(text)
    return stream.getvalue().splitlines()


def test_a_long_line_goes_on_below_its_beginning_and_no_word_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert print_on(Terminal(), TEXT, monkeypatch) == [
        "  webhook       made by Olga Owner,",
        "                who is an admin",
        "Note: it is plain http.",
        "",
        f"  {KEY}",
        f"  {KEY}",
        "",
    ]


def test_in_a_pipe_it_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert print_on(StringIO(), TEXT, monkeypatch) == TEXT.split("\n")


@pytest.mark.parametrize("columns", [1, 20])
def test_the_narrowest_terminal_gets_a_word_a_line(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()

    with redirect_stdout(terminal):
        print_text("  it            is plain")

    assert terminal.getvalue().split() == ["it", "is", "plain"]
