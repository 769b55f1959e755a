"""Answers to commands, with the same texts in every chat; each chat draws them itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.command_replies import (
    ChangesReply,
    CommandReply,
    FiguresReply,
    HelpReply,
    LinkReply,
    ListReply,
    ReviewReply,
    SentenceReply,
)
from bot.command_requests import (
    CHANGES_PAGE_SIZE,
    PAGE_SIZE,
    AwayRequest,
    BackRequest,
    CancelAbsenceRequest,
    ChangesRequest,
    CommandRequest,
    DigestRequest,
    EndCampaignRequest,
    HelpRequest,
    ListCampaignsRequest,
    ListRequest,
    ListSubscriptionsRequest,
    MineRequest,
    OverdueRequest,
    PendingRequest,
    PersonReference,
    ReceiptRequest,
    RecentRequest,
    ShowAbsenceRequest,
    ShowCampaignRequest,
    ShowRequest,
    StartCampaignRequest,
    StatsRequest,
    SubscribeChannelRequest,
    SubscriptionRequest,
    UnsubscribeChannelRequest,
    WebLinkRequest,
)
from bot.receipts import describe_receipt
from reviews.absences.authority import Authority
from reviews.cards.card import LINK_ACTIONS
from reviews.cards.card_context import NO_CONTEXT, find_context, find_successors
from reviews.cards.card_drawing import add_page, draw_card, omit_page
from reviews.errors import Refused, RemoteError
from reviews.identity import UNPROVEN_PERSON
from reviews.language import _
from reviews.lists import my_reviews
from reviews.ports.listing import ListingQuery, Mark, MarkKind, ReviewOrder, make_marks
from reviews.privacy.channel_visibility import redact_for_reader
from reviews.repeated_requests import explain_repeat, is_new_question
from reviews.review_request import ReviewRequest
from reviews.sweep import completeness
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.absences import ChatAbsences
    from bot.campaigns import ChatCampaigns
    from bot.command_requests import AbsenceRequest, CampaignRequest
    from bot.digests import ChatDigests
    from bot.requester import Requester
    from bot.subscriptions import ChannelSubscriptions
    from reviews.answers.change_pages import ChangePages
    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.lists.receipts import ReviewReceipts
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_MATCHED_FOLDERS = 10
MAX_RECENT_ANSWERS = 5

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Command handler for every chat.

    `make_sign_in_address` makes a sign-in link for a person, and `make_review_address` a link to a review, if
    there is a history page. `find_page` links to the files of a bulk review.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    subscriptions: ChannelSubscriptions
    absences: ChatAbsences
    digests: ChatDigests
    campaigns: ChatCampaigns
    make_sign_in_address: Callable[[ProvenPerson], str] | None = None
    find_page: PageOf = omit_page
    change_pages: ChangePages
    receipts: ReviewReceipts
    make_review_address: Callable[[str], str] | None = None

    def answer(self, command_request: CommandRequest, requester: Requester) -> CommandReply:
        """Return what was requested, or a sentence that says why not."""
        try:
            return self._answer_once(command_request, requester)
        except Refused as refusal:
            return SentenceReply(sentence=refusal.sentence)
        except RemoteError as error:
            log.warning("command_not_answered", verb=command_request.verb, reason=str(error))
            return SentenceReply(sentence=_("This person could not be looked up. Try again in a moment."))
        except Exception:
            # Outermost error handler for both chats. When the database is unavailable, a chat shows no reason
            # of its own, and an outgoing webhook has no other way to report it. The requester always gets a
            # sentence.
            log.exception("command_failed", verb=command_request.verb)
            return SentenceReply(sentence=_("The answer could not be looked up. Try again in a moment."))

    def _answer_once(self, command_request: CommandRequest, requester: Requester) -> CommandReply:
        """Answer a request once; a repeated request reveals nothing more and changes nothing."""
        question = None if isinstance(command_request, HelpRequest) else requester.question
        if question and not is_new_question(self.transactions, question, clock=self.clock):
            return SentenceReply(sentence=explain_repeat())
        return self._answer(command_request, requester)

    def _answer(self, command_request: CommandRequest, requester: Requester) -> CommandReply:
        match command_request:
            case HelpRequest():
                return HelpReply(
                    topic=command_request.topic, hint=command_request.hint, example=command_request.example
                )
            case (
                SubscribeChannelRequest()
                | UnsubscribeChannelRequest()
                | ListSubscriptionsRequest()
                | DigestRequest()
            ):
                return self._change_messages(command_request, requester)
            case (
                WebLinkRequest()
                | AwayRequest()
                | ShowAbsenceRequest()
                | CancelAbsenceRequest()
                | BackRequest()
            ):
                return self._answer_about_requester(command_request, requester)
            case ShowRequest() | ChangesRequest() | ReceiptRequest():
                return self._answer_about_review(command_request, requester)
            case _:
                return self._answer_with_figures(command_request, requester)

    def _answer_with_figures(
        self, command_request: CampaignRequest | StatsRequest | ListRequest, requester: Requester
    ) -> CommandReply:
        match command_request:
            case (
                ListCampaignsRequest() | ShowCampaignRequest() | StartCampaignRequest() | EndCampaignRequest()
            ):
                is_shown = isinstance(command_request, ListCampaignsRequest | ShowCampaignRequest)
                # A campaign may be private though no route is any more.
                asks_chat = is_shown and not requester.is_overheard
                reader = requester.find_reader() if asks_chat else self._find_reader(requester)
                return self.campaigns.carry_out(command_request, requester, reader)
            case StatsRequest():
                now = self.clock()
                since = (now - timedelta(days=command_request.days)).astimezone(UTC).date()
                with self.transactions(reading=True) as work:
                    figures = work.listings.compute_figures(since=since, now=now)
                    complete = completeness.add_titles(
                        work, completeness.check_furthest_behind(work, self.routes)
                    )
                return FiguresReply(
                    since=_resolve_since(since, now), figures=tuple(figures), complete=tuple(complete)
                )
            case _:
                return self._list_reviews(command_request, requester)

    def _change_messages(
        self, command_request: SubscriptionRequest | DigestRequest, requester: Requester
    ) -> SentenceReply:
        """Change, or show, what is sent by itself to where the command comes from."""
        if isinstance(command_request, DigestRequest):
            return self.digests.carry_out(command_request, requester)
        return self.subscriptions.carry_out(command_request, requester)

    def _answer_about_requester(
        self, command_request: WebLinkRequest | AbsenceRequest, requester: Requester
    ) -> CommandReply:
        if isinstance(command_request, WebLinkRequest):
            return self._make_sign_in_link(requester)
        return self.absences.carry_out(command_request, requester)

    def _make_sign_in_link(self, requester: Requester) -> CommandReply:
        """Return a sign-in link, never where others read it: the first to open it is signed in as them."""
        if self.make_sign_in_address is None:
            return SentenceReply(
                sentence=_("There is no history page: the operator of this app has not set it up.")
            )
        if requester.is_overheard:
            return SentenceReply(
                sentence=_(
                    "The link is only for you, and others can read this chat. Ask me in a private chat, or "
                    "use the slash command."
                )
            )
        return LinkReply(
            sentence=_(
                "All reviews that you may see. The link is only for you. It works once, within 10 minutes."
            ),
            label=_("Open the history page"),
            address=self.make_sign_in_address(requester.identify()),
        )

    def _find_reader(self, requester: Requester) -> ProvenPerson:
        """Return the person whose access decides what is shown; no one where other people read the answer."""
        return (
            requester.find_reader() if self.routes.private and not requester.is_overheard else UNPROVEN_PERSON
        )

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def _list_reviews(self, list_request: ListRequest, requester: Requester) -> CommandReply:
        """Ask the chat before opening the transaction: neither is held during a wait for the other."""
        names = (
            _resolve_names(list_request.person, requester)
            if isinstance(list_request, RecentRequest) and list_request.person
            else ()
        )
        person = requester.identify() if _is_about_requester(list_request) else self._find_reader(requester)
        reader = UNPROVEN_PERSON if requester.is_overheard else person
        count = list_request.count if isinstance(list_request, RecentRequest) else PAGE_SIZE
        with self.transactions(reading=True) as work:
            scope_marks = (
                self._resolve_scope(work, list_request.scope)
                if isinstance(list_request, RecentRequest) and list_request.scope
                else ()
            )
            if scope_marks is None:
                return SentenceReply(sentence=_("There is no folder or route with that name."))
            query = (
                my_reviews.build_waiting_query(work, self.routes, person)
                if _is_about_requester(list_request)
                else self._build_query(list_request, names, scope_marks)
            )
            page = work.listings.fetch_page(query, count, list_request.page_turn)
            entries = tuple(
                replace(each, review=redact_for_reader(self._find_authority(work, each.review), reader))
                for each in page.entries
            )
            recent_answers = (
                self._list_recent_answers(work, person, reader)
                if isinstance(list_request, MineRequest)
                else ()
            )
            listed = [each.review for each in entries]
            contexts = find_successors(work, listed)
            duties = (
                my_reviews.describe_duties(work, listed, self.routes, person)
                if _is_about_requester(list_request)
                else {}
            )
        return ListReply(
            list_request=list_request,
            page=replace(page, entries=entries),
            recent_answers=recent_answers,
            contexts=contexts,
            duties=duties,
            now=self.clock(),
        )

    def _build_query(
        self, list_request: ListRequest, names: tuple[str, ...], scope_marks: tuple[Mark, ...]
    ) -> ListingQuery:
        match list_request:
            case RecentRequest():
                groups = (scope_marks, make_marks(MarkKind.CONTRIBUTOR, names))
                since = (
                    _resolve_since(list_request.since, self.clock())
                    if list_request.since is not None
                    else None
                )
                return ListingQuery(marks=tuple(filter(None, groups)), kind=list_request.kind, since=since)
            case OverdueRequest(lapsed_only=True):
                return ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, waiting=True, lapsed=True)
            case OverdueRequest():
                return ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, waiting=True, overdue_at=self.clock())
        return ListingQuery(order=ReviewOrder.OLDEST, waiting=True)

    def _list_recent_answers(
        self, work: UnitOfWork, person: ProvenPerson, reader: ProvenPerson
    ) -> tuple[ReviewReply, ...]:
        answered = my_reviews.list_recent_answers(work, person, MAX_RECENT_ANSWERS)
        redacted = [redact_for_reader(self._find_authority(work, each.review), reader) for each in answered]
        contexts = find_successors(work, redacted)
        return tuple(
            ReviewReply(review=each, card=draw_card(each, contexts.get(each.id, NO_CONTEXT)))
            for each in redacted
        )

    def _resolve_scope(self, work: UnitOfWork, name: str) -> tuple[Mark, ...] | None:
        """Return the marks of a route or of folders; `None` if nothing has this name."""
        route = next((each for each in self.routes.all if each.name.casefold() == name.casefold()), None)
        if route is not None:
            return (Mark(MarkKind.ROUTE, route.name),)
        if name.isdecimal():
            return (Mark(MarkKind.FOLDER, name),)
        return make_marks(MarkKind.FOLDER, work.listings.find_folders(name, MAX_MATCHED_FOLDERS)) or None

    def _answer_about_review(
        self, command_request: ShowRequest | ChangesRequest | ReceiptRequest, requester: Requester
    ) -> CommandReply:
        """Answer about a review by its id, or about the newest review of a document or folder."""
        subject = strip_unstorable(command_request.subject)
        is_about_changes = isinstance(command_request, ChangesRequest)
        reader = UNPROVEN_PERSON if is_about_changes else self._find_reader(requester)
        with self.transactions(reading=True) as work:
            review = work.reviews.get(subject) or work.reviews.find_latest(subject)
            if review is None:
                return SentenceReply(
                    sentence=_(
                        "Review not found. Give the document's link as your browser shows it, or the id of "
                        "the document or the review."
                    )
                )
            if isinstance(command_request, ShowRequest):
                return self._show_review(work, review, reader)
        if isinstance(command_request, ReceiptRequest):
            return describe_receipt(self.receipts.prepare_for(review, reader), self.make_review_address)
        return self._show_changes(review, replace(command_request, subject=subject), requester)

    def _show_review(self, work: UnitOfWork, review: Review, reader: ProvenPerson) -> ReviewReply:
        """Show a review without answer buttons.

        It is answered where its card was posted, by the people who saw it there.
        """
        review = redact_for_reader(self._find_authority(work, review), reader)
        context = find_context(work, review, self.routes.find_route(review.route), now=self.clock())
        card = add_page(draw_card(review, context), self.find_page)
        actions = tuple(action for action in card.actions if action in LINK_ACTIONS)
        return ReviewReply(review=review, card=replace(card, actions=actions))

    def _show_changes(
        self, review: Review, changes_request: ChangesRequest, requester: Requester
    ) -> ChangesReply:
        """Show the differences to the requester alone; where others read along, only how much changed."""
        person = UNPROVEN_PERSON if requester.is_overheard else requester.find_reader()
        page = self.change_pages.load_page(
            ReviewRequest(review_id=review.id, person=person),
            start=changes_request.skipped,
            limit=CHANGES_PAGE_SIZE,
        )
        self.change_pages.record_opening(page, person)
        if requester.is_overheard and page.refusal:
            sentence = _("Others read this chat. Ask for the differences in a private chat.")
            page = replace(page, refusal=sentence)
        return ChangesReply(subject=changes_request.subject, page=page)


def _is_about_requester(list_request: ListRequest) -> bool:
    match list_request:
        case MineRequest() | PendingRequest(own_only=True):
            return True
    return False


def _resolve_names(reference: PersonReference, requester: Requester) -> tuple[str, ...]:
    """Return the names to search for as contributor."""
    return (requester.resolve_mention(reference.mention) if reference.mention else ()) or (reference.name,)


def _resolve_since(since: timedelta | date, now: datetime) -> datetime:
    return datetime.combine(since, time(), UTC) if isinstance(since, date) else now - since
