"""Who changed a file: whoever acted, and everybody who edited the range of versions under review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.errors import TryLater
from reviews.model import Person
from reviews.nameless import UNNAMED
from reviews.places import PATIENCE
from reviews.routing import is_group
from reviews.written_back import reads_like_ours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.burst import Burst
    from reviews.model import Review
    from reviews.ports import Portal
    from reviews.routing import Route
    from reviews.tree import FileState

MOST_MEMBERS = 20  # of groups; each one is a call to DocSpace


@dataclass(frozen=True, kw_only=True)
class Contributors:
    """Asks DocSpace who people are. A name that can't be found does not hold up a review."""

    portal: Portal

    def of(self, burst: Burst, *, without: str | None = None) -> tuple[Person, ...]:
        """Return whoever acted, with names, but for one of them."""
        acted = (actor for actor in burst.actors if without is None or actor.id != without)
        return tuple(self._named(actor, attempts=burst.lead.attempts) for actor in acted)

    def with_editors(
        self, burst: Burst, state: FileState | None, review: Review | None, *, without: str | None
    ) -> tuple[Person, ...]:
        """Return everybody who edited since the last reviewed version, co-authors too, and whoever acted.

        The sender of a save is only one of its authors (facts on DocSpace, 2.5). Where nothing is known of
        the file before, the versions that the events name are under review, else the newest alone.
        """
        version, since = _baseline(state, review)
        if version is None and burst.first_version is not None:
            version = burst.first_version - 1
        editors = self.portal.editors(burst.subject, after=version, since=since)
        actors = {actor.id for actor in burst.actors}
        others = [who for who in editors if who.id not in actors]
        return (
            *self.of(burst, without=without),
            *(self._named(who, attempts=burst.lead.attempts) for who in others),
        )

    def accounts(self, route: Route, *, attempts: int, members: Iterable[str] = ()) -> list[Person]:
        """Return those in DocSpace who may answer: by their ids they are told from those who edited.

        `members` are those of the route's groups, addresses among them.
        """
        named = (entry for entry in (*route.owners, *route.deputies) if not is_group(entry))
        everybody = (*named, *sorted(member for member in members if "@" in member)[:MOST_MEMBERS])
        found = (self._account(address, attempts) for address in dict.fromkeys(everybody))
        return [person for person in found if person is not None]

    def ourselves(self, before: FileState | None, after: FileState) -> str | None:
        """Return the API key's user where the file has a new comment of ours: that is no contribution."""
        ours = reads_like_ours(after.comment) and (before is None or after.comment != before.comment)
        return self.portal.myself() if ours else None

    def _account(self, address: str, attempts: int) -> Person | None:
        try:
            return self.portal.account(address)
        except TryLater:
            if attempts < PATIENCE:
                raise
            return None

    def _named(self, who: Person, *, attempts: int) -> Person:
        try:
            return self.portal.person(who)
        except TryLater:
            if attempts < PATIENCE:
                raise
            return Person(id=who.id, name=who.name or UNNAMED, email=who.email)


def _baseline(state: FileState | None, review: Review | None) -> tuple[int | None, datetime | None]:
    """Return the version, and the moment in it, whose editors are known or have been reviewed."""
    if review is not None and review.version_to is not None:
        return review.version_to, review.modified_at
    return (state.version, state.modified_at) if state else (None, None)
