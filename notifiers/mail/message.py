"""A card as a mail, text and HTML, with ids that mark duplicates and threads (RFC 5322)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifiers.shared.bulk_text import describe_file
from notifiers.shared.card_links import NO_LINKS, CardLinks, label_links, label_page_links, list_button_links
from notifiers.shared.card_text import Fact, describe_coverage, list_facts, shorten_name, write_date
from reviews.cards.card import Card, CardAction
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import (
    choose_look,
    describe_answer,
    describe_request,
    label_look,
    list_state_lines,
)
from reviews.cards.meaning import explain_recording, introduce_statement, list_meaning_rows
from reviews.language import _, get_language, ngettext
from reviews.text import clean_text
from reviews.wording.change_sentences import describe_omitted
from reviews.wording.labels import split_answer_note

if TYPE_CHECKING:
    from reviews.cards.meaning import Meaning

MAX_TITLE_LENGTH = 120
MAX_PATH_LENGTH = 200  # in the HTML
MAX_TITLES = 10
FIRST_STAGE = "revision 1"
_INVISIBLE = "\u200b"
# The HTML shows the other facts in a form of their own.
_EARLIER_FACTS = (Fact.TITLE_BEFORE, Fact.PATH_BEFORE, Fact.MOVED_TO, Fact.ALSO)
_CARD_FACTS = (
    *_EARLIER_FACTS, Fact.WHEN, Fact.VERSION, Fact.OWNER, Fact.DEPUTIES, Fact.REVIEWS, Fact.DUE,
)  # fmt: skip
_ANSWER_FACTS = (Fact.VERSION, Fact.REVIEWS)
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
TEMPLATES.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A file in the HTML, with the text beside its title."""

    title: str
    details: str = ""
    link: str | None = None


def write_card_mail(
    card: Card, *, recipient: str, link: str, domain: str, card_links: CardLinks = NO_LINKS
) -> EmailMessage:
    """Return the mail of a card's stage. `link` leads to the acknowledge page, `domain` is the sender's.

    The subject of a review's mails stays the same, because Gmail threads by it too; the news comes first
    inside.
    """
    later = card.stage != FIRST_STAGE
    title = name_thread(card.bulk.folder, is_bulk=True) if card.bulk else card.title
    mail = create_mail(recipient, make_later_subject(title) if later else make_first_subject(title))
    mail["Message-ID"] = make_message_id(card.review_id, card.stage, domain)
    if later:
        mail["In-Reply-To"] = mail["References"] = make_message_id(card.review_id, FIRST_STAGE, domain)
    mail.set_content(render_text(card, link, card_links))
    mail.add_alternative(render_html(card, link, card_links), subtype="html")
    return mail


def render_text(card: Card, link: str, card_links: CardLinks = NO_LINKS) -> str:
    """Return the card as the text part."""
    facts = list_facts(card, with_snippets=True)
    lines = [summarize(card), "", *(f"{label}: {text}" for label, text in facts)]
    if card.link:
        lines += ["", f"{CardAction.OPEN.label}: {clean_text(card.link)}"]
    links = [*label_page_links(card), *label_links(card_links)]
    lines += [f"{label}: {address}" for label, address in links]
    if CardAction.ACKNOWLEDGE in card.actions:
        lines += ["", f"{_('Acknowledge review or request changes')}:", link]
        lines += ["", *_list_meaning_lines(card.meaning)] if card.meaning else []
    return "\n".join([*lines, ""])


def render_html(card: Card, link: str, card_links: CardLinks = NO_LINKS) -> str:
    """Return the card as the HTML part: tables, as mail programs need them, without remote content."""
    answer = card.answer
    return TEMPLATES.get_template("card.html").render(
        card=card,
        language=get_language(),
        look=choose_look(card),
        status=label_look(card),
        summary=summarize(card),
        lines=list_state_lines(card, render_time=write_date),
        card_links=card_links,
        newer_sentence=card.superseded_text,
        request_sentence=describe_request(card.earlier_request, render_time=write_date)
        if card.earlier_request
        else "",
        requested_note=split_answer_note(card.earlier_request) if card.earlier_request else [],
        headline=describe_answer(card) if answer else "",
        note=split_answer_note(answer) if answer else [],
        folder=shorten_name(card.path, MAX_PATH_LENGTH),
        files="" if card.is_versioned else describe_coverage(card),
        listed_files=_list_files(card),
        omitted=_describe_omitted_files(card),
        all_files_url=list_button_links(card)[CardAction.FILES],
        changes_url=list_button_links(card)[CardAction.CHANGES],
        rows=list_facts(card, facts=_ANSWER_FACTS if answer else _CARD_FACTS),
        link=link if CardAction.ACKNOWLEDGE in card.actions else "",
        meaning=_list_meaning_lines(card.meaning) if card.meaning else [],
    )


def _list_meaning_lines(meaning: Meaning) -> list[str]:
    """Return what the button on the page means, and what is recorded, in lines of text."""
    rows = list_meaning_rows(meaning, render_time=write_date)
    return [
        f"{introduce_statement()} {_('“{statement}”').format(statement=meaning.statement.text)}",
        *(f"{label}: {text}" for label, text in rows),
        explain_recording(),
    ]


def _list_files(card: Card) -> list[_Line]:
    """Return the first files of a folder or of a bulk review, as lines."""
    if card.bulk:
        return [
            _Line(
                title=shorten_name(file.title, MAX_TITLE_LENGTH),
                details=describe_file(file, card.bulk, max_length=MAX_TITLE_LENGTH),
                link=file.link,
            )
            for file in card.bulk.list_first(MAX_TITLES)
        ]
    titles = card.contents.titles[:MAX_TITLES] if card.contents else ()
    return [_Line(title=title) for title in titles]


def _describe_omitted_files(card: Card) -> str:
    """Return how many files are not named; empty if there are none."""
    if card.bulk:
        return card.bulk.describe_omitted(card.bulk.list_first(MAX_TITLES))
    titles = card.contents.titles if card.contents else ()
    more = card.contents.count - len(titles[:MAX_TITLES]) if card.contents and titles else 0
    return describe_omitted(more) if more > 0 else ""


def create_mail(recipient: str, subject: str) -> EmailMessage:
    """Return an empty mail to which no program replies automatically."""
    mail = EmailMessage()
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    return mail


def make_first_subject(title: str) -> str:
    """Return the subject of a review's first mail."""
    return clean_header(_("Please review {title}").format(title=shorten_name(title, MAX_TITLE_LENGTH)))


def name_thread(title: str, *, is_bulk: bool) -> str:
    """Return the subjects' name for a review; a bulk review's number of files may change in its thread."""
    if not is_bulk:
        return title
    return _("the files in {folder}").format(folder=title) if title else _("many files")


def make_later_subject(title: str) -> str:
    """Return the subject of a review's later mails."""
    return f"Re: {make_first_subject(title)}"


def clean_header(text: str) -> str:
    """Return text without anything that a mail program would decode as an encoded word."""
    return text.replace("=?", f"={_INVISIBLE}?")


def make_message_id(review_id: str, stage: str, domain: str) -> str:
    """Return the id of the mail for a stage of a review."""
    return f"<{review_id}.{re.sub('[^a-z0-9]+', '-', stage)}@{domain}>"
