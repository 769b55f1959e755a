"""Who may acknowledge a review of a campaign: each of its people, for themselves (decision 81)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.answers.late_refusals import refuse_second_answer
from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity
from reviews.kinds import Decision
from reviews.language import _
from reviews.people.answerers import is_named_by_entry, is_same_person
from reviews.privacy.redaction import hide_title
from reviews.quorum import list_missing_owners, list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Route


def require_campaign_person(
    review: Review,
    route: Route | None,
    review_request: ReviewRequest,
    aliases: Sequence[Reviewer],
    decision: Decision,
) -> tuple[Reviewer, str]:
    """Return the person under the address by which the campaign asks them, and that entry; or `Refused`."""
    if review_request.person.identity is Identity.LINK:
        sentence = _("This link does not prove who you are. Sign in first.")
        raise Refused(RefusalReason.UNPROVEN, sentence)
    if decision is not Decision.ACKNOWLEDGE:
        sentence = _(
            "A campaign only asks to acknowledge. If something in the document has to change, write to the "
            "owners of its folder."
        )
        raise Refused(RefusalReason.NOT_ALLOWED, sentence)
    missing = list_missing_owners(review)
    own = ((alias, entry) for entry in missing for alias in aliases if is_named_by_entry(alias, entry, {}))
    own_entry = next(own, None)
    if own_entry is not None:
        return own_entry
    answers = reversed(list_valid_answers(review))
    earlier = next((each for each in answers if is_same_person(each.reviewer, aliases)), None)
    if earlier is not None:
        raise refuse_second_answer(hide_title(review, route), earlier)
    sentence = _("The campaign asks other people to acknowledge this, each for themselves.")
    raise Refused(RefusalReason.NOT_ALLOWED, sentence)


def refuse_duty_of_campaign() -> Refused:
    """Return the refusal to reassign or snooze a review of a campaign."""
    sentence = _("In a campaign each person acknowledges for themselves: it can't be reassigned or snoozed.")
    return Refused(RefusalReason.NOT_ALLOWED, sentence)
