"""What subscribers are told, in parts: the same words in every channel, hostile until escaped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.shared.text import shorten_name
from reviews.language import _, capital, dated
from reviews.notice import Notice, NoticeKind
from reviews.text import plain
from reviews.wording import placeholders
from reviews.wording.change_sentences import and_more, happened
from reviews.wording.notice_sentences import name_item, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.notice import Line

LONGEST_TITLE = 150
LONGEST_PATH = 200
LONGEST_PEOPLE = 150
ABOUT_CHANGES = frozenset({NoticeKind.CHANGE, NoticeKind.DIGEST})
_TITLE = "\ufdd0"
"""Stands in for the title until the sentence is made: no text from outside holds it."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One change: the words before the title and after it, where it is, and the way to it."""

    before: str
    title: str
    after: str
    where: str
    link: str | None


def of_notice(notice: Notice) -> Told:
    version = _("version {version}").format(version=notice.version) if notice.version else ""
    where = " · ".join(part for part in (_short(notice.path, LONGEST_PATH), version) if part)
    return _told(notice, where)


def of_digest(notice: Notice) -> list[Told]:
    """Return the changes of a digest; what happened in the folder that its heading names has no place."""
    paths = ("" if line.path == notice.title else line.path for line in notice.lines)
    return [_told(line, _short(path, LONGEST_PATH)) for line, path in zip(notice.lines, paths, strict=True)]


def smaller(notice: Notice) -> Iterator[Notice]:
    """Yield a digest at ever shorter lengths: whole, then without its links, then with fewer lines."""
    yield notice
    lines = tuple(replace(line, link=None) for line in notice.lines)
    for most in (len(lines), len(lines) // 2, len(lines) // 4, 1):
        cut = len(lines) - len(lines[:most])
        yield replace(notice, lines=lines[:most], more=notice.more + cut)


def rest_of(notice: Notice) -> str:
    """Return how many changes of a digest are not listed, and up to when none is missing; or nothing."""
    more = [and_more(notice.more)] if notice.more else []
    complete = [_("complete up to {time}").format(time=dated(notice.until))] if notice.until else []
    return "; ".join(more + complete) if more else capital("".join(complete))


def lines(notice: Notice) -> list[str]:
    """Return the sentence with its place, or the digest's heading and its lines."""
    if notice.kind is NoticeKind.CHANGE:
        told = of_notice(notice)
        return [in_one_line(replace(told, where="")), *([told.where] if told.where else [])]
    rest = rest_of(notice)
    listed = map(in_one_line, of_digest(notice))
    return [sentence(notice), *listed, *([rest] if rest else [])]


def in_one_line(told: Told) -> str:
    sentence = f"{told.before}{told.title}{told.after}"
    return f"{sentence} ({told.where})" if told.where else sentence


def _told(item: Notice | Line, where: str) -> Told:
    kind = item.change if isinstance(item, Notice) else item.kind
    who = _short(placeholders.told(item.who), LONGEST_PEOPLE)
    before, _mark, after = happened(kind, title=_TITLE, who=who.replace(_TITLE, "")).partition(_TITLE)
    title = _short(name_item(item), LONGEST_TITLE)
    return Told(before=before, title=title, after=after, where=where, link=item.link)


def _short(text: str, longest: int) -> str:
    return shorten_name(plain(text), longest)
