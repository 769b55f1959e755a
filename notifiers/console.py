"""The channel of a configuration without chat: the card as text on standard output, with a link to answer."""

from __future__ import annotations

import itertools
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

from notifiers.shared.card_links import (
    NO_LINKS,
    CardLinks,
    label_links,
    label_page_links,
    link_to_pages,
)
from notifiers.shared.card_text import list_facts, write_date
from notifiers.shared.notice_text import (
    describe_deadline,
    label_answers_link,
    list_copied_lines,
    list_notice_lines,
)
from reviews.cards.card import Card, CardAction
from reviews.cards.card_sentences import summarize
from reviews.language import _
from reviews.notice import CanaryNotice, is_answerable
from reviews.text import clean_text, escape_controls

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.model import Answerable
    from reviews.notice import Notice

EXAMPLE = None
LEADS_TO_PAGE = True
_WIDTH, _MIN_WIDTH = 72, 9


class Console:
    """Writes each drawing of a card as a block of lines; blocks never mix."""

    def __init__(self, stream: TextIO, acknowledge_link: Callable[[Answerable], str]) -> None:
        self._stream = stream
        self._acknowledge_link = acknowledge_link
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    post_interval = timedelta()
    calls_nothing = True

    def post(self, target: str, card: Card) -> str:  # noqa: ARG002
        self._write(card)
        return f"console-{next(self._numbers)}"

    def post_notice(self, target: str, notice: Notice) -> str:  # noqa: ARG002
        self._write_notice(notice)
        return f"console-{next(self._numbers)}"

    def _write_notice(self, notice: Notice) -> None:
        with self._lock:
            lines = [f"  {line}" for line in self._list_lines(notice)]
            copied = ["", *each, ""] if (each := list_copied_lines(notice)) else []
            self._print("".join(f"{line}\n" for line in [*lines, *copied]))

    def _list_lines(self, notice: Notice) -> list[str]:
        due, mentioned = describe_deadline(notice, write_date), ", ".join(map(clean_text, notice.mention))
        link = [self._acknowledge_link(notice)] if is_answerable(notice) else []
        answers = [
            f"{label_answers_link(notice)}: {each}" if isinstance(notice, CanaryNotice) else each
            for each in link
        ]
        return ["", *list_notice_lines(notice), *filter(None, (mentioned, due)), *answers]

    def update(self, target: str, message_id: str, card: Card) -> None:  # noqa: ARG002
        self._write(card)

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:  # noqa: ARG002
        self._write_notice(notice)

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        return False

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        """Return `None`: a terminal can't be read, and a card that is printed twice does no harm."""
        return None

    def _write(self, card: Card) -> None:
        card_links = link_to_pages(card, self._acknowledge_link)
        with self._lock:
            self._print(render(card, self._acknowledge_link(card), card_links))

    def _print(self, text: str) -> None:
        """Print text; a server's standard output, unlike a command's, does not escape control characters."""
        self._stream.write(escape_controls(text))
        self._stream.flush()


def render(card: Card, acknowledge_link: str, card_links: CardLinks = NO_LINKS) -> str:
    """Return the card as text: the same facts in the same words as everywhere."""
    facts = list_facts(card, with_snippets=True)
    if card.link:
        facts.append((_("Document"), clean_text(card.link)))
    facts += [*label_page_links(card), *label_links(card_links)]
    width = max(_MIN_WIDTH, *(len(label) for label, _text in facts))
    lines = [summarize(card), "", *(f"  {label:<{width}} {text}" for label, text in facts)]
    if CardAction.ACKNOWLEDGE in card.actions:
        lines += ["", f"  {_('Acknowledge review or request changes')}:", f"  {acknowledge_link}"]
    rule = "─" * _WIDTH
    return "\n".join(["", rule, *lines, rule, ""])


def build(context: ChannelContext) -> Console:
    return Console(sys.stdout, context.acknowledge_link)
