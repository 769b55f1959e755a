"""Delivery of a notice in a card's thread, or to one person: posted once, and never redrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.cards.notifier import RedrawingNotifier
from reviews.delivery.post_once import BUSY_WAIT_SECONDS, SECOND, is_up_to_date
from reviews.errors import MessageGone, Unreachable
from reviews.kinds import CardState
from reviews.notice import KINDS_SHOWN_BY_CARD, parse_person_target

if TYPE_CHECKING:
    from reviews.cards.notifier import Notifier
    from reviews.delivery.post_once import OncePoster, PostResult
    from reviews.model import Post
    from reviews.notice import Notice

MIN_WAIT_FOR_CARD_SECONDS, MAX_WAIT_FOR_CARD_SECONDS = (
    2.0,
    300.0,
)  # seconds until a notice checks again whether its card is posted
NOT_POSTED = "shown by the card"


@dataclass(frozen=True, kw_only=True)
class NoticeDelivery:
    posting: OncePoster

    def post_notice(
        self, card: Post, notice: Notice, beside: Post | None, notifier: Notifier, *, job: str
    ) -> PostResult:
        """Post a notice once, after the card `beside`; not at all if the card shows it anyway.

        A notice for a person who can't get a direct message is posted beside the card.
        """
        if is_up_to_date(card):
            return card.message_id, 0.0
        private = parse_person_target(card.target) is not None
        if notice.kind in KINDS_SHOWN_BY_CARD and not private and not isinstance(notifier, RedrawingNotifier):
            return NOT_POSTED, 0.0
        if beside is not None and beside.message_id is None and beside.state is not CardState.DEAD:
            return None, self._wait_for_card(card, notice, job)
        notice = replace(
            notice,
            key=str(card.id),
            review_id=card.review_id or "",
            thread=beside.message_id if beside else None,
        )
        try:
            return self._post_once(card, notice, notifier, job)
        except Unreachable:
            if beside is None or not private:
                raise
            return None, self._readdress(card, beside, job)

    def _post_once(self, card: Post, notice: Notice, notifier: Notifier, job: str) -> PostResult:
        lookup = self.posting.look_up_post(card, notifier, notice, job)
        if lookup.message_id is not None:
            return lookup.message_id, 0.0

        def send() -> str:
            try:
                return notifier.post_notice(card.target, notice)
            except MessageGone:  # the card was deleted: post without a thread
                return notifier.post_notice(card.target, replace(notice, thread=None))

        return self.posting.post(card, notifier, send, job=job, found=lookup)

    def _wait_for_card(self, card: Post, notice: Notice, job: str) -> float:
        """Make a notice wait for its card, with backoff."""
        now = self.posting.clock()
        with self.posting.transactions() as work:
            work.cards.save_queue_place(card.id, job, not_before=now)
            work.commit()
        return min(max(MIN_WAIT_FOR_CARD_SECONDS, (now - notice.at) / SECOND), MAX_WAIT_FOR_CARD_SECONDS)

    def _readdress(self, card: Post, beside: Post, job: str) -> float:
        with self.posting.transactions() as work:
            work.cards.readdress(card.id, job, target=beside.target)
            work.commit()
        return BUSY_WAIT_SECONDS
