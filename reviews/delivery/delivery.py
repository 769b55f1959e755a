"""Delivery to channels: cards are posted once and redrawn from the newest row, or become dead letters."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from reviews import backoff
from reviews.answers.permission import require_known_review
from reviews.cards.card import Card
from reviews.cards.card_context import may_have_predecessors
from reviews.cards.card_drawing import add_page, draw_card, omit_page
from reviews.cards.notifier import is_local
from reviews.delivery.call_slots import CallSlots
from reviews.delivery.card_claims import CardClaims, ClaimedCard
from reviews.delivery.card_delivery import show_card
from reviews.delivery.given_up_cards import (
    find_retry_after,
    is_final,
    is_outcome_unknown,
    record_given_up,
    record_recovery,
    withhold_reason,
)
from reviews.delivery.notice_delivery import OVER, post_notice
from reviews.delivery.pace import Pace, is_late
from reviews.delivery.post_once import SECOND, PostAttempts, is_up_to_date, name_gate
from reviews.errors import (
    ChannelMissing,
    Permanent,
    RemoteError,
    describe_error,
)
from reviews.language import DEFAULT_LANGUAGE, use_language
from reviews.ledger.delivery_entries import clean_reason
from reviews.notice import NoticeKind, ReminderListNotice, ReminderNotice, parse_person_target
from reviews.people.identification import LONG_AGO
from reviews.ports.reports import CardDelivered, CardWithoutChannel, ignore_report
from reviews.privacy.channel_visibility import ChannelVisibility, Redactor
from reviews.routes.route import Routes
from reviews.stored_enums import require_known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from reviews.cards.card_drawing import PageOf
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.delivery.post_once import PostResult
    from reviews.model import Post, Review, ReviewReference
    from reviews.notice import Notice, ReminderLine
    from reviews.ports.documents import Sealer
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

MAX_CLOSED_SECONDS = 3600.0
NO_CHANNEL_REASON = (
    "this worker has no channel {channel}: no route in its ROUTES_FILE (or ROUTES, NOTIFY) names a "
    "place there, or its release does not know the channel"
)

NO_REVIEW_REASON = "its review is not in the database any more"


class Drawing(NamedTuple):
    """A card or a notice as it is sent, in which language, and through which channel."""

    notifier: Notifier
    language: str
    content: Card | Notice


@dataclass(frozen=True, kw_only=True)
class ChannelDelivery:
    """Brings cards up to date with their reviews, and posts notices."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock
    random: Callable[[], float]
    call_slots: CallSlots = field(default_factory=CallSlots)
    pace: Pace = field(default_factory=Pace)
    get_route_language: Callable[[str], str] = lambda _: DEFAULT_LANGUAGE
    """Returns the language of a route."""
    routes: Routes = field(default_factory=lambda: Routes([]))
    """On private routes, public channels see no titles."""
    report: Callable[[Report], None] = ignore_report
    get_page_url: PageOf = omit_page
    """Returns the page that lists all files of a bulk review."""
    get_answer_url: Callable[[ReviewReference], str] = lambda _: ""
    """Returns the page on which a review is answered; empty in an installation without pages."""
    get_campaign_url: Callable[[str], str] = lambda _: ""
    """Returns the page of a campaign by its id; empty in an installation without pages."""
    sealer: Sealer | None = None
    """Opens the snippets of documents; without one no card shows any."""
    redact_text: Callable[[str], str] = withhold_reason
    """Removes secrets and people's addresses from the reasons in the ledger."""
    missing_channels: set[str] = field(default_factory=set)
    """The channels that cards needed and this worker lacks."""

    @property
    def redactor(self) -> Redactor:
        visibility = ChannelVisibility(
            transactions=self.transactions, notifiers=self.notifiers, clock=self.clock
        )
        return Redactor(transactions=self.transactions, routes=self.routes, visibility=visibility)

    def deliver(self, card_id: int, job: str, *, place: tuple[str, str], redraw: bool) -> float | None:
        """Post or redraw a card that is due; return seconds until the next run, or `None`.

        `place` is where it is shown, `redraw` whether it is posted already, as it was taken. `job` names the
        caller, including this process: no other job may touch the card until it is released, or its owner
        turns out to be dead.
        """
        with self._take_slot(place, redraw=redraw) as wait:
            claimed = wait or self._claims.claim(card_id, job)
            return self._send(claimed, job) if isinstance(claimed, ClaimedCard) else claimed

    def _take_slot(self, place: tuple[str, str], *, redraw: bool) -> AbstractContextManager[float]:
        channel, target = place
        if is_local(self.notifiers.get(channel)):
            return nullcontext(0.0)
        return self.call_slots.take_slot(channel, target, redraw=redraw)

    @property
    def _claims(self) -> CardClaims:
        return CardClaims(
            transactions=self.transactions,
            notifiers=self.notifiers,
            routes=self.routes,
            clock=self.clock,
            sealer=self.sealer,
        )

    def _send(self, claimed: ClaimedCard, job: str) -> float | None:
        post, review = claimed.post, claimed.review
        try:
            with self._cancel_unsent(claimed, job):
                drawing = self._draw(claimed)
            message_id, wait = self._reach_channel(claimed, drawing, job)
        except RemoteError as error:
            return self._count_failure(post.id, job, error, notice=post.notice)
        if message_id is None:
            return wait
        arrived_at = self.clock() - self.pace.get_shortest_call(post.notifier)
        with self.transactions() as work:
            is_post = message_id != post.message_id and drawing.notifier.post_interval
            if is_post and is_late(arrived_at, claimed.sends_at):
                work.gates.note_arrival(name_gate(post), arrived_at)
            outdated_ids = _find_outdated_reviews(work, review) if post.notice is None else []
            is_saved = work.cards.mark_drawn(
                post.id, job, message_id=message_id, drawing=post.requested_drawing, at=self.clock()
            )
            if is_saved:
                record_recovery(work, post, at=self.clock())
            for outdated_id in outdated_ids:
                work.cards.redraw(outdated_id)
            if message_id != post.message_id and may_have_predecessors(review, claimed.context):
                work.cards.redraw_predecessors(post.review_id or "")  # now they can point to another card
            work.commit()
        if is_saved and not is_up_to_date(post):
            self._report_delivery(post, review.route if review else None, attempts=post.attempts + 1)
        return None

    def _report_delivery(
        self, post: Post, route: str | None, *, attempts: int, error: str | None = None
    ) -> None:
        route = route or (post.notice.route if post.notice else "")
        duration = self.clock() - post.due_since if post.due_since else None
        self.report(CardDelivered(card=post, route=route, attempts=attempts, duration=duration, error=error))

    @contextmanager
    def _cancel_unsent(self, claimed: ClaimedCard, job: str) -> Iterator[None]:
        """Store after an error that nothing was sent: the attempt was stored before the card was drawn."""
        try:
            yield
        except Exception:
            if claimed.sends_at is not None:
                with self.transactions() as work:
                    work.cards.cancel_attempt(claimed.post.id, job)
                    work.commit()
            raise

    def _draw(self, claimed: ClaimedCard) -> Drawing:
        """Return the card or notice as its channel may see it."""
        post, review = claimed.post, claimed.review
        _require_known(post, review)
        notifier, place = self._require_notifier(post), (post.notifier, post.target)
        language = self._find_language(post, review)
        with use_language(language):
            if post.notice is not None:
                notice = self._add_pages(self.redactor.redact_notice(post.notice, place), place)
                return Drawing(notifier, language, notice)
            if review is not None:
                card = add_page(draw_card(review, claimed.context), self.get_page_url)
                return Drawing(notifier, language, self.redactor.redact_card(card, review, place))
        raise Permanent(NO_REVIEW_REASON)

    def _add_pages(self, notice: Notice, place: tuple[str, str]) -> Notice:
        """Return a list of reminders with the pages on which they are answered; any other notice as it is.

        Requested changes are made in the document. Where a link is enough to answer, there is none in a
        channel that is only notified, nor in one of another route, beside whose card a personal list ends up.
        """
        if isinstance(notice, ReminderNotice):
            route = self.routes.find_route(notice.route)
            link_suffices = route is not None and route.link_suffices
            return replace(notice, may_answer=bool(notice.mention) or not link_suffices)
        if not isinstance(notice, ReminderListNotice):
            return notice
        lines = (
            replace(line, page_url=self._find_line_page(notice, line, place)) for line in notice.reminders
        )
        return replace(notice, reminders=tuple(lines))

    def _find_line_page(self, notice: ReminderListNotice, line: ReminderLine, place: tuple[str, str]) -> str:
        """Return the page of a line; that of a campaign shows its reader's own documents to them alone."""
        if line.is_of_campaign:
            return self.get_campaign_url(line.campaign_id)
        has_page = line.kind is not NoticeKind.FOLLOW_UP and self._may_have_page(notice, line.route, place)
        return self.get_answer_url(line) if has_page else ""

    def _may_have_page(self, notice: ReminderListNotice, route_name: str, place: tuple[str, str]) -> bool:
        route = self.routes.find_route(route_name)
        if route is None or not route.link_suffices:
            return True
        is_own = any(place == (target.notifier, target.address) for target in route.notify)
        return bool(notice.mention) and (is_own or parse_person_target(place[1]) is not None)

    def _reach_channel(self, claimed: ClaimedCard, drawing: Drawing, job: str) -> PostResult:
        post, (notifier, language, content) = claimed.post, drawing
        if claimed.is_over:
            return OVER, 0.0
        attempts = PostAttempts(
            transactions=self.transactions,
            clock=self.clock,
            job=job,
            pace=self.pace,
            sends_at=claimed.sends_at,
        )
        with use_language(language):
            if isinstance(content, Card):
                return show_card(post, content, notifier=notifier, attempts=attempts)
            thread_card = claimed.thread_card
            return post_notice(post, content, thread_card=thread_card, notifier=notifier, attempts=attempts)

    def _find_language(self, post: Post, review: Review | None) -> str:
        """Return the route's language; for a direct message the person's own, if their chat provides it."""
        person = parse_person_target(post.target)
        if person is not None:
            with self.transactions(reading=True) as work:
                account = work.accounts.find_by_address(post.notifier, person, since=LONG_AGO)
            if account is not None and account.locale:
                return account.locale
        return self.get_route_language(review.route if review else post.notice.route if post.notice else "")

    def _require_notifier(self, post: Post) -> Notifier:
        notifier = self.notifiers.get(post.notifier)
        if notifier is None:
            raise self._report_missing_channel(post.notifier)
        return notifier

    def _report_missing_channel(self, channel: str) -> ChannelMissing:
        """Return the error for a channel that this worker lacks; report it once per worker."""
        error = ChannelMissing(NO_CHANNEL_REASON.format(channel=channel))
        if channel not in self.missing_channels:
            self.missing_channels.add(channel)
            self.report(CardWithoutChannel(channel=channel, reason=str(error)))
        return error

    def count_failure(self, card_id: int, job: str, error: Exception) -> float | None:
        """Count a failed attempt; a dead letter after the last one, or if a retry is of no use.

        If the remote service only requested a wait, the channel is closed for that time, and nothing is
        counted. No JSON is read, so that an unreadable card can't fail for ever: it could not even be
        claimed.
        """
        with self.transactions() as work:
            post = work.cards.get_without_notice(card_id)
            if post is not None and not is_up_to_date(post) and work.cards.claim(card_id, job):
                work.commit()
        return self._count_failure(card_id, job, error, notice=None)

    def _count_failure(
        self, card_id: int, job: str, error: Exception, *, notice: Notice | None
    ) -> float | None:
        retry_after = find_retry_after(error)
        reason = clean_reason(describe_error(error), self.redact_text)  # before the ledger waits for it
        with self.transactions() as work:
            post = work.cards.get_without_notice(card_id)
            if post is None:
                return None
            dead = is_final(error, post)
            if retry_after is not None:
                work.gates.close(
                    name_gate(post), self.clock() + min(retry_after, MAX_CLOSED_SECONDS) * SECOND
                )
            attempts = work.cards.mark_failed(
                card_id,
                job,
                describe_error(error),
                count_attempt=retry_after is None,
                dead=dead,
                unknown=is_outcome_unknown(error),
            )
            if attempts is None:  # another job has the card; the channel is closed for it too
                work.commit()
                return None
            if not dead:
                wait = backoff.compute_wait(attempts, retry_after=retry_after, random=self.random)
                work.cards.put_off(
                    card_id, job, drawing=post.requested_drawing, until=self.clock() + wait * SECOND
                )
                work.commit()
                return wait
            route = record_given_up(work, post, error, attempts=attempts, reason=reason, at=self.clock())
            work.commit()
        self._report_delivery(
            replace(post, notice=notice), route, attempts=attempts, error=describe_error(error)
        )
        return None


def _find_outdated_reviews(work: UnitOfWork, review: Review | None) -> list[str]:
    """Return the id of a bulk review that files have joined while its card was drawn.

    They request no drawing while one is due. So the review is locked until this drawing is stored: files that
    join after that request the next one.
    """
    if review is None or review.bulk is None:
        return []
    newest = work.reviews.get(review.id, lock=True)
    return [review.id] if newest is not None and newest.revision != review.revision else []


def _require_known(post: Post, review: Review | None) -> None:
    """Raise `WrittenByNewer` if a newer release wrote what this one can't draw."""
    require_known(f"card {post.id}", (post.state, *(post.notice.list_enums() if post.notice else ())))
    if review is not None:
        require_known_review(review)
