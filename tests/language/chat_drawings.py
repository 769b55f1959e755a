"""What is drawn beside the card, as the lines that a person reads: notices, the menu, lists, Home, links."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import bot.slack.reply_view
import bot.teams.reply_cards
from bot.command_hints import EXAMPLES
from bot.command_parser import parse
from bot.command_replies import ChangesReply, FiguresReply, HelpReply, ListReply, ReviewReply
from bot.command_requests import MineRequest, OverdueRequest, PendingRequest, RecentRequest, Verb
from bot.slack import changes_view, home_view, menu_view, modals, unfurling
from bot.slack.meaning_view import draw_meaning_modal
from notifiers import console
from notifiers.mail.notices import render_html, render_text, write_notice_mail
from notifiers.shared.notice_card import draw_notice_card
from notifiers.shared.reminder_text import MINE_COMMAND
from notifiers.slack.notices import draw_notice_message
from notifiers.teams_bot import card as teams_bot_card
from notifiers.teams_bot import changes_card
from reviews.answers import snooze_choices
from reviews.answers.change_pages import ACKNOWLEDGED, SINCE, ChangesPage
from reviews.answers.menu import HistoryPage, MenuItem, Offer
from reviews.campaign import CampaignStage
from reviews.campaign_notices import CampaignNotice, CampaignTotals, NamedProgress
from reviews.cards.card_drawing import add_page, draw_card
from reviews.cards.card_sentences import summarize
from reviews.comparison import DocumentState
from reviews.comparisons.change_rows import draw_row
from reviews.comparisons.parts import PART_KINDS
from reviews.digest_notices import DigestLine
from reviews.identity import Identity, Reviewer
from reviews.kinds import ChangeKind, Decision, StepAction
from reviews.language import use_language
from reviews.ledger import absence_entries, delivery_entries, history, ledger_entries, step_entries
from reviews.ledger.hash_chain import TYPES_OF_REVIEWS
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS
from reviews.lists.my_reviews import AnsweredReview
from reviews.model import LastStep, StandIn
from reviews.notice import ChangeNotice, DocumentNotice, Notice, NoticeKind
from reviews.notice_types import get_notice_type
from reviews.ports.absences import AbsenceSource
from reviews.ports.listing import ListingEntry, ReviewPage, RouteFigures
from reviews.ports.reviews import ReviewSubject
from reviews.privacy.redaction import redact_card, redact_notice, redact_reminder_line
from reviews.review_request import ReviewRequest
from reviews.wording.comparison_sentences import explain_comparison
from reviews.wording.placeholders import GUEST, UNKNOWN_PERSON, UNNAMED_PERSON, mark_external
from tests.language.drawings import LINK, STATES, read_html, seen
from tests.reviews.compared import make_part, make_summary
from tests.reviews.meanings import make_meaning
from tests.reviews.people import make_proven_person
from tests.reviews.samples import (
    ALICE,
    BOB,
    OWNER,
    START,
    answer,
    answered_review,
    card_post,
    notice,
    notice_of_any,
    reminder_line,
    review,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.model import Review

_CODE = re.compile("`[^`]*`")
_MATTERS = ("amount", "date", "number", "obligation", "name")
_PEOPLE = tuple(
    tuple(Reviewer(name=name) for name in names)
    for names in (
        (),
        ("Bob Chen",),
        ("Bob Chen", mark_external("Dana")),
        (UNNAMED_PERSON,),
        (UNKNOWN_PERSON, GUEST),
    )
)
_LATER = START + timedelta(days=1)
_REQUEST = ReviewRequest(
    review_id="rev-1", person=make_proven_person(Reviewer(name=mark_external("Dana"), email=OWNER))
)
WRONG = (
    "recnt 5", "nonsense", "recent 99", "recent since tomorrow", "recent since 7d 8d", "recent in",
    "pending frog", "recent kind smell", "recent kind 7 kind 8", "stats 1y", "show", "subscribe",
    "unsubscribe", "subscribe 5 digest", "recent before x", "x" * 3000, f"recent in {'x' * 300}",
    f"recent by {'x' * 300}", "subscribe https://x.example/",
)  # fmt: skip


def notices() -> list[Notice]:
    """Return a notice of every kind, by every kind of person, open and redacted."""
    lines = tuple(
        DigestLine(title="1.docx", path="Legal", kind=kind, who=who, at=START, link=LINK)
        for kind in ChangeKind
        for who in _PEOPLE
    )
    plain = [
        *(
            notice_of_any(kind, who=who, note="Policy", lines=lines, omitted_count=1234)
            for kind in NoticeKind
            for who in _PEOPLE
        ),
        *(notice(NoticeKind.CHANGE, change_kind=kind, version="7 → 8") for kind in ChangeKind),
        *(
            notice(kind, title="Policy", files=1234)
            for kind in NoticeKind
            if issubclass(get_notice_type(kind), DocumentNotice)
        ),
        notice(NoticeKind.REMINDER, at=_LATER),
        notice(NoticeKind.REMINDER, stand_in_for="Juris", stand_in_until=START),
        *_list_reminder_lists(),
        *_list_campaigns(),
    ]
    of_documents = [each for each in plain if isinstance(each, DocumentNotice)]
    of_folders = [replace(each, is_folder=True) for each in plain if isinstance(each, ChangeNotice)]
    return [*plain, *(redact_notice(each, "Legal") for each in (*of_documents, *of_folders))]


def _list_reminder_lists() -> Iterator[Notice]:
    """Yield lists of reminders of all kinds: for people, for a channel that is notified, for contributors."""
    late = reminder_line(title="1.docx", path="Legal", is_overdue=True)
    back = reminder_line(2, NoticeKind.FOLLOW_UP, title="1.docx", path="Legal", due_at=None)
    away = reminder_line(
        4, NoticeKind.HANDED_OVER, title="1.docx", path="Legal", stand_in_for="Juris", stand_in_until=START
    )
    again = reminder_line(5, NoticeKind.HANDED_BACK, title="1.docx", path="Legal")
    many = reminder_line(3, title="Policy", path="Legal", files=1234)
    for lines in ((late, back, many), (late,), (back,), (back, back), (away,), (away, again)):
        for mention in ((OWNER,), ()):
            for unlisted in (0, 1234):
                yield notice(
                    NoticeKind.REMINDER_LIST, reminders=lines, mention=mention, unlisted_count=unlisted
                )
    yield notice(NoticeKind.REMINDER_LIST, reminders=(redact_reminder_line(late, "Legal"),))


def _list_campaigns() -> Iterator[Notice]:
    """Yield campaigns at every stage, of one person and of many, and messages about one to its people."""
    one = CampaignTotals(documents=1, people=1, finished=0, acknowledged=0, needed=1)
    many = CampaignTotals(documents=40, people=1234, finished=1000, acknowledged=1316, needed=2000)
    readers = (NamedProgress(person=Reviewer(name="Bob Chen"), acknowledged=0, needed=1),)
    for kind in sorted(CampaignNotice.KINDS):
        for stage in CampaignStage:
            for progress in (one, many):
                members = {
                    "progress": progress,
                    "most_left": readers,
                    "started_by": Reviewer(name="Dana"),
                    "path": "Legal",
                }
                made = notice(kind, title="Policy", stage=stage, **members)
                yield from (made, replace(made, is_late=True))  # type: ignore[call-arg]
    for kind in (NoticeKind.CAMPAIGN_REQUEST, NoticeKind.REMINDER):
        line = reminder_line(kind=kind, title="Policy", path="Legal", campaign_id="cam-1", page_url=LINK)
        for documents in (1, 1234):
            asked = replace(line, documents=documents)
            late = replace(asked, is_overdue=True)
            of_many = replace(asked, recipients=(OWNER, "juris@example.com"))
            for lines in ((asked,), (late,), (of_many,), (asked, late), (asked, replace(line, documents=0))):
                yield notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=(OWNER,))
                yield notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=())
    yield notice(NoticeKind.REMINDER_LIST, reminders=(redact_reminder_line(asked, "Legal"),))


def _slack(notice: Notice) -> Iterator[str]:
    lines = seen(draw_notice_message(notice, ["<@U1>"], command="/reviews"))
    yield from (_CODE.sub("", line) for line in lines)


def _teams(notice: Notice) -> Iterator[str]:
    yield from seen(draw_notice_card(notice, answer_link=LINK))


def _teams_bot(notice: Notice) -> Iterator[str]:
    lines = seen(teams_bot_card.draw_notice_message(notice))
    yield from (line.replace(MINE_COMMAND, "") for line in lines)


def _mail(notice: Notice) -> Iterator[str]:
    yield str(write_notice_mail(notice, recipient=OWNER, link=LINK, domain="example.com")["Subject"])
    yield from render_text(notice, LINK).splitlines()
    yield from read_html(render_html(notice, LINK))


def _console(notice: Notice) -> Iterator[str]:
    out = io.StringIO()
    console.Console(out, lambda _drawn: LINK).post_notice("", notice)
    yield from out.getvalue().splitlines()


NOTICES: dict[str, Callable[[Notice], Iterator[str]]] = {
    "console": _console,
    "mail": _mail,
    "slack": _slack,
    "teams": _teams,
    "teams-bot": _teams_bot,
}


@cache
def draw_notices(channel: str, language: str) -> list[str]:
    """Return the lines of the notices in a channel, each once."""
    with use_language(language):
        return list(dict.fromkeys(line for each in notices() for line in NOTICES[channel](each)))


@cache
def menus(language: str) -> list[str]:
    """Return the lines of the menu, of its forms, and of a history in which everything has happened."""
    with use_language(language):
        later = tuple(
            each
            for day in range(5)
            for each in snooze_choices.list_choices(None, START + timedelta(days=day, hours=-4))
        )
        offers = [
            Offer(
                review=each,
                revision=1,
                items=tuple(MenuItem),
                refusal="",
                snooze_options=later[:10],
                private=private,
                meaning=make_meaning(each),
            )
            for each in STATES.values()
            for private in (False, True)
        ]
        steps = tuple(map(history.describe_entry, _entries()))
        pages = HistoryPage(review=review(), steps=steps, start=20, has_more=True)
        views = [
            *map(menu_view.draw_menu, offers),
            menu_view.draw_history(pages),
            *(draw_meaning_modal(offer) for offer in offers),
            *(
                modals.draw_answer_form(
                    Decision.ACKNOWLEDGE, each.review, private=each.private, meaning=each.meaning
                )
                for each in offers[:2]
            ),
            modals.draw_reassign_form(review()),
            *(modals.draw_snooze_form(replace(offers[0], snooze_options=(each,))) for each in later),
        ]
        return list(dict.fromkeys(line for view in views for line in seen(view)))


def _entries() -> list[dict[str, Any]]:
    opened = review(snoozed_until=_LATER, due_at=START, lapsed_at=_LATER)
    who = Reviewer(name=mark_external("Dana"), email="juris@example.com")
    kinds = [replace(opened, kind=kind) for kind in ChangeKind]
    people = [replace(opened, contributors=each) for each in ((), (ALICE, BOB))]
    answers = [answer(late=True, own_change=True, identity=each, version=None) for each in Identity]
    entries = [
        *(ledger_entries.build_opened(each, []) for each in (*kinds, *people)),
        ledger_entries.build_revised(opened, []),
        ledger_entries.build_superseded(opened, opened),
        *(ledger_entries.build_answered(opened, each) for each in answers),
        ledger_entries.build_answered(opened, answer(decision=Decision.REQUEST_CHANGES)),
        ledger_entries.build_withdrawn(opened, answer(withdrawn_at=_LATER), identity=Identity.OIDC, proof={}),
        ledger_entries.build_reassigned(opened, by=who, to=who, review_request=_REQUEST, at=START),
        ledger_entries.build_snoozed(opened, by=who, review_request=_REQUEST, at=START),
        *_list_step_entries(opened),
        *_list_silent_entries(opened),
    ]
    spoilt = [{"type": str(kind), "title": "1.docx", "path": "Legal"} for kind in sorted(TYPES_OF_REVIEWS)]
    return [*entries, *spoilt, {"type": "review:sung"}]


def _list_step_entries(opened: Review) -> list[dict[str, Any]]:
    """Return entries of the ladder: with a step of it, and without one."""
    people = (OWNER, "juris@example.com")
    steps = [LastStep(action=StepAction.REMIND, at=START, after=after, whom=people) for after in ("", "50%")]
    places = [
        LastStep(action=StepAction.ESCALATE, at=START, after="150%", whom=whom)
        for whom in (people, ("slack:C0OPS",))
    ]
    return [
        *(step_entries.build_reminded(replace(opened, last_step=step)) for step in steps),
        *(step_entries.build_escalated(replace(opened, last_step=step)) for step in places),
        step_entries.build_lapsed(opened, step="200%"),
        step_entries.build_followed_up(opened, at=START, recipients=people),
        absence_entries.build_handed_over(
            opened,
            StandIn(absent=OWNER, people=people, until=START),
            source=AbsenceSource.CALENDAR,
            declared_at=START,
            at=START,
        ),
        absence_entries.build_handed_back(opened, owner=OWNER, former_people=people, at=START),
    ]


def _list_silent_entries(opened: Review) -> list[dict[str, Any]]:
    """Return entries of what no one answered, and of what was not delivered."""
    silent = {"revision": 1, "acknowledged": 1, "required": 2, "overdue": True, "was_posted": False}
    silent_ends = [
        {**silent, "cause": cause, "version": version, "content": True}
        for cause in ("content", "deleted", "trashed", "moved_out")
        for version in (8, None)
    ]
    subject = ReviewSubject(id="rev-1", route="compliance", file_id="1", title="1.docx", revision=1)
    posts = [card_post(), card_post(cause="reminder:1"), card_post(cause="outcome:1", target=f"@{OWNER}")]
    return [
        *(ledger_entries.build_revised(opened, [], unanswered=each) for each in silent_ends),
        *_build_movements(opened, silent),
        *(
            delivery_entries.build_given_up(
                subject, post, attempts=1, reason="C1", was_posted=was_posted, at=START
            )
            for post in posts
            for was_posted in (True, False)
        ),
        *(delivery_entries.build_recovered(subject, post, at=START) for post in posts),
    ]


def _build_movements(opened: Review, silent: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of documents that went and came back while their review was open."""
    bulk_review = replace(opened, file_id="bulk:1", kind=ChangeKind.BULK)
    with_folder = {"file_id": "folder:1", "files": 3}
    unanswered = {**silent, "cause": "trashed", "version": 8, "content": True}
    return [
        *(
            ledger_entries.build_document_gone(
                each, kind=kind, unanswered=value, at=START, with_folder=folder
            )
            for each, folder in ((opened, None), (opened, with_folder), (bulk_review, with_folder))
            for kind in sorted(DEPARTURE_KINDS)
            for value in (unanswered, {**unanswered, "version": None}, None)
        ),
        ledger_entries.build_document_gone(opened, kind=ChangeKind.CONTENT, unanswered=None, at=START),
        ledger_entries.build_document_back(opened, kind=ChangeKind.RESTORED, at=START),
        ledger_entries.build_document_back(
            bulk_review, kind=ChangeKind.RESTORED, at=START, with_folder=with_folder
        ),
    ]


@cache
def homes(language: str) -> list[str]:
    """Return the lines of App Home, of the lists and figures, and of what a pasted link shows."""
    with use_language(language):
        views = [*_homes(), *_answers()]
        lines = [line for view in views for line in seen(view)]
        lines += [unfurling.describe_state(draw_card(each), each) for each in STATES.values()]
        folders = (review(), *STATES.values())
        lines += [line for each in folders for line in _draw_redacted(each)]
        return [_CODE.sub("", line) for line in dict.fromkeys(lines)]


@cache
def helped(language: str) -> list[str]:
    """Return the lines of the help, and of what is said to wrong words, without the words to be typed."""
    typed = {*EXAMPLES.values()}
    with use_language(language):
        asked = [parse(words) for words in WRONG]
        wrong = [HelpReply(topic=each.topic, hint=getattr(each, "hint", "?"), example="") for each in asked]  # type: ignore[union-attr]
        helps = [HelpReply(), *(HelpReply(topic=verb) for verb in Verb), *wrong]
        typed |= {words for each in helps for words, _meaning in each.rows}
        lines = [line for each in helps for view in _drawn(each) for line in seen(view)]
        kinds = ", ".join(ChangeKind)
        return [
            line.replace(kinds, "") for each in lines if (line := _CODE.sub("", each).strip()) not in typed
        ]


@cache
def changed(language: str) -> list[str]:
    """Return the lines of what changed in a document: Teams' card, Slack's modal, and replies."""
    with use_language(language):
        views = [view for page in list_change_pages() for view in _draw_changes(page)]
        parameter = f"?{SINCE}={ACKNOWLEDGED}"  # of an address
        return list(dict.fromkeys(line.replace(parameter, "") for view in views for line in seen(view)))


def list_change_pages() -> Iterator[ChangesPage]:
    """Yield what changed as pages of every kind: with all kinds of differences, refused, and without any."""
    card = add_page(draw_card(review(changes=make_summary(1))), lambda _card: LINK)
    parts = (make_part(kind=kind, before="17", after="18", words=()) for kind in PART_KINDS)
    rows = tuple(
        replace(draw_row(number, replace(part, matters=tuple(_MATTERS))), where="1.docx")
        for number, part in enumerate(parts, 1)
    )
    before = DocumentState(version=3, updated=START, sha256="", size=9)
    page = ChangesPage(card=card, summary=card.changes, before=before, rows=rows, total=99, start=20)
    yield page
    yield replace(page, before=replace(before, updated=None), start=94, total=98, unlisted_count=7)
    own = replace(page, answered_at=START, has_other=True)
    yield from (own, replace(own, before=None), replace(own, answered_at=None))
    yield replace(page, before=None, is_new=True, rows=rows[:1], start=98, unlisted_count=1)
    nothing = replace(page, rows=(), total=0, before=None, start=0)
    yield replace(nothing, refusal=explain_comparison("turned_off"))
    yield from (replace(nothing, card=draw_card(each)) for each in STATES.values())


def _draw_changes(page: ChangesPage) -> Iterator[dict[str, Any]]:
    yield changes_card.draw_changes(page, {}, is_newer=True)
    for is_over_menu in (True, False):
        yield changes_view.draw_changes_modal(page, is_over_menu=is_over_menu, is_newer=True)
    yield bot.slack.reply_view.draw_reply(
        ChangesReply(subject="47", page=page), name="/reviews", domain="acme"
    )
    for buttons in (True, False):
        yield bot.teams.reply_cards.draw_reply(
            ChangesReply(subject="47", page=page), tenant="x", buttons=buttons
        )


def _homes() -> Iterator[dict[str, Any]]:
    waits = review(due_at=START)
    done = tuple(
        AnsweredReview(review=each, answer=each.answers[-1]) for each in STATES.values() if each.answers
    )
    desk = home_view.HomeContents(
        open_reviews=(waits,), recent_answers=done, is_responsible=True, drawn_at=_LATER
    )
    yield home_view.draw_home(desk)
    yield home_view.draw_home(
        replace(
            desk, drawn_at=START - timedelta(days=1), open_reviews=(waits, waits), recent_answers=done[::-1]
        )
    )
    yield home_view.draw_home(replace(desk, open_reviews=(waits,) * 40))
    yield home_view.draw_home(replace(desk, open_reviews=()))
    yield home_view.draw_home(replace(desk, open_reviews=(), is_responsible=False))


def _answers() -> Iterator[dict[str, Any]]:
    entries = tuple(ListingEntry(seq=n, review=each) for n, each in enumerate(STATES.values(), 1))
    recent_replies = (ReviewReply(review=answered_review(), card=draw_card(answered_review())),)
    empty, full = ReviewPage(entries=()), ReviewPage(entries=entries, next_seq=9, previous_seq=1)
    for asked in (
        RecentRequest(),
        RecentRequest(scope="x"),
        PendingRequest(),
        PendingRequest(own_only=True),
        OverdueRequest(),
        MineRequest(),
    ):
        for page in (empty, replace(empty, next_seq=9), full):
            yield from _drawn(ListReply(list_request=asked, page=page))
    yield from _drawn(ListReply(list_request=MineRequest(), page=full, recent_answers=recent_replies))
    yield from _drawn(recent_replies[0])
    some = RouteFigures(
        route="Legal", opened=1234, waiting=2, overdue=1, acknowledged=1, median=timedelta(hours=2)
    )
    one = RouteFigures(route="Legal", opened=1, waiting=1, late=1, changes_requested=1)
    for figures in (
        (),
        (some, replace(some, ninetieth=timedelta(days=3)), one, replace(one, overdue=1)),
        (one,) * 50,
    ):
        yield from _drawn(FiguresReply(since=START, figures=figures))


def _drawn(value: Any) -> Iterator[dict[str, Any]]:
    yield bot.slack.reply_view.draw_reply(value, name="/reviews", domain="acme")
    yield bot.teams.reply_cards.draw_reply(value, tenant="x")
    yield bot.teams.reply_cards.draw_reply(value, tenant="x", buttons=False)


def _draw_redacted(secret: Review) -> Iterator[str]:
    hidden = redact_card(draw_card(secret), "Legal")
    yield from seen(teams_bot_card.draw_card_message(hidden))
    yield summarize(hidden)
