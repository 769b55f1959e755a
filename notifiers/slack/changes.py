"""What subscribers are told, in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import change_text
from notifiers.slack.text import fit, link, when
from reviews.notice import NoticeKind
from reviews.wording.notice_sentences import sentence

if TYPE_CHECKING:
    from notifiers.shared.change_text import Told
    from reviews.notice import Notice

LONGEST_HEAD = 600
LONGEST_WORDS = 400
LONGEST_WHERE = 600
LONGEST_SECTION = 2900  # of 3,000
BULLET = "•"

Block = dict[str, Any]


def blocks(notice: Notice) -> list[Block]:
    """Return the change as a sentence with its place below, or the digest as a list."""
    if notice.kind is NoticeKind.CHANGE:
        told = change_text.of_notice(notice)
        where = " · ".join(part for part in (fit(told.where, LONGEST_WHERE), when(notice.at)) if part)
        return [_section(_linked(told)), _context(where)]
    lines = [f"{BULLET} {_linked(told)}{_where(told)}" for told in change_text.of_digest(notice)]
    rest = change_text.rest_of(notice)
    head = f"*{fit(sentence(notice), LONGEST_HEAD)}*"
    return [*map(_section, _together([head, *lines])), *([_context(rest)] if rest else [])]


def _linked(told: Told) -> str:
    before, after = fit(told.before, LONGEST_WORDS), fit(told.after, LONGEST_WORDS)
    return f"{before}*{link(told.link, told.title)}*{after}"


def _where(told: Told) -> str:
    return f" · {fit(told.where, LONGEST_WHERE)}" if told.where else ""


def _together(lines: list[str]) -> list[str]:
    """Return the lines in as few texts as there is room for."""
    texts = [lines[0]]
    for line in lines[1:]:
        if len(texts[-1]) + len(line) + 1 <= LONGEST_SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
