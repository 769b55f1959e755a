"""Files that join a bulk review, and files that change in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviews.absences.stand_in_updates import update_stand_ins
from reviews.acts import merge_acts, merge_people
from reviews.bulk import BULK_ID_PREFIX
from reviews.bulk_reviews.file_views import make_bulk_file
from reviews.errors import Conflict
from reviews.kinds import ChangeKind, ReviewState
from reviews.ladder.next_look import find_next_look
from reviews.ledger import bulk_entries, ledger_entries
from reviews.ledger.unanswered_revisions import JOINED_BULK_REVIEW, describe_unanswered
from reviews.model import Review
from reviews.ports.gatherings import start_gathering
from reviews.quorum import list_valid_answers
from reviews.routes.route import is_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from reviews.acts import Act
    from reviews.bulk import BulkFile
    from reviews.changes.change import Change
    from reviews.clock import Clock
    from reviews.identity import Person
    from reviews.ports.gatherings import Arrival, Gathering
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_BULK_PEOPLE = 100
"""Largest number of people that a bulk review names, besides all those who may answer it."""


@dataclass(frozen=True, kw_only=True)
class Joining:
    """Opens bulk reviews and updates them with their files.

    A join costs the same whether the review has two files or ten thousand: the totals on a card are counted
    as files join.
    """

    clock: Clock
    new_id: Callable[[], str]
    routes: Routes

    def open_review(
        self, work: UnitOfWork, change: Change, cause: str, file: BulkFile, *, over: list[str]
    ) -> Review:
        """Open a bulk review that has no file yet."""
        now, route, review_id = self.clock(), change.route, self.new_id()
        review = Review(
            id=review_id,
            route=route.name,
            state=ReviewState.OPEN,
            revision=0,
            kind=ChangeKind.BULK,
            file_id=f"{BULK_ID_PREFIX}{review_id}",
            link=None,
            version_from=None,
            version_to=None,
            modified_at=None,
            contributors=(),
            owners=route.owners,
            private=route.private,
            opened_at=now,
            changed_at=now,
            due_at=route.working_hours.add_working_time(now, route.due)
            if route.due and route.working_hours
            else None,
            required=route.count_required(()),
            content=False,
            **_describe_folder(work, file.folders, path=file.path, route=route),
        )
        review = replace(review, remind_at=find_next_look(review, route, now))
        work.reviews.add(review)
        gathering = start_gathering(review_id, route.name, cause, arrived=change.arrived_at or now, now=now)
        work.gatherings.start(gathering, ended_ids=over)
        work.ledger.append(ledger_entries.build_opened(review, []))
        review = update_stand_ins(work, review, self.routes, at=now)
        targets = [(target.notifier, target.address) for target in route.notify]
        work.cards.owe(review_id, targets, caused_at=change.arrived_at)
        return review

    def add_file(
        self,
        work: UnitOfWork,
        review: Review,
        route: Route,
        file: BulkFile,
        *,
        arrived: datetime,
        events: list[int],
    ) -> Review:
        """Add a file to an open bulk review."""
        gathering = self._require_gathering(work, review)
        now = self.clock()
        file = replace(file, joined_at=now)
        after = self._extend_review(work, review, route, file, now)
        if not work.reviews.revise(after):
            raise Conflict(f"review {review.id} changed meanwhile")
        work.bulk_files.add_file(review if gathering.count else replace(review, folders=()), file)
        work.gatherings.save(gathering.add_file(file.kind, arrived, now))
        work.ledger.append(bulk_entries.build_joined(after, file, events, before=review))
        work.cards.redraw_if_not_due(review.id)
        return self._update_stand_ins(work, review, after)

    def revise_file(
        self,
        work: UnitOfWork,
        file_view: Review,
        route: Route,
        file: BulkFile,
        *,
        events: list[int],
        cause: ChangeKind,
    ) -> Review:
        """Update a file that changed again while its bulk review is open; `cause` is the kind of change."""
        review = work.reviews.lock(file_view.id)
        if review is None:
            raise Conflict(f"review {file_view.id} is gone")
        before = work.bulk_files.get(review.id, file.file_id)
        if before is None or before.apart is not None or review.state is not ReviewState.OPEN:
            raise Conflict(f"review {review.id} changed meanwhile")
        file = replace(file, joined_at=before.joined_at, position=before.position)
        after = self._extend_review(work, review, route, file, self.clock())
        if not work.reviews.revise(after):
            raise Conflict(f"review {review.id} changed meanwhile")
        work.bulk_files.update_file(review, file)
        work.gatherings.save(self._require_gathering(work, review).change_kind(before.kind, file.kind))
        unanswered = describe_unanswered(work, review, cause=cause.value, at=after.changed_at, file=before)
        work.ledger.append(
            bulk_entries.build_revised(after, file, events, before=review, unanswered=unanswered)
        )
        work.cards.redraw_if_not_due(review.id)
        return self._update_stand_ins(work, review, after)

    def relabel_file(self, work: UnitOfWork, file_view: Review, file: BulkFile) -> bool:
        """Store the current title and place of a file in an open bulk review; its revision stays.

        Return whether the ledger has another title or place of it now.
        """
        before = work.bulk_files.get(file_view.id, file.file_id)
        review = work.reviews.lock(file_view.id)
        if review is None or before is None or before.apart is not None:
            return False
        after = replace(file, joined_at=before.joined_at, position=before.position)
        if after != before:
            work.bulk_files.update_file(review, after)
            work.ledger.append(bulk_entries.build_relabelled(review, after, at=self.clock()))
            work.cards.redraw_if_not_due(review.id)
        return (after.title, after.path) != (before.title, before.path)

    def absorb(self, work: UnitOfWork, review: Review, route: Route, arrival: Arrival) -> Review:
        """Make a review of one file that has no answer part of a bulk review."""
        single = work.reviews.lock(arrival.review_id) if arrival.review_id else None
        if single is None or single.kind is ChangeKind.BULK or not _is_unchanged(single):
            return review
        if not work.bulk_files.absorb(single.id, bulk_review_id=review.id):
            return review
        file = make_bulk_file(single, joined_at=self.clock())
        after = self.add_file(work, review, route, file, arrived=arrival.arrived_at, events=[])
        unanswered = describe_unanswered(work, single, cause=JOINED_BULK_REVIEW, at=after.changed_at)
        work.ledger.append(ledger_entries.build_absorbed(single, after, unanswered=unanswered))
        work.cards.redraw_later(single.id)
        return after

    def _update_stand_ins(self, work: UnitOfWork, before: Review, after: Review) -> Review:
        """Pass over stand-ins who changed one of the files: only a new contributor or an answer matters."""
        if after.contributors == before.contributors and not before.answers:
            return after
        return update_stand_ins(work, after, self.routes, at=after.changed_at)

    def _extend_review(
        self, work: UnitOfWork, review: Review, route: Route, file: BulkFile, now: datetime
    ) -> Review:
        """Return a bulk review at its next revision, with the facts of one more file."""
        contributors = _limit_contributors(review.contributors, file.contributors, route)
        delays = [each for each in (review.seen_late, file.seen_late) if each is not None]
        labels: dict[str, Any] = {}
        if review.folders != file.folders[: len(review.folders)]:
            labels = _describe_folder(
                work, _find_common_folders(review.folders, file.folders), path="", route=route
            )
        return replace(
            review,
            revision=review.revision + 1,
            changed_at=now,
            content=review.content or file.content,
            private=is_private(review, route),
            contributors=contributors,
            acts=_limit_acts(merge_acts((*review.acts, *file.acts))),
            required=route.count_required(contributors),
            seen_late=max(delays, default=None),
            **labels,
        )

    def _require_gathering(self, work: UnitOfWork, review: Review) -> Gathering:
        gathering = work.gatherings.get(review.id)
        if gathering is None:
            raise Conflict(f"review {review.id} gathers no files")
        return gathering


def is_untouched(review: Review) -> bool:
    """Return whether a review is open without a valid answer."""
    return review.state is ReviewState.OPEN and not list_valid_answers(review)


def _is_unchanged(review: Review) -> bool:
    """Return whether a review was not answered, reassigned or snoozed; what people did must stay."""
    return is_untouched(review) and review.last_reassignment is None and review.snoozed_until is None


def _limit_contributors(
    contributors: tuple[Person, ...], added: Iterable[Person], route: Route
) -> tuple[Person, ...]:
    """Return the people that the review names: a limited number, and all of those who may answer it."""
    merged = merge_people((*contributors, *added))
    if len(merged) <= MAX_BULK_PEOPLE:
        return merged
    other_answerers = (
        person
        for person in merged[MAX_BULK_PEOPLE:]
        if (person.email or "").casefold() in route.answerer_addresses
    )
    return (*merged[:MAX_BULK_PEOPLE], *other_answerers)


def _limit_acts(acts: Iterable[Act]) -> tuple[Act, ...]:
    return tuple(replace(act, people=act.people[:MAX_BULK_PEOPLE]) for act in acts)


def _find_common_folders(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders, from the top down, that two files have in common."""
    common_count = 0
    while common_count < min(len(first), len(second)) and first[common_count] == second[common_count]:
        common_count += 1
    return first[:common_count]


def _describe_folder(
    work: UnitOfWork, folders: tuple[str, ...], *, path: str, route: Route
) -> dict[str, Any]:
    """Return the title and place of the folder that the files have in common.

    `path` is that of the folder itself, in words, for a folder whose place is not stored yet.
    """
    place = work.folders.get_place_before(folders[-1]) if folders else None
    if place is not None:
        parent = place.parent
        return {
            "title": place.folders[-1][1],
            "path": parent.path if parent.folders else "",
            "folders": folders,
        }
    parent_path, _, title = path.rpartition(" / ")
    return {"title": title or route.name, "path": parent_path, "folders": folders}
