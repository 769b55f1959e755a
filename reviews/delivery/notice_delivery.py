"""A notice beside its card, or to one person: told once, and never redrawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.cards.channel import Redraws
from reviews.delivery.post_once import BUSY_WAIT, SECOND, up_to_date
from reviews.errors import Gone, Unreachable
from reviews.kinds import CardState
from reviews.notice import SHOWN_BY_CARD, person_of

if TYPE_CHECKING:
    from reviews.cards.channel import Notifier
    from reviews.delivery.post_once import Posting, Reached
    from reviews.model import CardPost
    from reviews.notice import Notice

BEHIND_CARD, LONGEST_BEHIND = 2.0, 300.0  # seconds until a notice looks again whether its card stands
NOT_TOLD = "shown by the card"


@dataclass(frozen=True, kw_only=True)
class Telling:
    posting: Posting

    def tell(
        self, card: CardPost, notice: Notice, beside: CardPost | None, notifier: Notifier, *, job: str
    ) -> Reached:
        """Tell a notice once, when the card `beside` stands; not at all where that says it anyway.

        A person who can't be reached alone is told beside the card.
        """
        if up_to_date(card):
            return card.message_id, 0.0
        private = person_of(card.target) is not None
        if notice.kind in SHOWN_BY_CARD and not private and not isinstance(notifier, Redraws):
            return NOT_TOLD, 0.0
        if beside is not None and beside.message_id is None and beside.state is not CardState.DEAD:
            return None, self._line_up_behind(card, notice, job)
        notice = replace(
            notice,
            key=str(card.id),
            review_id=card.review_id or "",
            thread=beside.message_id if beside else None,
        )
        try:
            return self._once(card, notice, notifier, job)
        except Unreachable:
            if beside is None or not private:
                raise
            return None, self._tell_beside(card, beside, job)

    def _once(self, card: CardPost, notice: Notice, notifier: Notifier, job: str) -> Reached:
        found = self.posting.look(card, notifier, notice, job)
        if found.message_id is not None:
            return found.message_id, 0.0

        def send() -> str:
            try:
                return notifier.tell(card.target, notice)
            except Gone:  # somebody deleted the card: then it is told without a thread
                return notifier.tell(card.target, replace(notice, thread=None))

        return self.posting.post(card, notifier, send, job=job, found=found)

    def _line_up_behind(self, card: CardPost, notice: Notice, job: str) -> float:
        """Let a notice wait for the card that it belongs to, the more patiently the longer that takes."""
        now = self.posting.clock()
        with self.posting.transactions() as work:
            work.cards.line_up(card.id, job, not_before=now)
            work.commit()
        return min(max(BEHIND_CARD, (now - notice.at) / SECOND), LONGEST_BEHIND)

    def _tell_beside(self, card: CardPost, beside: CardPost, job: str) -> float:
        with self.posting.transactions() as work:
            work.cards.readdress(card.id, job, target=beside.target)
            work.commit()
        return BUSY_WAIT
