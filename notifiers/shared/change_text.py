"""Notices to subscribers, in parts: the same words in every channel, hostile until escaped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.shared.card_text import shorten_name
from reviews.language import _, capitalize_first, format_date
from reviews.text import clean_text
from reviews.wording.change_sentences import describe_change, describe_omitted
from reviews.wording.labels import format_people
from reviews.wording.notice_sentences import describe_notice, name_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.digest_notices import DigestLine, DigestNotice
    from reviews.kinds import ChangeKind
    from reviews.notice import ChangeNotice

MAX_TITLE_LENGTH = 150
MAX_PATH_LENGTH = 200
MAX_PEOPLE_LENGTH = 150
_TITLE_PLACEHOLDER = "\ufdd0"
"""Stands for the title until the sentence is complete: no text from outside holds it."""


@dataclass(frozen=True, kw_only=True)
class ChangeText:
    """One change: the words before the title and after it, where it is, and the link to it."""

    before: str
    title: str
    after: str
    where: str
    link: str | None


def describe_change_notice(notice: ChangeNotice) -> ChangeText:
    version = _("version {version}").format(version=notice.version) if notice.version else ""
    where = " · ".join(part for part in (_shorten_text(notice.path, MAX_PATH_LENGTH), version) if part)
    return _make_change_text(notice, notice.change_kind, where)


def describe_digest(notice: DigestNotice) -> list[ChangeText]:
    """Return the changes of a digest; a change in the folder of the heading has no place."""
    paths = ("" if line.path == notice.title else line.path for line in notice.lines)
    return [
        _make_change_text(line, line.kind, _shorten_text(path, MAX_PATH_LENGTH))
        for line, path in zip(notice.lines, paths, strict=True)
    ]


def shorten_digest(notice: DigestNotice) -> Iterator[DigestNotice]:
    """Yield a digest at ever shorter lengths: whole, then without its links, then with fewer lines."""
    yield notice
    lines = tuple(replace(line, link=None) for line in notice.lines)
    for count in (len(lines), len(lines) // 2, len(lines) // 4, 1):
        cut = len(lines) - len(lines[:count])
        yield replace(notice, lines=lines[:count], omitted_count=notice.omitted_count + cut)


def describe_rest(notice: DigestNotice) -> str:
    """Return how many changes of a digest are not listed, and up to when it is complete; may be empty."""
    until = notice.complete_until
    more = [describe_omitted(notice.omitted_count)] if notice.omitted_count else []
    complete = [_("complete up to {time}").format(time=format_date(until))] if until else []
    return "; ".join(more + complete) if more else capitalize_first("".join(complete))


def list_change_lines(notice: ChangeNotice) -> list[str]:
    """Return the sentence, and its place."""
    change = describe_change_notice(notice)
    return [join_change_text(replace(change, where="")), *([change.where] if change.where else [])]


def list_digest_lines(notice: DigestNotice) -> list[str]:
    """Return the heading and the lines of a digest."""
    rest = describe_rest(notice)
    listed = map(join_change_text, describe_digest(notice))
    return [describe_notice(notice), *listed, *([rest] if rest else [])]


def join_change_text(change: ChangeText) -> str:
    sentence = f"{change.before}{change.title}{change.after}"
    return f"{sentence} ({change.where})" if change.where else sentence


def _make_change_text(item: ChangeNotice | DigestLine, kind: ChangeKind, where: str) -> ChangeText:
    who = _shorten_text(format_people(item.who), MAX_PEOPLE_LENGTH)
    before, _mark, after = describe_change(
        kind, title=_TITLE_PLACEHOLDER, who=who.replace(_TITLE_PLACEHOLDER, "")
    ).partition(_TITLE_PLACEHOLDER)
    title = _shorten_text(name_item(item), MAX_TITLE_LENGTH)
    return ChangeText(before=before, title=title, after=after, where=where, link=item.link)


def _shorten_text(text: str, max_length: int) -> str:
    return shorten_name(clean_text(text), max_length)
