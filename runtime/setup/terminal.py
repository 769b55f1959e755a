"""The terminal of an interview: questions, secrets without an echo, and what a check said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviews.text import clean_text
from runtime.setup.answers import parse_text
from runtime.setup.check_results import CheckLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtime.setup.check_results import CheckResult

NONE = "-"
"""What a person types to take an answer away that has a default."""
_MARKS = {CheckLevel.OK: "✓", CheckLevel.WARNING: "!", CheckLevel.PROBLEM: "✗"}


def ask_text(question: str, default: str = "") -> str:
    """Return what a person types; without it, the default. `NONE` is an empty text."""
    text = _prompt(f"{question} [{clean_text(default)}]" if default else question, default)
    return "" if text == NONE else text


def ask_secret(question: str, default: str = "") -> str:
    """Return a secret, which is not echoed; what is there stays where none is typed, and is not shown."""
    shown = f"{question} [Enter keeps the present one]" if default else question
    return _prompt(shown, default, is_secret=True)


def _prompt(shown: str, default: str, *, is_secret: bool = False) -> str:
    """Ask until the line can be read as text: an arrow key puts control characters into it."""
    while True:
        try:
            return parse_text(click.prompt(shown, default=default, show_default=False, hide_input=is_secret))
        except ValueError:  # `UnicodeDecodeError` is one, of bytes that are not UTF-8
            click.echo("  ✗ That holds a character that can't be shown: type it again.")


def show_results(results: Iterable[CheckResult]) -> None:
    for result in results:
        sentence = begin_sentence(clean_text(result.sentence))
        click.echo(f"  {_MARKS[result.level]} {sentence}{'' if sentence.endswith('?') else '.'}")


def show_line(text: str) -> None:
    click.echo(text)


def begin_sentence(text: str) -> str:
    """Return a text with a capital at its beginning, unless its first word is such as `a@b.example`."""
    first = text.split(maxsplit=1)[0] if text else ""
    return text[:1].upper() + text[1:] if first.isalpha() else text
