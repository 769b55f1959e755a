"""Cards delivered one by one, as a worker delivers what it has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.delivery.delivery import ChannelDelivery


def deliver_card(delivery: ChannelDelivery, card_id: int, job: str = "job") -> float | None:
    """Take a card, unless another job has it, and deliver it; a card that there is not is no work."""
    with delivery.transactions() as work:
        work.cards.claim(card_id, job)
        post = work.cards.get_without_notice(card_id)
        work.commit()
    if post is None:
        return delivery.deliver(card_id, job, place=("", ""), redraw=False)
    place = (post.notifier, post.target)
    return delivery.deliver(card_id, job, place=place, redraw=post.message_id is not None)
