"""Notices to contributors of how a review of their change ended: once, and again only if that changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.kinds import Decision, ReviewState
from reviews.notice import NoticeKind, OutcomeNotice, make_person_target
from reviews.notice_facts import get_review_facts
from reviews.quorum import find_deciding_answer, list_valid_answers

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

OUTCOME_CAUSE_PREFIX = "outcome:"
"""Prefix of the cause of such a notice."""


def notify_contributors(work: UnitOfWork, review: Review, *, channel: str, at: datetime) -> None:
    """Owe the outcome to each contributor who did not answer.

    An answer that was withdrawn and then repeated with the same decision causes no new notice.
    """
    outcome = f"{review.revision}:{review.state}"
    causes = work.cards.list_causes(review.id, OUTCOME_CAUSE_PREFIX)
    if review.state is ReviewState.OPEN or (causes and _read_outcome(causes[-1]) == outcome):
        return
    number = len(causes) + 1
    notice = _build_notice(review, at)
    for address in _list_addresses(review):
        cause = f"{OUTCOME_CAUSE_PREFIX}{number}:{outcome}:{address.casefold()}"
        personal_notice = replace(notice, mention=(address,))
        work.cards.owe_notice(
            (channel, make_person_target(address)), personal_notice, cause=cause, review_id=review.id
        )


def _read_outcome(cause: str) -> str:
    """Return the outcome that is part of a cause: the revision and the state."""
    return ":".join(cause.split(":")[2:4])


def _list_addresses(review: Review) -> list[str]:
    answered = [each.reviewer for each in list_valid_answers(review)]
    ids = {reviewer.docspace_id for reviewer in answered if reviewer.docspace_id}
    emails = {reviewer.email.casefold() for reviewer in answered if reviewer.email}
    others = [person.email for person in review.contributors if person.email and person.id not in ids]
    return [address for address in dict.fromkeys(others) if address.casefold() not in emails]


def _build_notice(review: Review, at: datetime) -> OutcomeNotice:
    answer = find_deciding_answer(review)
    sent_back = review.state is ReviewState.CHANGES_REQUESTED
    decision = Decision.REQUEST_CHANGES if sent_back else Decision.ACKNOWLEDGE
    deciders = [each.reviewer for each in list_valid_answers(review) if each.decision is decision]
    return OutcomeNotice(
        kind=NoticeKind.SENT_BACK if sent_back else NoticeKind.OUTCOME,
        **get_review_facts(review),
        at=at,
        who=tuple(deciders),
        note=answer.note if answer else None,
    )
