"""A card as a mail, text and HTML, with ids by which programs know a duplicate and a thread (RFC 5322)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifiers.shared.bulk_text import describe_file
from notifiers.shared.text import Fact, covered, facts, shorten_name, when
from notifiers.shared.ways import NOWHERE, Ways, label_ways, link_buttons
from reviews.cards.card import Action, Card
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import choose_look, outcome, request_line, state_lines
from reviews.language import _, counted, spoken
from reviews.text import plain
from reviews.wording.change_sentences import and_more
from reviews.wording.labels import note_lines

LONGEST_TITLE = 120
LONGEST_PATH = 200  # in the HTML
MOST_TITLES = 10
FIRST_STAGE = "revision 1"
_INVISIBLE = "\u200b"
# In the HTML the other facts have a form of their own.
_BEFORE = (Fact.TITLE_BEFORE, Fact.PATH_BEFORE, Fact.MOVED_TO, Fact.ALSO)
_ROWS = (*_BEFORE, Fact.WHEN, Fact.VERSION, Fact.OWNER, Fact.STAND_INS, Fact.REVIEWS, Fact.DUE)
_ROWS_OF_AN_ANSWER = (Fact.VERSION, Fact.REVIEWS)
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
PAGES.install_gettext_callables(_, counted, newstyle=True)  # type: ignore[attr-defined]


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A file in the HTML, with what stands beside its title."""

    title: str
    beside: str = ""
    link: str | None = None


def message(card: Card, *, to: str, link: str, domain: str, ways: Ways = NOWHERE) -> EmailMessage:
    """Return the mail of a card's stage. `link` leads to the acknowledge page, `domain` is the sender's.

    The subject of a review's mails stays the same, as Gmail threads by it too; the news comes first inside.
    """
    later = card.stage != FIRST_STAGE
    title = name_thread(card.bulk.folder, is_bulk=True) if card.bulk else card.title
    mail = new_mail(to, later_subject(title) if later else subject_of(title))
    mail["Message-ID"] = stage_id(card.review_id, card.stage, domain)
    if later:
        mail["In-Reply-To"] = mail["References"] = stage_id(card.review_id, FIRST_STAGE, domain)
    mail.set_content(as_text(card, link, ways))
    mail.add_alternative(as_html(card, link, ways), subtype="html")
    return mail


def as_text(card: Card, link: str, ways: Ways = NOWHERE) -> str:
    """Return the card as the text part."""
    lines = [summarize(card), "", *(f"{label}: {text}" for label, text in facts(card))]
    if card.link:
        lines += ["", f"{Action.OPEN.words}: {plain(card.link)}"]
    files = link_buttons(card)[Action.FILES]
    lines += [f"{Action.FILES.words}: {files}"] if files else []
    lines += [f"{label}: {address}" for label, address in label_ways(ways)]
    if Action.ACKNOWLEDGE in card.actions:
        lines += ["", f"{_('Acknowledge review or request changes')}:", link]
    return "\n".join([*lines, ""])


def as_html(card: Card, link: str, ways: Ways = NOWHERE) -> str:
    """Return the card as the HTML part: tables, as mail programs need them, and nothing from elsewhere."""
    answer = card.answer
    return PAGES.get_template("card.html").render(
        card=card,
        language=spoken(),
        look=choose_look(card),
        summary=summarize(card),
        lines=state_lines(card, when=when),
        ways=ways,
        newer=card.newer_says,
        requested=request_line(card.requested, when=when) if card.requested else "",
        asked=note_lines(card.requested) if card.requested else [],
        news=outcome(card) if answer else "",
        note=note_lines(answer) if answer else [],
        folder=shorten_name(card.path, LONGEST_PATH),
        files="" if card.is_versioned else covered(card),
        listed=_listed(card),
        more=_more(card),
        every_file=link_buttons(card)[Action.FILES],
        rows=facts(card, among=_ROWS_OF_AN_ANSWER if answer else _ROWS),
        link=link if Action.ACKNOWLEDGE in card.actions else "",
    )


def _listed(card: Card) -> list[_Line]:
    """Return the first files of a folder or of a bulk review, as lines."""
    if card.bulk:
        return [
            _Line(
                title=shorten_name(file.title, LONGEST_TITLE),
                beside=describe_file(file, card.bulk, longest=LONGEST_TITLE),
                link=file.link,
            )
            for file in card.bulk.shown(MOST_TITLES)
        ]
    titles = card.contents.titles[:MOST_TITLES] if card.contents else ()
    return [_Line(title=title) for title in titles]


def _more(card: Card) -> str:
    """Return how many files are not named; nothing where none is."""
    if card.bulk:
        return card.bulk.more(card.bulk.shown(MOST_TITLES))
    titles = card.contents.titles if card.contents else ()
    more = card.contents.count - len(titles[:MOST_TITLES]) if card.contents and titles else 0
    return and_more(more) if more > 0 else ""


def new_mail(to: str, subject: str) -> EmailMessage:
    """Return an empty mail that no program answers by itself."""
    mail = EmailMessage()
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    return mail


def subject_of(title: str) -> str:
    """Return the subject of a review's first mail."""
    return one_line(_("Please review {title}").format(title=shorten_name(title, LONGEST_TITLE)))


def name_thread(title: str, *, is_bulk: bool) -> str:
    """Return what the subjects call a review; how many files a bulk review has may change in its thread."""
    if not is_bulk:
        return title
    return _("the files in {folder}").format(folder=title) if title else _("many files")


def later_subject(title: str) -> str:
    """Return the subject of a review's later mails."""
    return f"Re: {subject_of(title)}"


def one_line(text: str) -> str:
    """Return text in which nothing looks like an encoded word that a mail program would decode."""
    return text.replace("=?", f"={_INVISIBLE}?")


def stage_id(review_id: str, stage: str, domain: str) -> str:
    """Return the id of the mail that told a stage of a review."""
    return f"<{review_id}.{re.sub('[^a-z0-9]+', '-', stage)}@{domain}>"
