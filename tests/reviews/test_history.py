"""Each entry of the ledger in words, however it was spoilt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision
from reviews.ledger import history
from reviews.ledger.hash_chain import TYPES_OF_REVIEWS, EntryType
from reviews.review_request import ReviewRequest
from tests.reviews.desk import DANA, build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import HOSTILE, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_every_type_of_entry_on_a_review_has_its_sentence() -> None:
    assert set(history.SENTENCE_BY_ENTRY_TYPE) == TYPES_OF_REVIEWS


def test_a_life_is_told_from_its_beginning_to_its_end(desk: Desk) -> None:
    review = desk.open(event())
    request = ReviewRequest(review_id=review.id, person=make_proven_person(DANA))
    hand_over = desk.hand_over
    hand_over.snooze(request, until=desk.clock() + timedelta(days=1))
    hand_over.reassign(
        request, new_owner=make_proven_person(Reviewer(name="Juris Bite", email="juris@example.com"))
    )
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="one\ntwo", reviewer=_juris())
    )
    desk.answers.withdraw(
        ReviewRequest(review_id=review.id, person=make_proven_person(_juris(), identity=Identity.OIDC))
    )
    desk.answers.record_answer(build_answer_request(review, reviewer=_juris()))
    desk.portal.versions[review.file_id] = 9
    desk.open(event())

    with desk.transactions(reading=True) as work:
        entries = work.ledger.list_entries(review.id)
        page = work.ledger.list_entries(review.id, skip=2, limit=3)
    steps = list(map(history.describe_entry, entries))

    assert [step.sentence for step in steps] == [
        "Alice Moreau changed AML Policy 2026.docx. The review was opened for version 8.",
        "Dana Ozola snoozed the reminders.",
        "Dana Ozola reassigned the review to Juris Bite. Responsible since then: juris@example.com.",
        "Juris Bite requested changes to revision 1.",
        "Juris Bite withdrew their answer to revision 1.",
        "Juris Bite acknowledged revision 1, version 8. “I have reviewed this version.”",
        "The document changed again and has a newer review. This review is closed.",
    ]
    assert steps[3].note == ("one", "two")
    assert [step.proven for step in steps][4] == "verified by sign-in"
    assert steps[1].until is not None
    assert all(step.at is not None for step in steps)
    assert page == entries[2:5]


def test_an_entry_of_a_type_to_come_is_told_as_such() -> None:
    step = history.describe_entry({"type": "review:sung", "at": "2026-03-09T14:05:12.000000Z"})

    assert "doesn't know this type" in step.sentence


@pytest.mark.parametrize("kind", sorted(TYPES_OF_REVIEWS))
def test_a_hostile_entry_is_one_line(kind: EntryType) -> None:
    who = {"name": HOSTILE, "email": HOSTILE}
    texts = dict.fromkeys(("title", "path", "at", "reason"), HOSTILE)
    people = {**dict.fromkeys(("reviewer", "by", "to"), who), "contributors": [who]}
    entry = {"type": kind, **texts, **people, "owners": [HOSTILE], "whom": [HOSTILE]}

    step = history.describe_entry(entry)

    assert "\n" not in step.sentence
    assert step.at is None


anything = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
members = (
    "reviewer",
    "by",
    "to",
    "owners",
    "whom",
    "number",
    "contributors",
    "at",
    "until",
    "version_to",
    "note",
    "kind",
    "unanswered",
    "what",
    "target",
    "reason",
)


@given(
    kind=st.sampled_from(sorted(TYPES_OF_REVIEWS)),
    spoilt=st.dictionaries(st.sampled_from(members), anything),
)
def test_a_spoilt_entry_is_told_all_the_same(kind: EntryType, spoilt: dict[str, Any]) -> None:
    assert history.describe_entry({"type": kind, **spoilt}).sentence


def _juris() -> Reviewer:
    return Reviewer(name="Juris Bite", email="juris@example.com")
