"""What holds at each step of the life of two files and their reviews, and in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis.stateful import invariant

from reviews.kinds import ChangeKind, Decision, EventState, ReviewState
from reviews.quorum import list_valid_answers
from tests.pack.agreement import assert_pack_agrees
from tests.reviews.life_of_reviews import Reviews
from tests.reviews.samples import ELSEWHERE, START, WATCHED
from tests.reviews.unanswered import assert_unanswered_is_recorded
from tests.store.recount import assert_sums_agree

if TYPE_CHECKING:
    from reviews.model import Review

GONE = {ChangeKind.TRASHED, ChangeKind.DELETED}


class ReviewLife(Reviews):
    """By one portal, one channel and three people."""

    def teardown(self) -> None:
        while self.on_their_way:
            self.receive(self.on_their_way.pop())
        self.desk.clock.advance(minutes=1)
        for stored in self.desk.events():
            self._settle(stored.id)
        assert all(each.state is not EventState.RECEIVED for each in self.desk.events())
        for file in {each.file_id for each in self.delivered}:
            self._is_under_review(file)
        self.desk.deliver_all()
        self.desk.deliver_all()
        for review in self.desk.reviews():
            assert all(card.finished_drawing == card.requested_drawing for card in review.cards)
        assert len(self.desk.paper.posts) == 2 * len(self.desk.reviews())
        assert_pack_agrees(self.engine)
        self.engine.dispose()

    @invariant()
    def every_review_has_as_many_answers_as_it_takes_and_says_so(self) -> None:
        for review in self.desk.reviews():
            answers = list_valid_answers(review)
            adverse = [each for each in answers if each.decision is Decision.REQUEST_CHANGES]
            assert len({each.reviewer.email for each in answers}) == len(answers) <= self.required
            assert len(adverse) <= 1
            ended = bool(adverse) or len(answers) == self.required
            assert ended == (review.state is not ReviewState.OPEN)
            assert (
                all(answer.withdrawn_at or answer in answers for answer in review.answers)
                or self.required > 1
            )

    @invariant()
    def every_change_of_state_has_one_entry_and_the_chain_holds(self) -> None:
        logged = [(entry["review_id"], entry["type"].split(":")[1]) for entry in self.desk.entries()]
        expected = []
        for review in self.desk.reviews():
            expected += [(review.id, "opened"), *[(review.id, "revised")] * (review.revision - 1)]
            expected += [(review.id, answer.decision.outcome.value) for answer in review.answers]
            expected += [(review.id, "withdrawn") for answer in review.answers if answer.withdrawn_at]
            expected += [(review.id, "superseded")] * (review.superseded_by is not None)
            expected += [(review.id, "reminded")] * review.reminders
            expected += [(review.id, "lapsed")] * (review.lapsed_at is not None)
            expected += [(review.id, "followed_up")] * review.follow_ups
        escalated = [each for each in logged if each[1] == "escalated"]
        assert sorted(set(escalated)) == sorted(escalated)
        assert {review_id for review_id, _ in escalated} <= {
            review.id for review in self.desk.reviews() if review.lapsed_at is not None
        }
        assert sorted(logged) == sorted(expected + escalated + self.handed_over)
        assert self.desk.verdict().intact
        assert sum(len(review.answers) for review in self.desk.reviews()) == self.taken

    @invariant()
    def each_revision_that_ended_was_answered_or_is_recorded_as_unanswered(self) -> None:
        assert_unanswered_is_recorded(self.desk)

    @invariant()
    def each_open_review_with_a_deadline_is_looked_at_until_it_has_lapsed(self) -> None:
        for review in self.desk.reviews():
            if review.state is ReviewState.OPEN and review.due_at and review.lapsed_at is None:
                assert review.remind_at is not None

    @invariant()
    def what_is_told_beside_cards_is_told_once(self) -> None:
        counts = Counter((target, notice.key) for target, notice in self.desk.paper.notices)
        owed = Counter((post.review_id, post.target, post.cause) for post in self.desk.notices())
        assert max([*counts.values(), *owed.values()], default=1) == 1

    @invariant()
    def only_the_newest_review_of_a_file_is_not_superseded(self) -> None:
        newest = {review.file_id: review.id for review in reversed(self.desk.reviews())}
        for review in self.desk.reviews():
            assert (review.superseded_by is None) == (newest[review.file_id] == review.id)
            assert review.superseded_by is None or review.state is not ReviewState.OPEN

    @invariant()
    def the_figures_of_each_day_are_those_of_the_reviews(self) -> None:
        assert_sums_agree(self.engine)

    def _settle(self, number: int) -> None:
        for _ in range(5):
            if self.desk.intake.process(number) is None:
                return
        raise AssertionError(f"event {number} does not come to an end")

    def _is_under_review(self, file: str) -> None:
        """The newest review of a file covers its newest content, and what is known of it is so."""
        reviews = [review for review in self.desk.reviews() if review.file_id == file]
        with self.desk.transactions(reading=True) as work:
            file_state = work.files.get(file)
        was_ever_inside = any(each.parent_id == WATCHED for each in self.delivered if each.file_id == file)
        if not was_ever_inside:
            assert (reviews, file_state) == ([], None)
        elif self.parents[file] == ELSEWHERE and not self._can_change(file):
            assert file_state is None or reviews  # gone elsewhere: no longer known, so a reviewer looks
        elif self.parents[file] == ELSEWHERE:
            assert file_state is None
            assert not reviews or reviews[0].kind is ChangeKind.MOVED_OUT
        elif not self._can_change(file):
            assert reviews[0].kind in GONE
            assert file_state is not None
        else:
            now = self.desk.portal.get_file(file)
            assert now is not None
            assert file_state == replace(now, as_of=file_state.as_of if file_state else None)
            covered = (reviews[0].version_to, reviews[0].modified_at, reviews[0].title)
            assert covered == (now.version, now.modified_at, now.title)
            self._knows_its_authors(file, reviews)

    def _knows_its_authors(self, file: str, reviews: list[Review]) -> None:
        """Each person who wrote something since the last acknowledged content is among the contributors."""
        acknowledged = [
            each for each in reviews if each.state is ReviewState.ACKNOWLEDGED and each.version_to
        ]
        last = acknowledged[0] if acknowledged else None
        reviewed = (last.version_to, last.modified_at) if last else (0, START)
        authors = {who.id for version, at, who in self.desk.portal.history[file] if (version, at) > reviewed}
        since = reviews[: reviews.index(last)] if last else reviews
        named = {who.id for review in since for who in review.contributors}
        if all(each.parent_id == WATCHED for each in self.delivered if each.file_id == file):
            assert authors <= named
