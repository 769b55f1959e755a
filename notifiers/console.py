"""The channel of a configuration without chat: the card as text on standard output, with a link to answer."""

from __future__ import annotations

import itertools
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

from reviews.card import Action, Card, outcome
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifiers import Surroundings

EXAMPLE = None
_WIDTH = 72


class Console:
    """Writes each drawing of a card as a block of lines; blocks never mix."""

    def __init__(self, out: TextIO, acknowledge_link: Callable[[Card], str]) -> None:
        self._out = out
        self._acknowledge_link = acknowledge_link
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    apart = timedelta()

    def post(self, target: str, card: Card) -> str:  # noqa: ARG002
        self._write(card)
        return f"console-{next(self._numbers)}"

    def update(self, target: str, message_id: str, card: Card) -> None:  # noqa: ARG002
        self._write(card)

    def find(self, target: str, card: Card, *, since: datetime) -> str | None:  # noqa: ARG002
        """Nobody can look into a terminal; a card that is printed twice does no harm."""
        return None

    def _write(self, card: Card) -> None:
        with self._lock:
            self._out.write(render(card, self._acknowledge_link(card)))
            self._out.flush()


def render(card: Card, acknowledge_link: str) -> str:
    """Return the card as text: the same facts in the same words as everywhere."""
    lines = [
        card.summary,
        "",
        f"  File      {card.title}",
        f"  Folder    {card.path}",
        f"  Change    {card.happened} by {card.who}",
        f"  When      {card.changed_at:%d %b %Y, %H:%M} UTC",
        f"  Version   {card.version}",
        f"  Owner     {', '.join(card.owners)}",
    ]
    if card.due_at:
        lines.append(f"  Due       {card.due_at:%d %b %Y, %H:%M} UTC")
    lines.append(f"  Status    {outcome(card) if card.answer else card.status}")
    if card.answer and card.answer.note:
        lines.append(f"  Note      {plain(card.answer.note)}")
    if card.link:
        lines.append(f"  Open      {plain(card.link)}")
    if Action.ACKNOWLEDGE in card.actions:
        lines += ["", "  Acknowledge review or request changes:", f"  {acknowledge_link}"]
    rule = "─" * _WIDTH
    return "\n".join(["", rule, *lines, rule, ""])


def build(surroundings: Surroundings) -> Console:
    return Console(sys.stdout, surroundings.acknowledge_link)
