"""A file is taken out of a bulk review by a person who may answer, and reviewed apart from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState, StepAction
from reviews.routes.ladder import LadderStep
from reviews.routes.working_time import WorkingHours
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import files_of, flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import ALICE, DEPUTY, OWNER, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

OWNERS_ACCOUNT = Person(id="o1", name="Dana Ozola", email=OWNER)
SAM = Reviewer(name="Sam Ito", email=DEPUTY)
STRANGER = Reviewer(name="Kim", email="kim@example.com")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one."""
    desk.follow(routes(bulk=3))
    return desk


@pytest.fixture
def many(desk: Desk) -> Review:
    return flood(desk, 5)


def now(desk: Desk, review: Review) -> Review:
    with desk.transactions(reading=True) as work:
        current = work.reviews.get(review.id)
    assert current is not None
    return current


def test_a_file_that_is_taken_out_has_a_review_and_cards_of_its_own(desk: Desk, many: Review) -> None:
    apart = desk.separation.separate(make_review_request(many), file_id="f001")
    desk.deliver_all()

    assert (apart.file_id, apart.kind, apart.version_to) == ("f001", ChangeKind.CONTENT, 8)
    assert (apart.owners, apart.due_at) == (many.owners, many.due_at)
    assert desk.latest("f001").id == apart.id
    after = now(desk, many)
    assert after.revision == many.revision + 1
    assert after.bulk is not None
    assert after.bulk.count == 4
    assert len(desk.paper.posts) == 4  # of both reviews, in both channels
    [*_, opened, taken_out] = desk.entries()
    assert (opened["type"], opened["taken_out_of"]) == ("review:opened", many.id)
    assert (taken_out["type"], taken_out["to"], taken_out["file_id"]) == (
        "review:taken_out",
        apart.id,
        "f001",
    )
    assert taken_out["by"]["email"] == OWNER
    assert desk.verdict().intact


def test_the_whole_and_the_file_are_answered_each_by_itself(desk: Desk, many: Review) -> None:
    apart = desk.separation.separate(make_review_request(many), file_id="f001")

    desk.answers.record_answer(build_answer_request(now(desk, many)))
    desk.answers.record_answer(build_answer_request(apart, decision=Decision.REQUEST_CHANGES, note="no"))

    assert desk.latest("f000").state is ReviewState.ACKNOWLEDGED
    assert desk.latest("f001").state is ReviewState.CHANGES_REQUESTED
    assert desk.verdict().intact


def test_someone_who_saw_the_file_among_the_others_is_refused(desk: Desk, many: Review) -> None:
    desk.separation.separate(make_review_request(many), file_id="f001")

    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(build_answer_request(many))

    assert refused.value.reason is RefusalReason.STALE


def test_a_deputy_may_take_a_file_out_and_a_stranger_may_not(desk: Desk, many: Review) -> None:
    desk.separation.separate(make_review_request(many, SAM), file_id="f001")

    with pytest.raises(Refused) as refused:
        desk.separation.separate(make_review_request(many, STRANGER), file_id="f002")

    assert refused.value.reason is RefusalReason.NOT_ALLOWED


def test_holding_the_link_is_not_enough(desk: Desk, many: Review) -> None:
    with pytest.raises(Refused) as refused:
        desk.separation.separate(make_review_request(many, identity=Identity.LINK), file_id="f001")

    assert refused.value.reason is RefusalReason.UNPROVEN


@pytest.mark.parametrize("file", ["f001", "unknown"])
def test_what_is_not_in_there_can_not_be_taken_out(desk: Desk, many: Review, file: str) -> None:
    desk.separation.separate(make_review_request(many), file_id="f001")

    with pytest.raises(Refused) as refused:
        desk.separation.separate(make_review_request(many), file_id=file)

    assert refused.value.reason is RefusalReason.NOTHING_TO_DO


def test_nothing_can_be_taken_out_of_what_was_answered(desk: Desk, many: Review) -> None:
    desk.answers.record_answer(build_answer_request(many))

    with pytest.raises(Refused) as refused:
        desk.separation.separate(make_review_request(many), file_id="f001")

    assert refused.value.reason is RefusalReason.ALREADY_ANSWERED


def test_the_last_file_stays(desk: Desk, many: Review) -> None:
    for file in names(4):
        desk.separation.separate(make_review_request(many), file_id=file)

    with pytest.raises(Refused) as refused:
        desk.separation.separate(make_review_request(many), file_id="f004")

    assert refused.value.reason is RefusalReason.NOTHING_TO_DO
    desk.answers.record_answer(build_answer_request(now(desk, many)))
    assert desk.verdict().intact


def test_a_request_that_comes_again_takes_nothing_more_out(desk: Desk, many: Review) -> None:
    asked = make_review_request(many, request_name="slack:1")
    first = desk.separation.separate(asked, file_id="f001")

    again = desk.separation.separate(asked, file_id="f001")

    assert again.id == first.id
    assert [file.apart for file in files_of(desk, many)].count(None) == 4


def test_a_request_that_was_refused_takes_nothing_out_later(desk: Desk, many: Review) -> None:
    asked = make_review_request(many, STRANGER, request_name="slack:1")
    with pytest.raises(Refused):
        desk.separation.separate(asked, file_id="f001")
    desk.follow(routes(bulk=3, deputies=("kim@example.com",)))

    with pytest.raises(Refused) as refused:
        desk.separation.separate(asked, file_id="f001")

    assert refused.value.reason is RefusalReason.REPEATED


def test_a_file_that_was_taken_out_does_not_come_back(desk: Desk, many: Review) -> None:
    apart = desk.separation.separate(make_review_request(many), file_id="f001")
    desk.answers.record_answer(build_answer_request(apart))
    desk.portal.versions["f001"] += 1

    handle(desk, receive_events(desk, ["f001"], trigger="file.updated"))

    assert not desk.latest("f001").is_file_view
    assert desk.latest("f001").state is ReviewState.OPEN
    assert desk.verdict().intact


def test_files_that_were_taken_out_become_no_part_of_the_next_flood(desk: Desk, many: Review) -> None:
    desk.clock.advance(minutes=5)
    apart = [desk.separation.separate(make_review_request(many), file_id=file) for file in names(4)]
    desk.answers.record_answer(build_answer_request(now(desk, many)))

    handle(desk, receive_events(desk, ["later"]))

    assert [desk.latest(file).id for file in names(4)] == [each.id for each in apart]
    assert {desk.latest(file).state for file in names(4)} == {ReviewState.OPEN}
    assert desk.latest("later").kind is ChangeKind.CONTENT
    assert desk.verdict().intact


def test_an_owner_who_changed_a_file_can_not_acknowledge_the_whole_and_is_told_how_many(desk: Desk) -> None:
    desk.portal.people[OWNERS_ACCOUNT.id] = OWNERS_ACCOUNT
    desk.portal.coauthors["f002"] = [OWNERS_ACCOUNT]
    many = flood(desk, 5)

    with pytest.raises(Refused, match=r"You changed 1 of these 5 files yourself") as refused:
        desk.answers.record_answer(build_answer_request(many))

    assert refused.value.reason is RefusalReason.OWN_CHANGE
    assert "Have your own files reviewed separately" in refused.value.sentence


def test_an_owner_takes_their_own_file_out_and_answers_for_the_others(desk: Desk) -> None:
    desk.portal.people[OWNERS_ACCOUNT.id] = OWNERS_ACCOUNT
    desk.portal.coauthors["f002"] = [OWNERS_ACCOUNT]
    many = flood(desk, 5)

    apart = desk.separation.separate(make_review_request(many), file_id="f002")

    rest = now(desk, many)
    assert rest.contributors == (ALICE,)
    desk.answers.record_answer(build_answer_request(rest))
    with pytest.raises(Refused):
        desk.answers.record_answer(build_answer_request(apart))
    assert desk.verdict().intact


def test_who_wrote_any_file_is_known_however_many_people_there_were(desk: Desk) -> None:
    desk.portal.people[OWNERS_ACCOUNT.id] = OWNERS_ACCOUNT
    crowd = [Person(id=f"p{n:03}", name=f"P{n}", email=f"p{n}@example.com") for n in range(130)]
    desk.portal.people |= {who.id: who for who in crowd}
    desk.portal.coauthors["f000"] = crowd
    desk.portal.coauthors["f001"] = [OWNERS_ACCOUNT]
    desk.follow(routes(bulk=3, deputies=("p129@example.com",)))
    many = flood(desk, 4)
    assert len(many.contributors) == 102

    late = Reviewer(name="P129", email="p129@example.com")
    with pytest.raises(Refused, match="1 of these 4"):
        desk.answers.record_answer(build_answer_request(many, reviewer=late))
    with pytest.raises(Refused, match="1 of these 4"):
        desk.answers.record_answer(build_answer_request(many))


def test_after_a_withdrawal_files_that_were_reviewed_again_are_no_part_of_it(
    desk: Desk, many: Review
) -> None:
    desk.answers.record_answer(build_answer_request(many))
    desk.portal.versions["f001"] += 1
    desk.clock.advance(hours=1)
    handle(desk, receive_events(desk, ["f001"], trigger="file.updated"))

    review = desk.answers.withdraw(make_review_request(many))

    [again] = list_bulk_reviews(desk)
    assert review == again
    assert again.state is ReviewState.OPEN
    assert again.bulk is not None
    assert again.bulk.count == 4
    assert not desk.latest("f001").is_file_view
    assert desk.verdict().intact


def test_a_handed_over_review_stays_whose_it_is(desk: Desk, many: Review) -> None:
    desk.hand_over.reassign(
        make_review_request(many),
        new_owner=make_review_request(many, replace(SAM, email="heir@example.com")).person,
    )

    apart = desk.separation.separate(make_review_request(many), file_id="f001")

    assert apart.owners == ("heir@example.com",)


def test_an_answer_stands_when_all_files_were_reviewed_again(desk: Desk, many: Review) -> None:
    desk.answers.record_answer(build_answer_request(many))
    for file in (each.file_id for each in files_of(desk, many)):
        desk.portal.versions[file] += 1
        desk.clock.advance(hours=1)
        handle(desk, receive_events(desk, [file], trigger="file.updated"))

    with pytest.raises(Refused) as refused:
        desk.answers.withdraw(make_review_request(many))

    assert refused.value.reason is RefusalReason.SUPERSEDED
    assert [review.state for review in list_bulk_reviews(desk)] == [ReviewState.ACKNOWLEDGED]


def test_a_file_that_is_taken_out_is_compared_as_the_others_are_not(desk: Desk, many: Review) -> None:
    apart = desk.separation.separate(make_review_request(many), file_id="f001")

    with desk.transactions(reading=True) as work:
        requested = {each: work.comparisons.get(each) is not None for each in (apart.id, many.id)}
    assert requested == {apart.id: True, many.id: False}


@pytest.mark.parametrize(
    "after_deadline", [timedelta(minutes=30), timedelta(minutes=-1)], ids=["late", "in time"]
)
def test_a_file_that_is_taken_out_at_the_deadline_has_all_the_time_of_the_later_steps(
    desk: Desk, after_deadline: timedelta
) -> None:
    hours = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
    steps = (
        LadderStep(after=100, action=StepAction.ESCALATE, to="deputies"),
        LadderStep(after=150, action=StepAction.ESCALATE, to="lead@example.com"),
        LadderStep(after=200, action=StepAction.LAPSE),
    )
    desk.follow(routes(bulk=3, due=timedelta(hours=2), working_hours=hours, ladder=steps))
    many = flood(desk, 5)
    assert many.due_at is not None
    desk.clock.now = many.due_at + after_deadline
    apart = desk.separation.separate(make_review_request(many), file_id="f001")

    labels = []
    for after in (timedelta(minutes=59), timedelta(hours=1), timedelta(hours=2)):
        desk.clock.now = max(desk.clock.now, many.due_at + after)
        desk.look()
        step = now(desk, apart).last_step
        labels.append(step.after if step else None)
    assert labels == ["100%", "150%", "200%"]
    assert desk.verdict().intact
