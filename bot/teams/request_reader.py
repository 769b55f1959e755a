"""Review requests, read from a verified activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.teams_bot import NAME, actions
from reviews.lists.my_reviews import require_responsible
from reviews.review_request import ReviewRequest
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from bot.teams.people import TeamsPeople
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class TeamsRequestReader:
    people: TeamsPeople
    transactions: Transactions
    routes: Routes
    clock: Clock

    def read_click(self, activity: Activity, data: object) -> tuple[ReviewRequest, int]:
        """Return the request that a click makes, and the revision that the button was drawn for.

        Raises a `RemoteError` if Teams does not identify the person, and `Refused` if they clicked in a list
        of reviews that are not their own.
        """
        review_id, revision = actions.read_data(data)
        person, is_own_list = self.people.identify(activity), actions.is_in_own_list(data)
        review_request = ReviewRequest(
            review_id=strip_unstorable(review_id),
            person=person.with_proof(_build_proof(activity)),
            place=None if is_own_list else (NAME, activity.channel),
            request_name=activity.request_name,
        )
        if is_own_list:
            with self.transactions(reading=True) as work:
                require_responsible(work, review_request, self.routes, now=self.clock())
        return review_request, revision


def _build_proof(activity: Activity) -> dict[str, str]:
    """Return who vouched for the person, under which id, and the click's id; it contains no secret."""
    tenant = next(iter(activity.tenants), "")
    return {"tenant": tenant, "object_id": activity.object_id, "activity": activity.id}
