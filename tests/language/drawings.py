"""Every card, form and mail that can be drawn of a review, as the lines that a person reads."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, render_template_string

from bot.slack import modals
from notifiers import apprise, console, teams
from notifiers.mail.message import render_html, render_text, write_card_mail
from notifiers.shared.card_links import CardLinks
from notifiers.shared.card_text import write_headline
from notifiers.slack import blocks
from notifiers.teams_bot import card as teams_bot_card
from pages import code_mail
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.document_links import build_document_links
from pages.inbox import build_inbox_page
from pages.inbox_visit import InboxCard
from pages.inbox_visit import InboxServices as InboxDesk
from pages.links import Links
from pages.streams import Streams
from reviews.acts import Act, ActKind
from reviews.answers.menu import MenuItem
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import add_page, draw_card
from reviews.cards.docspace_comment import format_comment
from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.comparisons.parts import ChangedWords
from reviews.comparisons.reviewed_bytes import ReviewedBytes
from reviews.comparisons.snippets import cut_snippets
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState, StepAction
from reviews.language import use_language
from reviews.lists.inbox import InboxReview
from reviews.model import CarriedAcknowledgement, LastReassignment, LastStep, Review
from reviews.tree import FolderContents
from reviews.wording.place_phrases import PartPlace
from reviews.wording.placeholders import GUEST, LINK_HOLDER, mark_external
from tests.keys import SECRET_KEY
from tests.language.catalogue import WORD
from tests.reviews.compared import make_part, make_summary
from tests.reviews.desk import DANA
from tests.reviews.meanings import KNOWN_BYTES, UNKNOWN_BYTES, make_meaning
from tests.reviews.samples import (
    ALICE,
    BOB,
    OWNER,
    START,
    answer,
    answered_review,
    bulk,
    bulk_file,
    bulk_review,
    review,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.cards.card import Card

LINK = "https://review.example.com/ack/x"
WAYS = CardLinks(
    newer="https://acme.slack.com/archives/C1/p1", earlier="https://acme.slack.com/archives/C1/p1"
)
_LINKS = Links(SECRET_KEY, LINK)
_SEEN = {
    "text",
    "title",
    "label",
    "placeholder",
    "errorMessage",
    "fallbackText",
    "summary",
    "accessibility_label",
}
_MARKUP = re.compile(r"<!date\^\d+\^|\{\{\w+\([^)]*\)\}\}|\{\w+\}|</?at>")
_TAGS = re.compile(r"<(style|head)\b.*?</\1>|<[^>]*>", re.DOTALL)
_CARD = '{% from "inbox/card.html" import card with context %}{{ card(inbox_card) }}'
_FILES = FolderContents(count=2345, titles=tuple(f"{number}.docx" for number in range(30)))
_THREE = (OWNER, "alice@example.com", "bob@example.com")
_OF_MANY = answer(version=None)
_SECOND = answer(reviewer=Reviewer(name="Bob Chen", email="bob@example.com"))

STATES: dict[str, Review] = {
    "open": review(),
    "due, revised, saved often, by three": review(
        revision=3, saves=4, due_at=START, contributors=(ALICE, BOB, Person(id=None, name=GUEST))
    ),
    "renamed beside an edit": review(
        title_before="AML Policy.docx", path_before="Legal", acts=(Act(kind=ActKind.RENAMED, people=(BOB,)),)
    ),
    "thrown away after an edit": review(
        kind=ChangeKind.TRASHED, acts=tuple(Act(kind=kind, people=(BOB,)) for kind in ActKind)
    ),
    "moved out": review(
        kind=ChangeKind.MOVED_OUT,
        moved_to="Legal / Compliance",
        content=False,
        acts=(Act(kind=ActKind.MOVED_OUT, people=(BOB,)),),
    ),
    "by nobody who is known": review(contributors=(), title="", owners=(OWNER,) * 30),
    "gone": review(version_to=None, link=None),
    "of no known version": review(version_from=None, version_to=None),
    "acknowledged": answered_review(note="Policy"),
    "acknowledged late": answered_review(
        at=START + timedelta(days=2, hours=3), own_change=True, version=None
    ),
    "acknowledged at once": answered_review(at=START),
    "acknowledged soon": answered_review(at=START + timedelta(hours=1, seconds=5)),
    "by the link": answered_review(identity=Identity.LINK, reviewer=Reviewer(name=LINK_HOLDER)),
    "by a stranger": answered_review(reviewer=Reviewer(name=mark_external("Dana"))),
    "changes requested": answered_review(Decision.REQUEST_CHANGES, note="Policy"),
    "reviewed by one of two": review(required=2, owners=_THREE, answers=(answer(),)),
    "waiting for two of three": review(required=2, owners=_THREE),
    "waiting for all, and was reviewed before": review(
        required=None, owners=_THREE, revision=2, answers=(answer(), answer(revision=2))
    ),
    "reviewed by two": review(
        required=2, owners=_THREE, state=Decision.ACKNOWLEDGE.outcome, answers=(answer(), _SECOND)
    ),
    "superseded": replace(answered_review(), superseded_by="rev-2"),
    "carried over": review(
        state=ReviewState.CARRIED,
        carried=CarriedAcknowledgement(
            review_id="rev-0", version=7, people=(DANA,), acknowledged_at=START, at=START
        ),
        changes=ComparisonSummary(state=ComparisonState.SAME_TEXT, reason="formatting"),
    ),
    "only marks differ": review(
        changes=ComparisonSummary(state=ComparisonState.MARKS_DIFFER, counts={"mark": 1})
    ),
    "superseded unanswered": review(superseded_by="rev-2", answers=()),
    "a folder": review(contents=_FILES, revision=2),
    "a folder with one file": review(contents=FolderContents(count=1, titles=("1.docx",))),
    "an empty folder": review(contents=FolderContents(count=0, titles=())),
    "many files": bulk_review(due_at=START),
    "many files, all of them added": bulk_review(bulk=bulk(count=30, kinds=((ChangeKind.CREATED, 30),))),
    "one of many files is left": bulk_review(title="", bulk=bulk(count=1)),
    "many files, one of which is named": bulk_review(bulk=bulk(sample_files=(bulk_file(),))),
    "many files, reviewed": bulk_review(state=Decision.ACKNOWLEDGE.outcome, answers=(_OF_MANY,)),
    "many files that need changes": bulk_review(
        state=Decision.REQUEST_CHANGES.outcome,
        answers=(replace(_OF_MANY, decision=Decision.REQUEST_CHANGES, note="Policy"),),
    ),
    "many files, superseded": bulk_review(superseded_by="rev-2", state=ReviewState.REPLACED),
    "an answered folder": review(contents=_FILES, state=Decision.ACKNOWLEDGE.outcome, answers=(answer(),)),
}

_SENT_BACK = answered_review(Decision.REQUEST_CHANGES, note="Policy\nPolicy")
_REPLACED = (ChangedWords(change="deleted", text="1"), ChangedWords(change="inserted", text="2"))
_IN_A_TABLE = PartPlace(area="table", table=1, row=2)
_LATE = START + timedelta(hours=9)


def _make_step(action: StepAction, *whom: str) -> LastStep:
    return LastStep(action=action, at=START, after="50%", whom=whom)


AROUND: dict[str, tuple[Review, CardContext]] = {
    "overdue": (review(due_at=START, lapsed_at=_LATE), CardContext(now=_LATE)),
    "snoozed": (review(snoozed_until=_LATE, snoozed_by=DANA), CardContext(now=START)),
    "snoozed by whom an earlier version did not note": (review(snoozed_until=_LATE), CardContext(now=START)),
    "handed over": (
        review(
            last_reassignment=LastReassignment(by=DANA, to=Reviewer(name=mark_external("Dana")), at=START)
        ),
        CardContext(now=START),
    ),
    "reminded": (
        review(last_step=_make_step(StepAction.REMIND, OWNER, "@juris")),
        CardContext(now=START),
    ),
    "escalated": (
        review(
            due_at=START, last_step=_make_step(StepAction.ESCALATE, OWNER, "a@x", "b@x", "c@x", "d@x", "e@x")
        ),
        CardContext(now=_LATE),
    ),
    "escalated to a channel, and lapsed": (
        review(due_at=START, lapsed_at=_LATE, last_step=_make_step(StepAction.ESCALATE, "slack:C0OPS")),
        CardContext(now=_LATE),
    ),
    "lapsed, with one answer": (
        review(due_at=START, lapsed_at=_LATE, required=2, last_step=_make_step(StepAction.LAPSE)),
        CardContext(now=_LATE),
    ),
    "sent back before": (review(id="rev-2"), CardContext(earlier=_SENT_BACK)),
    "not read yet": (review(), CardContext(reviewed_bytes=UNKNOWN_BYTES)),
    "with its bytes": (review(), CardContext(reviewed_bytes=KNOWN_BYTES)),
    "many, with what it means": (bulk_review(), CardContext(reviewed_bytes=ReviewedBytes(not_read="bulk"))),
    "for the deputies": (review(), CardContext(deputies=(OWNER, "@juris"))),
    "with what changed": (
        review(changes=make_summary(4)),
        CardContext(
            snippets=cut_snippets(
                make_part(kind=kind, place=_IN_A_TABLE, before="1", after="2", words=())
                for kind in ("inserted", "deleted", "mark")
            )
        ),
    ),
    "with what was replaced": (
        review(changes=make_summary(4)),
        CardContext(snippets=cut_snippets([make_part(words=_REPLACED, place=PartPlace(area="body"))])),
    ),
    "superseded by a known one": (STATES["superseded"], CardContext(newer=review(id="rev-2"))),
}
"""What only shows on a card that is drawn with what is around its review."""


def _slack(card: Card) -> Iterator[str]:
    yield from seen(blocks.draw_card_message(card, list(card.owners)))
    yield from seen(blocks.draw_card_message(card, ["<@U1>"], card_links=WAYS))


def _teams(card: Card) -> Iterator[str]:
    yield from seen(teams.draw_card_message(card, LINK, card_links=WAYS))


def _teams_bot(card: Card) -> Iterator[str]:
    yield from seen(teams_bot_card.draw_card_message(card, card_links=WAYS))


def _mail(card: Card) -> Iterator[str]:
    yield str(write_card_mail(card, recipient=OWNER, link=LINK, domain="example.com")["Subject"])
    yield from render_text(card, LINK, WAYS).splitlines()
    yield from read_html(render_html(card, LINK, WAYS))


def _apprise(card: Card) -> Iterator[str]:
    yield write_headline(card, max_length=150)
    yield from apprise.render(card, LINK, str, WAYS)


def _console(card: Card) -> Iterator[str]:
    yield from console.render(card, LINK, WAYS).splitlines()


def _comment(card: Card) -> Iterator[str]:
    written = format_comment(card) if card.answer and card.answer.version else None
    yield written or ""


@cache
def _pages() -> Flask:
    """Return an application with the templates of the inbox, and nothing behind them."""
    unused: Any = None
    app = Flask(__name__, static_folder=None)
    set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=unused)
    app.register_blueprint(acknowledge_page(unused, _LINKS, openings=unused))
    app.register_blueprint(build_document_links(unused, _LINKS, unused))
    desk = InboxDesk(
        inbox=unused,
        answers=unused,
        menu=unused,
        duty_forms=unused,
        streams=Streams(),
        links=_LINKS,
        openings=unused,
        absences=unused,
    )
    app.register_blueprint(build_inbox_page(desk))
    return app


def _inbox(card: Card) -> Iterator[str]:
    inbox_review = InboxReview(review=review(), items=tuple(MenuItem), refusal="")
    inbox_review = replace(inbox_review, newer="rev-2", earlier="rev-0")
    inbox_card = InboxCard(inbox_review=inbox_review, card=card, links=_LINKS)
    with _pages().test_request_context():
        values = {"inbox_card": inbox_card, "flashed_messages": {}, "max_note_length": 1, "form": {}}
        yield from read_html(render_template_string(_CARD, **values))


CHANNELS: dict[str, Callable[[Card], Iterator[str]]] = {
    "apprise": _apprise,
    "comment": _comment,
    "console": _console,
    "inbox": _inbox,
    "mail": _mail,
    "slack": _slack,
    "teams": _teams,
    "teams-bot": _teams_bot,
}


@cache
def drawn(channel: str, language: str) -> list[str]:
    """Return the lines of the cards in every state and of every kind, each line once."""
    kinds = [replace(review, kind=kind) for review in (review(), answered_review()) for kind in ChangeKind]
    with use_language(language):
        cards = [add_page(draw_card(review), lambda _card: LINK) for review in (*STATES.values(), *kinds)]
        cards += [draw_card(review, context) for review, context in AROUND.values()]
        return list(dict.fromkeys(line for card in cards for line in CHANNELS[channel](card)))


def _draw_request_form(*, private: bool) -> modals.View:
    meaning = make_meaning(review())
    return modals.draw_answer_form(Decision.REQUEST_CHANGES, review(), private=private, meaning=meaning)


def forms(language: str) -> list[str]:
    """Return the lines of the modals, and of the mail that brings a code."""
    with use_language(language):
        code = code_mail.write_answer_code_mail(
            OWNER, "12345678", review(), outside_address="https://review.example.com"
        )
        return [
            *(line for private in (False, True) for line in seen(_draw_request_form(private=private))),
            *seen(modals.draw_message("Policy")),
            str(code["Subject"]),
            " ".join(code.get_content().split()),
        ]


def read_html(page: str) -> list[str]:
    """Return what a person reads of a page, and its title."""
    title = re.findall("<title>(.*?)</title>", page, re.DOTALL)
    text = html.unescape(_TAGS.sub("\n", page))
    return [line for line in (" ".join(each.split()) for each in [*title, *text.splitlines()]) if line]


def words(lines: list[str]) -> set[str]:
    """Return the words of lines that are ours: not those of the documents and people that they are about."""
    return {word for line in lines for word in WORD.findall(_MARKUP.sub(" ", line))} - _NOT_OURS


def seen(content: Any) -> Iterator[str]:
    """Yield the lines of what a chat draws."""
    if isinstance(content, list):
        for each in content:
            yield from seen(each)
    if isinstance(content, dict) and not _is_typed(content):
        for name, value in content.items():
            if isinstance(value, str) and name in _SEEN:
                yield from value.splitlines()
            elif name not in {"data", "metadata"}:
                yield from seen(value)


def _is_typed(element: dict[str, Any]) -> bool:
    """Return whether an element shows what is to be typed: code in rich text of Slack, monospace in Teams."""
    style = element.get("style")
    return element.get("fontType") == "monospace" or (isinstance(style, dict) and bool(style.get("code")))


_NOT_OURS = set(
    WORD.findall(
        f"{LINK} {OWNER} {review().title} {review().path} {review().link} {ALICE.name} {BOB.name} "
        "Invoice Invoices pdf Q1 "
        "Dana Ozola Sam Ito alice bob Juris juris amp compliance hr reviews "
        "Policies https://reviews.example.com/campaigns/cam-1 "
        "docspace DocSpace Slack Teams UTC dana 1.docx U1 acme.slack.com/archives/C1/p1"
    )
)
