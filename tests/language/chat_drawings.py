"""What is drawn beside the card, as the lines that a person reads: notices, the menu, lists, Home, links."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import bot.slack.lists
import bot.teams.cards
from bot.command_hints import EXAMPLES
from bot.command_replies import Figured, Help, Listing, Shown
from bot.command_requests import Mine, Overdue, Pending, Recent, Verb
from bot.slack import home_view, menu_view, modals, unfurling
from bot.words import parse
from notifiers import console
from notifiers.mail.notices import as_html, as_text, notice_mail
from notifiers.shared.notice_card import notice_card
from notifiers.slack.notices import notice_message
from notifiers.teams_bot import card as teams_bot_card
from reviews.answers import snooze_choices
from reviews.answers.menu import Item, Offer, Pages
from reviews.cards.card_drawing import card_of
from reviews.cards.card_sentences import summarize
from reviews.identity import Identity, Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.language import speaking
from reviews.ledger import history, ledger_entries
from reviews.ledger.hash_chain import EntryType
from reviews.lists.my_reviews import Given
from reviews.notice import ABOUT_US, Line, Notice, NoticeKind
from reviews.ports.listing import Entry, Figures, Page
from reviews.privacy.redaction import veiled, veiled_notice
from reviews.wish import Wish
from reviews.wording.placeholders import GUEST, SOMEBODY, UNNAMED, external
from tests.language.drawings import LINK, STATES, read_html, seen
from tests.reviews.people import proven
from tests.reviews.samples import ALICE, BOB, OWNER, START, answer, answered, notice, review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.model import Review

_CODE = re.compile("`[^`]*`")
_PEOPLE = ("", "Bob Chen", f"Bob Chen\n{external('Dana')}", UNNAMED, f"{SOMEBODY}\n{GUEST}")
_LATER = START + timedelta(days=1)
_WISH = Wish(review_id="rev-1", person=proven(Reviewer(name=external("Dana"), email=OWNER)))
WRONG = (
    "recnt 5", "nonsense", "recent 99", "recent since tomorrow", "recent since 7d 8d", "recent in",
    "pending frog", "recent kind smell", "recent kind 7 kind 8", "stats 1y", "show", "subscribe",
    "unsubscribe", "subscribe 5 digest", "recent before x", "x" * 3000, f"recent in {'x' * 300}",
    f"recent by {'x' * 300}", "subscribe https://x.example/",
)  # fmt: skip


def notices() -> list[Notice]:
    """Return a notice of every kind, by whoever it may be, open and veiled."""
    lines = tuple(
        Line(title="1.docx", path="Legal", kind=kind, who=who, at=START, link=LINK)
        for kind in ChangeKind
        for who in _PEOPLE
    )
    plain = [
        *(
            notice(kind, who=who, note="Policy", lines=lines, more=1234)
            for kind in NoticeKind
            for who in _PEOPLE
        ),
        *(notice(NoticeKind.CHANGE, change=kind, version="7 → 8") for kind in ChangeKind),
        *(notice(kind, title="Policy", files=1234) for kind in NoticeKind if kind not in ABOUT_US),
        notice(NoticeKind.REMINDER, at=_LATER),
    ]
    veils = [
        veiled_notice(replace(each, is_folder=folder), "Legal") for each in plain for folder in (True, False)
    ]
    return [*plain, *(replace(each, lines=()) for each in veils)]


def _slack(told: Notice) -> Iterator[str]:
    yield from seen(notice_message(told, ["<@U1>"]))


def _teams(told: Notice) -> Iterator[str]:
    yield from seen(notice_card(told, answer_link=LINK))


def _teams_bot(told: Notice) -> Iterator[str]:
    yield from seen(teams_bot_card.notice_message(told))


def _mail(told: Notice) -> Iterator[str]:
    yield str(notice_mail(told, to=OWNER, link=LINK, domain="example.com")["Subject"])
    yield from as_text(told, LINK).splitlines()
    yield from read_html(as_html(told, LINK))


def _console(told: Notice) -> Iterator[str]:
    out = io.StringIO()
    console.Console(out, lambda _drawn: LINK).tell("", told)
    yield from out.getvalue().splitlines()


NOTICES: dict[str, Callable[[Notice], Iterator[str]]] = {
    "console": _console,
    "mail": _mail,
    "slack": _slack,
    "teams": _teams,
    "teams-bot": _teams_bot,
}


@cache
def told(channel: str, language: str) -> list[str]:
    """Return the lines of the notices in a channel, each once."""
    with speaking(language):
        return list(dict.fromkeys(line for each in notices() for line in NOTICES[channel](each)))


@cache
def menus(language: str) -> list[str]:
    """Return the lines of the menu, of its forms, and of a history in which everything has happened."""
    with speaking(language):
        later = tuple(
            each
            for day in range(5)
            for each in snooze_choices.choices(None, START + timedelta(days=day, hours=-4))
        )
        offers = [
            Offer(review=each, revision=1, items=tuple(Item), why_not="", later=later[:10], private=private)
            for each in STATES.values()
            for private in (False, True)
        ]
        steps = tuple(map(history.step, _entries()))
        pages = Pages(review=review(), steps=steps, start=20, more=True)
        views = [
            *map(menu_view.menu, offers),
            menu_view.history(pages),
            modals.acknowledge(review(), seen=1, private=False),
            modals.acknowledge(review(), seen=1, private=True),
            modals.reassign(review()),
            *(modals.snooze(replace(offers[0], later=(each,))) for each in later),
        ]
        return list(dict.fromkeys(line for view in views for line in seen(view)))


def _entries() -> list[dict[str, Any]]:
    opened = review(snoozed_until=_LATER, due_at=START, lapsed_at=_LATER)
    who = Reviewer(name=external("Dana"), email="juris@example.com")
    kinds = [replace(opened, kind=kind) for kind in ChangeKind]
    people = [replace(opened, contributors=each) for each in ((), (ALICE, BOB))]
    given = [answer(late=True, own_change=True, identity=each, version=None) for each in Identity]
    entries = [
        *(ledger_entries.opened(each, []) for each in (*kinds, *people)),
        ledger_entries.revised(opened, []),
        ledger_entries.superseded(opened, opened),
        *(ledger_entries.answered(opened, each) for each in given),
        ledger_entries.answered(opened, answer(decision=Decision.REQUEST_CHANGES)),
        ledger_entries.withdrawn(opened, answer(withdrawn_at=_LATER), identity=Identity.OIDC, proof={}),
        ledger_entries.reassigned(opened, by=who, to=who, wish=_WISH, at=START),
        ledger_entries.snoozed(opened, by=who, wish=_WISH, at=START),
        ledger_entries.reminded(opened, at=START, whom=[OWNER, "juris@example.com"]),
        ledger_entries.lapsed(opened, whom=[]),
    ]
    spoilt = [{"type": str(kind), "title": "1.docx", "path": "Legal"} for kind in EntryType]
    return [*entries, *spoilt, {"type": "review:sung"}]


@cache
def homes(language: str) -> list[str]:
    """Return the lines of App Home, of the lists and figures, and of what a pasted link shows."""
    with speaking(language):
        views = [*_homes(), *_answers()]
        lines = [line for view in views for line in seen(view)]
        lines += [unfurling.state(card_of(each), each) for each in STATES.values()]
        folders = (review(), *STATES.values())
        lines += [line for each in folders for line in _veiled(each)]
        return [_CODE.sub("", line) for line in dict.fromkeys(lines)]


@cache
def helped(language: str) -> list[str]:
    """Return the lines of the help, and of what is said to wrong words, without the words to be typed."""
    typed = {*EXAMPLES.values()}
    with speaking(language):
        asked = [parse(words) for words in WRONG]
        wrong = [Help(about=each.about, hint=getattr(each, "hint", "?"), example="") for each in asked]  # type: ignore[union-attr]
        helps = [Help(), *(Help(about=verb) for verb in Verb), *wrong]
        typed |= {words for each in helps for words, _meaning in each.rows}
        lines = [line for each in helps for view in _drawn(each) for line in seen(view)]
        kinds = ", ".join(ChangeKind)
        return [
            line.replace(kinds, "") for each in lines if (line := _CODE.sub("", each).strip()) not in typed
        ]


def _homes() -> Iterator[dict[str, Any]]:
    waits = review(due_at=START)
    done = tuple(Given(review=each, answer=each.answers[-1]) for each in STATES.values() if each.answers)
    desk = home_view.Desk(waiting=(waits,), answered=done, responsible=True, at=_LATER)
    yield home_view.home(desk)
    yield home_view.home(
        replace(desk, at=START - timedelta(days=1), waiting=(waits, waits), answered=done[::-1])
    )
    yield home_view.home(replace(desk, waiting=(waits,) * 40))
    yield home_view.home(replace(desk, waiting=()))
    yield home_view.home(replace(desk, waiting=(), responsible=False))


def _answers() -> Iterator[dict[str, Any]]:
    entries = tuple(Entry(seq=n, review=each) for n, each in enumerate(STATES.values(), 1))
    lately = (Shown(review=answered(), card=card_of(answered())),)
    empty, full = Page(entries=()), Page(entries=entries, ahead=9, behind=1)
    for asked in (Recent(), Recent(within="x"), Pending(), Pending(mine=True), Overdue(), Mine()):
        for page in (empty, replace(empty, ahead=9), full):
            yield from _drawn(Listing(asked=asked, page=page))
    yield from _drawn(Listing(asked=Mine(), page=full, lately=lately))
    yield from _drawn(lately[0])
    some = Figures(
        route="Legal", opened=1234, waiting=2, overdue=1, acknowledged=1, median=timedelta(hours=2)
    )
    one = Figures(route="Legal", opened=1, waiting=1, late=1, changes_requested=1)
    for figures in (
        (),
        (some, replace(some, ninetieth=timedelta(days=3)), one, replace(one, overdue=1)),
        (one,) * 50,
    ):
        yield from _drawn(Figured(days=1, figures=figures))
        yield from _drawn(Figured(days=30, figures=figures))


def _drawn(said: Any) -> Iterator[dict[str, Any]]:
    yield bot.slack.lists.drawn(said, name="/reviews", domain="acme")
    yield bot.teams.cards.drawn(said, tenant="x")
    yield bot.teams.cards.drawn(said, tenant="x", buttons=False)


def _veiled(found: Review) -> Iterator[str]:
    hidden = veiled(card_of(found), "Legal")
    yield from seen(teams_bot_card.message(hidden))
    yield summarize(hidden)
