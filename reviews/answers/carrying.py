"""Acknowledgements that still count where nothing material has changed, so that no one is asked again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.comparison import ComparisonState
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger import ledger_entries
from reviews.model import CarriedAcknowledgement
from reviews.people.answerers import (
    is_contributor,
    is_named_by_entry,
    is_segregated,
    list_accountable,
    list_members,
    may_have_contributed,
)
from reviews.quorum import derive_state, list_acknowledgements, list_valid_answers
from reviews.routes.route import MayAcknowledge, Unchanged

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.comparison import Comparison, DocumentState
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route

IMMATERIAL_REASONS = frozenset({"identical", "emphasis"})
"""What a comparison says where nothing material has changed.

With `emphasis` all else in the file is proven to be the same. Not `formatting`: that is all that is not read,
such as text that is struck through, drawings, and crops of pictures.
"""


def carry_acknowledgement(
    work: UnitOfWork,
    comparison: Comparison,
    *,
    acknowledged: Comparison | None,
    route: Route | None,
    at: datetime,
) -> bool:
    """Close a review that needs no answer, with its entry in the ledger; `False` if it needs one.

    It is the `Carry` of `reviews.comparisons.comparing`.
    """
    if acknowledged is None or route is None or route.unchanged is not Unchanged.CARRY:
        return False
    before, after = _find_states(comparison, acknowledged)
    if before is None or after is None:
        return False
    review = work.reviews.lock(comparison.review_id)
    if review is None or review.revision != comparison.revision or not _needs_only_content(review):
        return False
    carried = _find_acknowledgement(work, review, route, acknowledged_id=acknowledged.review_id, at=at)
    if carried is None or not work.reviews.carry(review, carried):
        return False
    reason = str(comparison.summary.reason)
    work.ledger.append(
        ledger_entries.build_carried(review, carried, before=before, after=after, reason=reason)
    )
    work.cards.redraw(review.id)
    return True


def _find_states(
    comparison: Comparison, acknowledged: Comparison
) -> tuple[DocumentState | None, DocumentState | None]:
    """Return the acknowledged state and that of the revision, if they are materially the same.

    Either may be a later save than the revision that it was read for; then it proves nothing.
    """
    before, after = comparison.before, comparison.after
    was_acknowledged = before is not None and acknowledged.summary.sha256 == before.sha256
    is_of_revision = after is not None and comparison.summary.sha256 == after.sha256
    summary = comparison.summary
    is_same = summary.state is ComparisonState.SAME_TEXT and summary.reason in IMMATERIAL_REASONS
    if was_acknowledged and is_of_revision and is_same and before == acknowledged.after:
        return before, after
    return None, None


def _needs_only_content(review: Review) -> bool:
    """Return whether an open review is of saved content alone, and no one has answered it yet."""
    was_relabelled = review.title_before or review.path_before or review.moved_to or review.acts
    is_of_content = review.kind is ChangeKind.CONTENT and not was_relabelled
    return review.state is ReviewState.OPEN and is_of_content and not list_valid_answers(review)


def _find_acknowledgement(
    work: UnitOfWork, review: Review, route: Route, *, acknowledged_id: str, at: datetime
) -> CarriedAcknowledgement | None:
    """Return the acknowledgement that would do for this review as well; `None` if there is none.

    Nothing may have come in between, such as a request for changes. The acknowledged review may itself have
    been carried over: then its first acknowledgement counts, as long as it is stored.
    """
    predecessor = work.reviews.find_predecessors([review.id]).get(review.id)
    if predecessor is None or predecessor.id != acknowledged_id:
        return None
    carried = predecessor.carried
    answered = work.reviews.get(carried.review_id) if carried else predecessor
    if answered is None or not _would_do(work, review, route, answered):
        return None
    if carried is not None:
        return replace(carried, at=at)
    acknowledgements = list_acknowledgements(answered)
    return CarriedAcknowledgement(
        review_id=answered.id,
        version=answered.version_to,
        people=tuple(answer.reviewer for answer in acknowledgements),
        acknowledged_at=acknowledgements[-1].at,
        at=at,
    )


def _would_do(work: UnitOfWork, review: Review, route: Route, answered: Review) -> bool:
    """Return whether the people who acknowledged a review could acknowledge this one, and would be enough."""
    acknowledgements = list_acknowledgements(answered)
    has_same_owners = {each.casefold() for each in review.owners} == {
        each.casefold() for each in answered.owners
    }
    is_enough = derive_state(review, acknowledgements) is ReviewState.ACKNOWLEDGED
    if not acknowledgements or not has_same_owners or not is_enough:
        return False
    if not all(_may_still_answer(work, review, route, answer) for answer in acknowledgements):
        return False
    return not is_segregated(route) or not any(
        is_contributor(review, [answer.reviewer]) or may_have_contributed(work, review, [answer.reviewer])
        for answer in acknowledgements
    )


def _may_still_answer(work: UnitOfWork, review: Review, route: Route, answer: Answer) -> bool:
    """Return whether a person is an owner or deputy now, or any member of a channel may answer.

    They are known by the address under which they answered. What a stand-in answered still counts while the
    person for whom they stood in is an owner or deputy.
    """
    entries = (*list_accountable(review, route), *route.owners, *route.deputies)
    members = list_members(work, entries)
    represented = Reviewer(name="", email=answer.stand_in_for)
    is_responsible = any(
        is_named_by_entry(each, entry, members)
        for each in (answer.reviewer, represented)
        for entry in entries
    )
    return is_responsible or route.may_acknowledge is MayAcknowledge.CHANNEL
