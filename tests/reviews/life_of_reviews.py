"""What people, the clock and a channel may do about the reviews of two files, as rules for Hypothesis."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from reviews.errors import Conflict, Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.quorum import list_valid_answers
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.life_of_files import Files, files
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review


class Reviews(Files):
    def __init__(self, address: str, *, required: int = 1) -> None:
        super().__init__(address, required=required)
        self.seen: list[Review] = []
        self.taken = 0
        self.handed_over: list[tuple[str, str]] = []

    @rule(
        file=files,
        address=st.sampled_from([OWNER, DEPUTY, ALICE.email]),
        decision=st.sampled_from(list(Decision)),
    )
    def click(self, file: str, address: str, decision: Decision) -> None:
        for review in self.desk.reviews():
            if review.file_id == file:
                self._answer(review, address, decision)
                self._answer(review, address, decision)

    @rule(file=files, address=st.sampled_from([OWNER, DEPUTY, ALICE.email, BOB.email]))
    def withdraw(self, file: str, address: str) -> None:
        for review in self._reviews_of(file):
            self.desk.clock.advance(seconds=1)
            before = [answer for answer in list_valid_answers(review) if answer.reviewer.email == address]
            may = review.superseded_by is None and bool(before)
            assert (
                self._is_taken(
                    partial(self.desk.answers.withdraw, make_review_request(review, make_reviewer(address)))
                )
                == may
            )

    @rule(
        file=files,
        address=st.sampled_from([OWNER, DEPUTY, ALICE.email, BOB.email]),
        to=st.sampled_from([OWNER, DEPUTY, ALICE.email, BOB.email]),
    )
    def reassign(self, file: str, address: str, to: str) -> None:
        for review in self._reviews_of(file):
            review_request, heir = (
                make_review_request(review, make_reviewer(address)),
                make_proven_person(Reviewer(name="To", email=to)),
            )
            act = partial(self.desk.hand_over.reassign, review_request, new_owner=heir)
            authors = {who.email for who in review.contributors}
            may = review.state is ReviewState.OPEN and address in {*review.owners, OWNER, DEPUTY}
            assert self._is_taken(act) == (may and to not in {*authors, *review.owners})
            self.handed_over += [(review.id, "reassigned")] * (may and to not in {*authors, *review.owners})

    @rule(
        file=files,
        address=st.sampled_from([OWNER, DEPUTY, ALICE.email]),
        days=st.sampled_from([0, 1, 30, 31]),
    )
    def snooze(self, file: str, address: str, days: int) -> None:
        until = self.desk.clock() + timedelta(days=days)
        for review in self._reviews_of(file):
            act = partial(
                self.desk.hand_over.snooze, make_review_request(review, make_reviewer(address)), until=until
            )
            may = review.state is ReviewState.OPEN and address in {*review.owners, OWNER, DEPUTY}
            assert self._is_taken(act) == (may and 0 < days <= 30)
            self.handed_over += [(review.id, "snoozed")] * (may and 0 < days <= 30)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), address=st.sampled_from([OWNER, DEPUTY]))
    def click_on_a_card_seen_earlier(self, data: st.DataObject, address: str) -> None:
        self._answer(data.draw(st.sampled_from(self.seen)), address, Decision.ACKNOWLEDGE)

    @rule(seconds=st.sampled_from([0, 30, 90, 3600 * 30]))
    def look_at_the_clock(self, seconds: int) -> None:
        self.desk.clock.advance(seconds=seconds)
        self.desk.look()
        self.desk.look()

    @rule()
    def draw(self) -> None:
        self.desk.deliver_all()
        self.seen += self.desk.reviews()

    def _reviews_of(self, file: str) -> list[Review]:
        return [review for review in self.desk.reviews() if review.file_id == file]

    def _is_taken(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Refused:
            return False
        return True

    def _answer(self, review: Review, address: str, decision: Decision) -> None:
        note = "too old" if decision is Decision.REQUEST_CHANGES else None
        try:
            self.desk.answers.record_answer(
                build_answer_request(review, reviewer=make_reviewer(address), decision=decision, note=note)
            )
        except (Refused, Conflict):
            return
        self.taken += 1


def make_reviewer(address: str) -> Reviewer:
    return Reviewer(name=address, email=address)
