"""Replies to commands, before a chat draws them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.command_hints import EXAMPLES
from bot.command_requests import (
    CHANGES_PAGE_SIZE,
    MAX_COUNT,
    MAX_DAYS,
    ChangesRequest,
    ListRequest,
    MineRequest,
    OverdueRequest,
    PendingRequest,
    Verb,
)
from reviews.cards.card_context import NO_CONTEXT
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import describe_outcome, label_look
from reviews.language import _, format_date, format_number, ngettext
from reviews.ports.listing import PageTurn
from reviews.sweep.completeness import describe_completeness
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.answers.change_pages import ChangesPage
    from reviews.cards.card import Card
    from reviews.cards.card_context import CardContext
    from reviews.model import Review
    from reviews.ports.listing import ReviewPage, RouteFigures
    from reviews.sweep.completeness import Completeness


@dataclass(frozen=True, kw_only=True)
class LabeledCode:
    """A text that people copy, to be shown to the letter, and what it is."""

    label: str
    code: str


@dataclass(frozen=True, kw_only=True)
class SentenceReply:
    """One sentence, with an optional list below it, of which the last items are to be copied."""

    sentence: str
    lines: tuple[str, ...] = ()
    codes: tuple[LabeledCode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LinkReply:
    """A sentence and a link, with an optional list between them."""

    sentence: str
    label: str
    address: str
    lines: tuple[str, ...] = ()
    codes: tuple[LabeledCode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HelpReply:
    """Help for all commands or for one verb, with a hint and a working example if parsing failed."""

    topic: Verb | None = None
    hint: str = ""
    example: str = ""

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What can be typed, and what it does."""
        rows = _list_help_rows()
        if self.topic is None:
            return list(rows.values())
        if self.hint:
            return [rows[each] for each in dict.fromkeys((self.topic, Verb.HELP))]
        more = _list_campaign_rows() if self.topic is Verb.CAMPAIGN else []
        return [rows[self.topic], *more, (EXAMPLES[self.topic], _("for example"))]


@dataclass(frozen=True, kw_only=True)
class ReviewReply:
    """One review, with its card as it is now."""

    review: Review
    card: Card


@dataclass(frozen=True, kw_only=True)
class ChangesReply:
    """What changed in the document of a review, for the requester alone."""

    subject: str
    page: ChangesPage

    @property
    def previous_page_command(self) -> str | None:
        """The command for the differences before these."""
        if not self.page.start:
            return None
        return self._write_page_command(max(self.page.start - CHANGES_PAGE_SIZE, 0))

    @property
    def next_page_command(self) -> str | None:
        """The command for the differences after these."""
        end = self.page.start + len(self.page.rows)
        return self._write_page_command(end) if end < self.page.total else None

    def _write_page_command(self, skipped: int) -> str:
        return ChangesRequest(subject=self.subject, skipped=skipped).words


@dataclass(frozen=True, kw_only=True)
class ListReply:
    """A page of reviews; `recent_answers` are the requester's own answers, newest first."""

    list_request: ListRequest
    page: ReviewPage
    recent_answers: tuple[ReviewReply, ...] = ()
    contexts: Mapping[str, CardContext] = field(default_factory=dict)
    """Context for the lines, by review id."""
    duties: Mapping[str, str] = field(default_factory=dict)
    """For whom the requester stands in, as a sentence to them, by review id."""
    now: datetime | None = None
    """When the list is drawn; without it no review is overdue that the clock has not marked."""

    def draw_card(self, review: Review) -> Card:
        return draw_card(review, replace(self.contexts.get(review.id, NO_CONTEXT), now=self.now))

    @property
    def heading(self) -> str:
        match self.list_request:
            case OverdueRequest(lapsed_only=True):
                return _("Lapsed")
            case OverdueRequest():
                return _("Overdue")
            case MineRequest() | PendingRequest(own_only=True):
                return _("Waiting for your review")
            case PendingRequest():
                return _("Waiting for review")
        return _("Recent compliance changes")

    @property
    def order_label(self) -> str:
        match self.list_request:
            case OverdueRequest():
                return _("the longest overdue first")
            case PendingRequest() | MineRequest():
                return _("the oldest first")
        return _("the newest first")

    @property
    def empty_sentence(self) -> str:
        """The sentence that is shown if the list is empty."""
        match self.list_request:
            case OverdueRequest(lapsed_only=lapsed_only):
                return _("No open review has lapsed. ✅") if lapsed_only else _("Nothing is overdue. ✅")
            case MineRequest() | PendingRequest(own_only=True):
                return _("Nothing is waiting for your review. ✅")
            case PendingRequest():
                return _("Nothing is waiting for review. ✅")
        if self.page.next_seq is not None:
            return _("No matching changes so far. There are older changes to search.")
        bare = replace(self.list_request, count=1, page_turn=None) == type(self.list_request)(count=1)
        if bare:
            return _("Nothing has changed in a watched folder yet.")
        return _("No matching changes.")

    def write_next_page_command(self, shown_count: int | None = None) -> str | None:
        """Return the command for the next page; `shown_count` is how many entries of this page were drawn."""
        entries = self.page.entries
        count = len(entries) if shown_count is None else shown_count
        seq = entries[count - 1].seq if count < len(entries) else self.page.next_seq
        return None if seq is None else self._write_page_command(seq, forward=True)

    @property
    def previous_page_command(self) -> str | None:
        """The command for the page before this one."""
        seq = self.page.previous_seq
        return None if seq is None else self._write_page_command(seq, forward=False)

    @property
    def page_labels(self) -> tuple[str, str]:
        """The labels of the two page buttons: previous page, next page."""
        match self.list_request:
            case OverdueRequest():
                return _("Longer overdue"), _("Next")
            case PendingRequest() | MineRequest():
                return _("Older"), _("Newer")
        return _("Newer"), _("Older")

    def _write_page_command(self, seq: int, *, forward: bool) -> str:
        newest_first = self.list_request.verb is Verb.RECENT
        return replace(self.list_request, page_turn=PageTurn(backward=newest_first == forward, seq=seq)).words


@dataclass(frozen=True, kw_only=True)
class FiguresReply:
    """Figures of the routes; `since` is the beginning of the first day that counts, in UTC."""

    since: datetime
    figures: tuple[RouteFigures, ...]
    complete: tuple[Completeness, ...] = ()
    """For each watched folder, the time up to which it is checked completely."""

    @property
    def heading(self) -> str:
        return _("Reviews since {date}").format(date=format_date(self.since))

    @property
    def empty_sentence(self) -> str:
        return _("There was nothing to review in that time, and nothing is open.")

    def list_completeness(self, format_time: Callable[[datetime], str]) -> list[tuple[str, str]]:
        """Return each watched folder with its line; `format_time` formats a time for the chat."""
        return [
            (
                each.title or each.folder_id,
                describe_completeness(each, format_time(each.up_to) if each.up_to else None),
            )
            for each in self.complete
        ]


CommandReply = SentenceReply | LinkReply | HelpReply | ListReply | ReviewReply | ChangesReply | FiguresReply


def describe_figures(route_figures: RouteFigures) -> list[str]:
    """Return sentences with a route's workload and how fast it was done."""
    answered = route_figures.acknowledged + route_figures.changes_requested
    opened = ngettext(
        "{count} review was opened; {acknowledged} acknowledged, changes requested on {requested}.",
        "{count} reviews were opened; {acknowledged} acknowledged, changes requested on {requested}.",
        route_figures.opened,
    ).format(
        count=format_number(route_figures.opened),
        acknowledged=format_number(route_figures.acknowledged),
        requested=format_number(route_figures.changes_requested),
    )
    lines = [opened, _describe_open_reviews(route_figures)]
    if route_figures.median is not None and route_figures.ninetieth is not None:
        sentence = _("Time to acknowledge: median {median}, 90th percentile {ninetieth}.")
        lines.append(
            sentence.format(
                median=format_duration(route_figures.median),
                ninetieth=format_duration(route_figures.ninetieth),
            )
        )
    if answered:
        lines.append(
            _("{percent} % were answered late.").format(percent=f"{100 * route_figures.late / answered:.0f}")
        )
    return lines


def _describe_open_reviews(route_figures: RouteFigures) -> str:
    if route_figures.overdue:
        sentence = ngettext(
            "{count} is open now, {overdue} of them overdue.",
            "{count} are open now, {overdue} of them overdue.",
            route_figures.waiting,
        )
    else:
        sentence = ngettext(
            "{count} is open now, none overdue.", "{count} are open now, none overdue.", route_figures.waiting
        )
    counts = sentence.format(
        count=format_number(route_figures.waiting), overdue=format_number(route_figures.overdue)
    )
    return " ".join([counts, *_describe_lapsed_reviews(route_figures.lapsed)])


def _describe_lapsed_reviews(count: int) -> list[str]:
    if not count:
        return []
    template = ngettext(
        "{count} has lapsed without an answer.", "{count} have lapsed without an answer.", count
    )
    return [template.format(count=format_number(count))]


def describe_state(card: Card) -> str:
    """Return the outcome of a review, in sentences; of one that waits, the word that goes with its mark."""
    return f"{label_look(card)}." if card.waits else describe_outcome(card)


def _list_help_rows() -> dict[Verb, tuple[str, str]]:
    return {
        Verb.PENDING: ("pending [mine|all]", _("open reviews")),
        Verb.OVERDUE: ("overdue [lapsed]", _("overdue reviews; or those that lapsed")),
        Verb.MINE: ("mine", _("your open reviews, and your recent answers")),
        Verb.RECENT: (
            "recent [N] [since 7d] [in FOLDER] [by PERSON] [kind KIND]",
            _("the last N changes, at most {most}; in a folder or on a route").format(most=MAX_COUNT),
        ),
        Verb.SHOW: ("show LINK", _("the review of one document, by its link or its id")),
        Verb.CHANGES: ("changes ID", _("what changed in a document, by the id of a review or the document")),
        Verb.RECEIPT: ("receipt ID", _("what proves the ledger entries of a review, to check it offline")),
        Verb.STATS: ("stats [30d]", _("statistics for the last days, at most {most}").format(most=MAX_DAYS)),
        Verb.WEB: ("web", _("all reviews in your browser, with charts and as a spreadsheet")),
        Verb.AWAY: (
            "away [[from DAY] until DAY [PERSON]|cancel DAY]",
            _("hand your reviews over while you are away, or cancel that; alone, whether you are"),
        ),
        Verb.BACK: ("back", _("end your absence now: your reviews come back")),
        Verb.SUBSCRIBE: (
            "subscribe FOLDER [KIND …] [digest daily]",
            _("subscribe this channel to the changes in a folder"),
        ),
        Verb.UNSUBSCRIBE: ("unsubscribe FOLDER", _("unsubscribe this channel")),
        Verb.SUBSCRIPTIONS: ("subscriptions", _("this channel's subscriptions")),
        Verb.DIGEST: (
            "digest [daily 09:00|Mon 09:00|off]",
            _("a summary of the reviews, for this channel or in a private chat for you"),
        ),
        Verb.CAMPAIGN: (
            "campaign",
            _("how far campaigns have come; help campaign: how to start one"),
        ),
        Verb.HELP: ("help [VERB]", _("this list, or help for one command")),
    }


def _list_campaign_rows() -> list[tuple[str, str]]:
    return [
        (
            'campaign start "NAME" FOLDER until DAY PEOPLE',
            _("ask people to acknowledge each document of a folder; for its owners"),
        ),
        ("campaign show NAME", _("one campaign: its figures, and who has most left")),
        ("campaign end NAME", _("end a campaign; for the owners of its folder")),
    ]
