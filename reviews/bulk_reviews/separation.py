"""Taking single files out of a bulk review, for separate reviews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.absences.stand_in_updates import update_stand_ins
from reviews.answers.permission import permit_separation, require_review
from reviews.bulk_reviews.file_views import get_file_facts
from reviews.comparisons.requests import request_comparison
from reviews.errors import Conflict, RefusalReason, Refused
from reviews.kinds import ReviewState
from reviews.ladder.next_look import find_next_look
from reviews.language import _
from reviews.ledger import bulk_entries, ledger_entries
from reviews.ledger.unanswered_revisions import TAKEN_OUT, describe_unanswered
from reviews.model import Review
from reviews.repeated_requests import RepeatedRequest, refuse_repeat, require_first_request
from reviews.routes.route import is_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.answers.permission import Permit
    from reviews.bulk import BulkFile
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class FileSeparation:
    """Gives a file of a bulk review a review of its own. Every refusal is a `Refused` with a sentence.

    The last file can't be taken out: the review is then about this file. A repeated request gets the review
    that it led to, or is refused again.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    new_id: Callable[[], str]
    wake: Callable[[], None] = lambda: None

    def check(self, review_request: ReviewRequest, *, file_id: str) -> BulkFile:
        """Return the file if this person may take it out now, else raise `Refused`."""
        with self.transactions(reading=True) as work:
            return self._check_file(work, require_review(work, review_request), review_request, file_id)[0]

    def separate(self, review_request: ReviewRequest, *, file_id: str) -> Review:
        """Take a file out of the requested open bulk review, and return the new review of that file."""
        try:
            separate_review = self._separate(review_request, file_id)
        except RepeatedRequest as repeat:
            return self._answer_repeat(review_request, file_id, repeat)
        self.wake()
        return separate_review

    def _answer_repeat(self, review_request: ReviewRequest, file_id: str, repeat: RepeatedRequest) -> Review:
        if repeat.refused:
            self.check(review_request, file_id=file_id)
            raise refuse_repeat()
        with self.transactions(reading=True) as work:
            file = work.bulk_files.get(review_request.review_id, file_id)
            separate_review = work.reviews.get(file.apart) if file and file.apart else None
        if separate_review is None:
            raise refuse_repeat()
        return separate_review

    def _separate(self, review_request: ReviewRequest, file_id: str) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, review_request.request_name, at=now):
                review = require_review(work, review_request, lock=True)
                file, permit = self._check_file(work, review, review_request, file_id)
            route = self.routes.find_route(review.route)
            separate_review = _build_review(review, file, route, review_id=self.new_id(), now=now)
            work.reviews.add(separate_review)
            if route is not None:
                request_comparison(work, separate_review, route)
            work.ledger.append(
                {**ledger_entries.build_opened(separate_review, []), "taken_out_of": review.id}
            )
            separate_review = update_stand_ins(work, separate_review, self.routes, at=now)
            work.cards.owe(separate_review.id, _list_targets(review, route))
            self._remove_file(
                work, review, file, permit, review_request=review_request, separate_review=separate_review
            )
            work.commit()
        return separate_review

    def _remove_file(
        self,
        work: UnitOfWork,
        review: Review,
        file: BulkFile,
        permit: Permit,
        *,
        review_request: ReviewRequest,
        separate_review: Review,
    ) -> None:
        """Update the bulk review without the file."""
        gathering = work.gatherings.get(review.id)
        if gathering is None or not work.bulk_files.mark_taken_apart(
            review.id, file.file_id, own_review_id=separate_review.id
        ):
            raise Conflict(f"review {review.id} changed meanwhile")
        work.gatherings.save(gathering.remove_file(file.kind))
        after = _remove_contributors(work, review, file, self.routes.find_route(review.route))
        after = replace(after, revision=review.revision + 1, changed_at=separate_review.opened_at)
        if not work.reviews.revise(after):
            raise Conflict(f"review {review.id} changed meanwhile")
        unanswered = describe_unanswered(work, review, cause=TAKEN_OUT, at=after.changed_at, file=file)
        entry = bulk_entries.build_taken_out(
            after,
            file,
            before=review,
            new_review=separate_review,
            actor=ledger_entries.describe_actor(permit.reviewer, review_request),
            unanswered=unanswered,
        )
        work.ledger.append(entry)
        update_stand_ins(work, after, self.routes, at=after.changed_at)
        work.cards.redraw(review.id)

    def _check_file(
        self, work: UnitOfWork, review: Review, review_request: ReviewRequest, file_id: str
    ) -> tuple[BulkFile, Permit]:
        """Return the file and the person who takes it out, or raise `Refused`."""
        authority = Authority(work=work, review=review, routes=self.routes, at=self.clock())
        permit = permit_separation(authority, review_request)
        file = work.bulk_files.get(review.id, file_id)
        if review.bulk is None or file is None:
            sentence = _("This file is not part of a bulk review.")
            raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
        if review.state is not ReviewState.OPEN:
            sentence = _("These files have been answered. None can be reviewed separately any more.")
            raise Refused(RefusalReason.ALREADY_ANSWERED, sentence)
        if file.apart is not None:
            sentence = _("This file already has its own review.")
            raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
        if review.bulk.count <= 1:
            sentence = _("This is the only file left. Answer the review itself.")
            raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
        return file, permit


def _build_review(
    review: Review, file: BulkFile, route: Route | None, *, review_id: str, now: datetime
) -> Review:
    """Return the separate review of one file of many: the owners and the due date stay the same."""
    separate_review = Review(
        **get_file_facts(file),
        id=review_id,
        route=review.route,
        state=ReviewState.OPEN,
        revision=1,
        owners=review.owners,
        reassigned_to=review.reassigned_to,
        private=is_private(review, route),
        opened_at=now,
        changed_at=now,
        due_at=review.due_at,
        required=route.count_required(file.contributors) if route else review.required,
    )
    return replace(separate_review, remind_at=find_next_look(separate_review, route, now))


def _remove_contributors(work: UnitOfWork, review: Review, file: BulkFile, route: Route | None) -> Review:
    """Return the review without those who contributed only to this file."""
    identified = [person for person in file.contributors if person.id or person.email]
    former_contributors = [
        person for person in identified if not work.bulk_files.count_contributed(review.id, [person])
    ]
    contributors = tuple(person for person in review.contributors if person not in former_contributors)
    required = route.count_required(contributors) if route else review.required
    return replace(review, contributors=contributors, required=required)


def _list_targets(review: Review, route: Route | None) -> list[tuple[str, str]]:
    """Return the targets of the review's own cards, else those of its route."""
    cards = [(card.notifier, card.target) for card in review.cards]
    return cards or [(target.notifier, target.address) for target in (route.notify if route else ())]
