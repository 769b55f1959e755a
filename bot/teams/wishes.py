"""Who wants something of which review, read from a verified activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifiers.teams_bot import NAME, actions
from reviews.lists.my_reviews import vouch
from reviews.text import storable
from reviews.wish import Wish

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from bot.teams.people import People
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes


@dataclass(frozen=True, kw_only=True)
class Wishes:
    people: People
    transactions: Transactions
    routes: Routes

    def clicked(self, activity: Activity, data: object) -> tuple[Wish, int]:
        """Return who clicked on what, and the revision that the button was drawn for.

        Raises a `FarSideError` where Teams does not say who that is, and `Refused` for whoever clicked in a
        list of reviews that are not their own.
        """
        review_id, revision = actions.read_data(data)
        who, mine = self.people.who(activity), actions.is_mine(data)
        wish = Wish(
            review_id=storable(review_id),
            person=who.with_proof(_proof(activity)),
            place=None if mine else (NAME, activity.channel),
            request=activity.request,
        )
        if mine:
            with self.transactions(reading=True) as work:
                vouch(work, wish, self.routes)
        return wish, revision


def _proof(activity: Activity) -> dict[str, str]:
    """Return who vouched for the person, under which id, and the click itself; no secret is among it."""
    tenant = next(iter(activity.tenants), "")
    return {"tenant": tenant, "object_id": activity.object_id, "activity": activity.id}
