"""What people open of a review through our links: the first time of each, and what an answer says of it.

An opening is no claim that the person read what they opened (decision 70).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviews.absences.authority import Authority
from reviews.errors import RemoteError
from reviews.identity import Identity
from reviews.kinds import ReviewState
from reviews.ledger.ledger_entries import format_moment
from reviews.opening import OpenedItem, OpenedRevision, Opening
from reviews.people.docspace_accounts import recognize
from reviews.people.person_digests import list_person_digests
from reviews.ports.reports import OpeningNotRecorded, ignore_report
from reviews.privacy.channel_visibility import redact_for_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson, Reviewer
    from reviews.model import Review
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class Openings:
    """Records what people open. Only the first time is stored; a later one costs a read.

    Attributes:
        outage_errors: Errors that mean an unavailable database.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    outage_errors: tuple[type[Exception], ...] = ()
    report: Callable[[Report], None] = ignore_report

    def record(self, opened: OpenedRevision, person: ProvenPerson, *items: OpenedItem) -> None:
        """Record that a person opened these items, while the review is open at the revision they opened.

        A person about whom nothing is proven is not recorded.
        """
        if not _is_proven(person):
            return
        with self.skip_in_outage(opened.review_id):
            self._record_first(opened, person, items)

    def record_click(self, review_request: ReviewRequest, revision: int) -> None:
        """Record a click on the link to the document of a card, by a person who may see all of it."""
        opened = OpenedRevision(review_id=review_request.review_id, revision=revision)
        with self.skip_in_outage(opened.review_id):
            if self._is_open_to(review_request, revision):
                self.record(opened, review_request.person, OpenedItem.DOCUMENT)

    @contextmanager
    def skip_in_outage(self, review_id: str) -> Iterator[None]:
        """Leave an opening out with a report, if the database or a remote service is unavailable.

        Nothing fails because of it; an error of any other kind is a bug, and raised.
        """
        expected: tuple[type[Exception], ...] = (RemoteError, *self.outage_errors)
        try:
            yield
        except expected as error:
            self.report(OpeningNotRecorded(review_id=review_id, reason=type(error).__name__))

    def _is_open_to(self, review_request: ReviewRequest, revision: int) -> bool:
        """Return whether the review is open at this revision, in the clicked place, and not redacted."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_request.review_id)
            if review is None or review.state is not ReviewState.OPEN or review.revision != revision:
                return False
            places = {None, *((card.notifier, card.target) for card in review.cards)}
            seen = redact_for_reader(
                Authority(work=work, review=review, routes=self.routes, at=self.clock()),
                review_request.person,
            )
        return review_request.place in places and not seen.redacted

    def _record_first(
        self, opened: OpenedRevision, person: ProvenPerson, items: Iterable[OpenedItem]
    ) -> None:
        digests, now = list_person_digests(person.aliases), self.clock()
        with self.transactions(reading=True) as work:
            stored = work.openings.list_first(opened.review_id, opened.revision, digests, until=now)
        missing = set(items) - {opening.item for opening in stored}
        if not missing:
            return
        with self.transactions() as work:
            all_digests = list_person_digests(recognize(work, person))
            openings = [Opening(item=item, at=now) for item in missing]
            work.openings.add(opened.review_id, opened.revision, all_digests, openings)
            work.commit()


def describe_openings(
    work: UnitOfWork, review: Review, person: ProvenPerson, *, aliases: Iterable[Reviewer], until: datetime
) -> dict[str, Any]:
    """Return the member of an answer's entry that says when this person first opened what, up to a time.

    They are recognized by their `aliases`. Nothing is returned for a person who is not proven.
    """
    if not _is_proven(person):
        return {}
    digests = list_person_digests(aliases)
    openings = work.openings.list_first(review.id, review.revision, digests, until=until)
    first_times = {opening.item: opening.at for opening in openings}
    return {"opened": {item.value: format_moment(first_times.get(item)) for item in OpenedItem}}


def _is_proven(person: ProvenPerson) -> bool:
    return person.identity is not Identity.LINK and bool(person.addresses or person.chat_ids)
