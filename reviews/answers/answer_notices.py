"""Notices beside a review's cards: changes were requested, or an answer was withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.notice import ChangeRequestNotice, WithdrawalNotice
from reviews.notice_facts import get_review_facts, is_broadcast

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route


def notify_change_request(
    work: UnitOfWork, review: Review, answer: Answer, *, route: Route | None, mentioning: bool
) -> None:
    """Owe the notice of a request for changes; with `mentioning` it mentions the contributors."""
    notice = ChangeRequestNotice(
        **get_review_facts(review),
        at=answer.at,
        who=(answer.reviewer,),
        note=answer.note,
        mention=_list_other_contributors(review, answer) if mentioning else (),
        broadcast=is_broadcast(route),
    )
    work.cards.owe_notices(review.id, notice, cause=f"{notice.kind}:{answer.at.isoformat()}")


def notify_withdrawal(
    work: UnitOfWork, review: Review, answer: Answer, *, route: Route | None, at: datetime
) -> None:
    """Owe the notice of a withdrawn answer; `review` is the review after that."""
    notice = WithdrawalNotice(
        **get_review_facts(review),
        at=at,
        who=(answer.reviewer,),
        still_answered=review.state is not ReviewState.OPEN,
        broadcast=is_broadcast(route),
    )
    work.cards.owe_notices(review.id, notice, cause=f"{notice.kind}:{at.isoformat()}")


def _list_other_contributors(review: Review, answer: Answer) -> tuple[str, ...]:
    """Return the addresses of those who changed the document, without the person who answered."""
    own_address = (answer.reviewer.email or "").casefold()
    return tuple(
        who.email for who in review.contributors if who.email and who.email.casefold() != own_address
    )
