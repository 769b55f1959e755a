"""The card as text: the same facts in the same words for every channel."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from notifiers.shared.snippet_text import list_snippets
from reviews.cards.answer_progress import (
    describe_missing,
    describe_outdated,
    describe_recovery,
    format_answer_count,
    is_shared,
)
from reviews.cards.card_sentences import describe_news
from reviews.cards.card_state import describe_answer, list_state_lines
from reviews.language import _, capitalize_first, format_date, format_number
from reviews.text import clean_text, sanitize_link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Answer

MAX_ADDRESS_LENGTH = 3000
MAIL_ADDRESS = re.compile(r"(?<![\w@.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w@])", re.ASCII)
_HALF_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_SAFE = ":/?@!$&'()*+,;=%~-._"
"""Characters of a part of an address that stay; a `#` within a part would begin another fragment."""


class Fact(StrEnum):
    """What a card says, in its order."""

    FILE = "file"
    BULK = "bulk"
    TITLE_BEFORE = "title_before"
    FOLDER = "folder"
    PATH_BEFORE = "path_before"
    MOVED_TO = "moved_to"
    CHANGE = "change"
    ALSO = "also"
    WHEN = "when"
    RECOVERED = "recovered"
    FILES = "files"
    VERSION = "version"
    CHANGES = "changes"
    OWNER = "owner"
    DEPUTIES = "deputies"
    REVIEWS = "reviews"
    DUE = "due"
    STATUS = "status"
    NOTE = "note"
    REQUESTED = "requested"
    TOOK = "took"

    @property
    def label(self) -> str:
        return {
            Fact.FILE: _("File"),
            Fact.BULK: _("Bulk review"),
            Fact.TITLE_BEFORE: _("Previous name"),
            Fact.FOLDER: _("Folder"),
            Fact.PATH_BEFORE: _("Previous folder"),
            Fact.MOVED_TO: _("Moved to"),
            Fact.CHANGE: _("Change"),
            Fact.ALSO: _("Also"),
            Fact.WHEN: _("When"),
            Fact.RECOVERED: _("Recovered"),
            Fact.FILES: _("Files"),
            Fact.VERSION: _("Version"),
            Fact.CHANGES: _("What changed"),
            Fact.OWNER: _("Owner"),
            Fact.DEPUTIES: _("May answer"),
            Fact.REVIEWS: _("Reviews"),
            Fact.DUE: _("Due"),
            Fact.STATUS: _("Status"),
            Fact.NOTE: _("Note"),
            Fact.REQUESTED: _("Earlier request"),
            Fact.TOOK: _("Answered after"),
        }[self]


def list_facts(
    card: Card, *, facts: Iterable[Fact] = tuple(Fact), with_snippets: bool = False
) -> list[tuple[str, str]]:
    """Return the facts of a card as (label, text): each on one line, and hostile until it is escaped.

    Snippets of the document follow what changed, if they are asked for.
    """
    change = _("{happened} by {who}").format(happened=card.verb, who=card.who)
    texts = {
        Fact.BULK if card.bulk else Fact.FILE: card.title,
        **({Fact.FOLDER: card.path} if card.path else {}),
        **list_earlier_names(card),
        **({Fact.MOVED_TO: card.moved_to} if card.moved_to else {}),
        Fact.CHANGE: change,
        **({Fact.ALSO: card.other_acts} if card.other_acts else {}),
        Fact.WHEN: write_date(card.changed_at),
        **({Fact.RECOVERED: describe_recovery(card, write_date)} if card.seen_late is not None else {}),
        choose_scope_fact(card): add_revision(card, card.version if card.is_versioned else card.files),
        **({Fact.CHANGES: card.changes} if card.changes else {}),
        Fact.OWNER: ", ".join(card.owners),
        **({Fact.DEPUTIES: ", ".join(card.deputies)} if card.deputies else {}),
    }
    if is_shared(card):
        texts[Fact.REVIEWS] = describe_progress(card)
    if card.due_at and not card.overdue_since:
        texts[Fact.DUE] = write_date(card.due_at)
    status = describe_answer(card) if card.answer and not card.superseded else card.status
    texts[Fact.STATUS] = " · ".join([status, *list_state_lines(card, render_time=write_date)])
    if card.answer and card.answer.note:
        texts[Fact.NOTE] = clean_text(card.answer.note)
    if card.earlier_request:
        texts[Fact.REQUESTED] = describe_request(card.earlier_request)
    lines = []
    for fact in (fact for fact in Fact if fact in texts and fact in facts):
        lines.append((fact.label, texts[fact]))
        lines += list_snippets(card) if with_snippets and fact is Fact.CHANGES else []
    return lines


def list_earlier_names(card: Card) -> dict[Fact, str]:
    """Return the document's earlier name and place."""
    names = {Fact.TITLE_BEFORE: card.title_before, Fact.PATH_BEFORE: card.path_before}
    return {fact: text for fact, text in names.items() if text}


def summarize_side_facts(card: Card, *, max_length: int) -> str:
    """Return what a list shows beside the change, in one line, names up to `max_length`; may be empty."""
    names = {**list_earlier_names(card), **({Fact.MOVED_TO: card.moved_to} if card.moved_to else {})}
    labelled = [f"{fact.label}: {shorten_name(text, max_length)}" for fact, text in names.items()]
    return " · ".join(filter(None, [capitalize_first(card.other_acts), *labelled]))


def describe_request(answer: Answer) -> str:
    """Return on one line the request of the review before, with person and time."""
    request = f"{answer.reviewer.name}, {write_date(answer.at)}"
    return f"{request}: {clean_text(answer.note)}" if answer.note else request


def choose_scope_fact(card: Card) -> Fact:
    """Return what a review covers: the versions of a file, or the files of a folder or of a bulk review."""
    return Fact.VERSION if card.is_versioned else Fact.FILES


def describe_coverage(card: Card) -> str:
    """Return how much of it, in few words."""
    files = format_number(card.contents.count) if card.contents else card.file_summary
    return add_revision(card, card.version if card.is_versioned else files)


def describe_extent(card: Card) -> str:
    """Return the same for a list, where nothing before says what it is: a folder has no version."""
    return _("Version {version}").format(version=card.version) if card.is_versioned else card.file_summary


def add_revision(card: Card, text: str) -> str:
    """Return what a card covers, with the revision unless it is the first.

    In a bulk review each file that joins makes another revision, which means nothing to people.
    """
    if card.revision == 1 or card.bulk:
        return text
    return _("{covered} (revision {revision})").format(covered=text, revision=card.revision)


def describe_progress(card: Card) -> str:
    """Return who has answered and who is missing, on one line."""
    answers = [f"{each.reviewer.name}, {write_date(each.at)}" for each in card.other_acknowledgements]
    answer = [f"{card.answer.reviewer.name}, {write_date(card.answer.at)}"] if card.answer else []
    words = describe_missing(card)
    missing = [f"{words[:1].lower()}{words[1:]}: {', '.join(card.missing)}"] if words else []
    outdated_line = [describe_outdated(card)] if card.outdated_count else []
    reviewers = "; ".join([*answers, *answer])
    return " · ".join(
        [
            f"{format_answer_count(card)}: {reviewers}" if reviewers else format_answer_count(card),
            *missing,
            *outdated_line,
        ]
    )


def write_headline(card: Card, *, max_length: int) -> str:
    """Return the title and its news, for a subject or a notification."""
    return f"{shorten_name(card.title, max_length - len(describe_news(card)) - 1)} {describe_news(card)}"


def write_date(at: datetime) -> str:
    """Return a date for readers whose zone the channel does not have."""
    return format_date(at)


def shorten(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def shorten_name(name: str, max_length: int) -> str:
    """Return a file's name without its middle, so that its end and its extension stay visible."""
    if len(name) <= max_length:
        return name
    end = name[-(max_length // 4) :]
    return f"{name[: max_length - 1 - len(end)]}…{end}"


def make_button_address(address: str | None) -> str | None:
    """Return the address in the form for a button; `None` for no address, or one that is too long."""
    web = sanitize_link(address)
    if web is None:
        return None
    web = _HALF_ESCAPE.sub("%25", web)
    # Brackets belong only in the host, where they hold an IPv6 address.
    parts = urlsplit(web)
    rest = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    safe = urlunsplit((parts.scheme, quote(parts.netloc, safe=f"[]{_SAFE}"), *rest))
    return safe if len(safe) <= MAX_ADDRESS_LENGTH else None
