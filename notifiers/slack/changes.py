"""Notices to subscribers in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import change_text
from notifiers.slack.elements import make_context, make_section
from notifiers.slack.text import fit_text, format_link, write_date
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from notifiers.shared.change_text import ChangeText
    from reviews.digest_notices import DigestNotice
    from reviews.notice import ChangeNotice

MAX_HEADING_LENGTH = 600
MAX_WORDS_LENGTH = 400
MAX_PLACE_LENGTH = 600
MAX_SECTION_LENGTH = 2900  # of 3,000
BULLET = "•"

Block = dict[str, Any]


def draw_change(notice: ChangeNotice) -> list[Block]:
    """Return the change as a sentence with its place below."""
    change = change_text.describe_change_notice(notice)
    where = " · ".join(
        part for part in (fit_text(change.where, MAX_PLACE_LENGTH), write_date(notice.at)) if part
    )
    return [make_section(_link_title(change)), make_context(where)]


def draw_digest(notice: DigestNotice) -> list[Block]:
    """Return the digest as a list."""
    lines = [
        f"{BULLET} {_link_title(change)}{_format_place(change)}"
        for change in change_text.describe_digest(notice)
    ]
    rest = change_text.describe_rest(notice)
    head = f"*{fit_text(describe_notice(notice), MAX_HEADING_LENGTH)}*"
    return [*map(make_section, _pack_lines([head, *lines])), *([make_context(rest)] if rest else [])]


def _link_title(change: ChangeText) -> str:
    before, after = fit_text(change.before, MAX_WORDS_LENGTH), fit_text(change.after, MAX_WORDS_LENGTH)
    return f"{before}*{format_link(change.link, change.title)}*{after}"


def _format_place(change: ChangeText) -> str:
    return f" · {fit_text(change.where, MAX_PLACE_LENGTH)}" if change.where else ""


def _pack_lines(lines: list[str]) -> list[str]:
    """Return the lines in as few texts as they fit into."""
    texts = [lines[0]]
    for line in lines[1:]:
        if len(texts[-1]) + len(line) + 1 <= MAX_SECTION_LENGTH:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
