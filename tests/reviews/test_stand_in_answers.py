"""What a person may do who stands in for an owner or deputy who is away."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.people.answerers import find_answering_deputies
from reviews.people.stand_ins import list_stand_ins
from tests.reviews.absences import hand_over, leave
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, review, route, routes
from tests.reviews.stand_ins import DANA, ILZE, JURIS, make_stand_in, put_stand_ins, remember_names
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Answer, Review, StandIn
    from tests.reviews.desk import Desk

AT_DEPUTYS = Reviewer(name="Deputy", email=DEPUTY)
STRANGER = Reviewer(name="Eve Example", email="eve@example.com")


def opened(desk: Desk, *stand_ins: StandIn, **rule: object) -> Review:
    """Open a review of which Ilze stands in for Dana, or these people."""
    desk.follow(routes(**rule))
    current = desk.open(event())
    return put_stand_ins(desk, current, *(stand_ins or (make_stand_in(),)))


def list_answerers(desk: Desk, current: Review) -> tuple[str, ...]:
    with desk.transactions(reading=True) as work:
        return desk.find_authority(work, current).list_answerers()


def record(desk: Desk, current: Review, who: Reviewer, **more: object) -> Answer:
    return desk.answers.record_answer(build_answer_request(current, reviewer=who, **more)).answers[-1]


def refusal(desk: Desk, current: Review, who: Reviewer, **more: object) -> Refused:
    with pytest.raises(Refused) as refused:
        record(desk, current, who, **more)
    return refused.value


@pytest.mark.parametrize("required", [1, None])
def test_a_stand_in_answers_for_the_owner_who_is_away(desk: Desk, required: int | None) -> None:
    current = opened(desk, required=required)

    answer = record(desk, current, ILZE)

    after = desk.latest(current.file_id)
    assert (answer.owner, answer.stand_in_for, answer.reviewer.email) == (OWNER, OWNER, ILZE.email)
    assert after.state is ReviewState.ACKNOWLEDGED
    assert after.answers[-1].stand_in_for == OWNER
    assert desk.verdict().intact


def test_the_entry_of_the_answer_has_both_names(desk: Desk) -> None:
    remember_names(desk, DANA)
    current = opened(desk)

    record(desk, current, ILZE)
    desk.answers.withdraw(make_review_request(current, ILZE))

    answered, withdrawn = desk.entries()[-2:]
    for entry in (answered, withdrawn):
        assert entry["reviewer"]["name"] == "Ilze Kalna"
        assert entry["stand_in_for"] == {"name": "Dana Ozola", "email": OWNER}
    assert desk.verdict().intact


def test_an_owner_whose_name_is_not_known_is_in_the_entry_by_their_address(desk: Desk) -> None:
    record(desk, opened(desk), ILZE)

    assert desk.entries()[-1]["stand_in_for"] == {"name": OWNER, "email": OWNER}


def test_the_entry_of_an_owners_own_answer_has_no_such_member(desk: Desk) -> None:
    answer = record(desk, opened(desk), DANA)

    assert (answer.owner, answer.stand_in_for) == (OWNER, None)
    assert "stand_in_for" not in desk.entries()[-1]


@pytest.mark.parametrize("decision", list(Decision))
def test_the_owner_who_is_away_may_answer_all_the_same(desk: Desk, decision: Decision) -> None:
    current = opened(desk)

    answer = record(desk, current, DANA, decision=decision, note="The date is wrong")

    assert answer.stand_in_for is None
    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED


def test_their_own_part_comes_first_and_a_deputy_answers_for_the_owner_who_is_away(desk: Desk) -> None:
    """Where each owner has to answer, no one does so for two people."""
    current = opened(desk, owners=(OWNER, str(ILZE.email)), required=None)

    own = record(desk, current, ILZE)

    assert (own.owner, own.stand_in_for) == (ILZE.email, None)
    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED
    for_owner = record(desk, current, AT_DEPUTYS)
    assert (for_owner.owner, for_owner.stand_in_for) == (OWNER, OWNER)
    assert desk.latest(current.file_id).state is ReviewState.ACKNOWLEDGED
    assert desk.verdict().intact


def test_one_of_several_stand_ins_answers_for_one_absent_owner_only(desk: Desk) -> None:
    second_owner = "second.owner@company.com"
    people = (str(ILZE.email), str(JURIS.email))
    current = opened(
        desk, make_stand_in(*people), make_stand_in(*people, absent=second_owner),
        owners=(OWNER, second_owner), required=None,
    )  # fmt: skip

    record(desk, current, ILZE)

    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED
    assert desk.latest(current.file_id).state is ReviewState.OPEN


def test_their_groups_part_comes_before_that_of_the_owner_who_is_away(desk: Desk) -> None:
    with desk.transactions() as work:
        work.groups.remember("@legal", [str(ILZE.email)], description={}, at=desk.clock())
        work.commit()
    current = opened(desk, owners=(OWNER, "@legal"), required=None)

    assert record(desk, current, ILZE).owner == "@legal"
    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED


@pytest.mark.parametrize("required", [2, None])
def test_one_of_several_stand_ins_does_not_answer_for_two_owners(desk: Desk, required: int | None) -> None:
    both = (str(ILZE.email), str(JURIS.email))
    owners = (OWNER, "second@example.com")
    desk.follow(routes(owners=owners, deputies=both, required=required))
    current = desk.open(event())
    for owner in owners:
        leave(desk, owner, None)
    hand_over(desk)

    record(desk, current, ILZE)

    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED
    after = desk.latest(current.file_id)
    assert [each.people for each in after.stand_ins] == [both, both[1:]]
    assert list_answerers(desk, after) == both[1:]
    assert record(desk, current, JURIS).owner == owners[1]
    assert desk.latest(current.file_id).state is ReviewState.ACKNOWLEDGED
    assert desk.verdict().intact


def test_where_two_have_to_answer_one_person_never_counts_twice(desk: Desk) -> None:
    current = opened(desk, owners=(OWNER, str(ILZE.email)), required=2)

    record(desk, current, ILZE)

    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED
    assert desk.latest(current.file_id).state is ReviewState.OPEN


def test_a_deputy_who_stands_in_answers_for_the_owner_where_each_has_to_answer(desk: Desk) -> None:
    current = opened(desk, make_stand_in(DEPUTY), required=None)

    assert record(desk, current, AT_DEPUTYS).owner == OWNER


def test_a_member_of_a_group_of_deputies_answers_for_an_owner_where_each_has_to_answer(desk: Desk) -> None:
    with desk.transactions() as work:
        work.groups.remember("@legal", [str(ILZE.email)], description={}, at=desk.clock())
        work.commit()
    desk.follow(routes(owners=(OWNER, "second@example.com"), deputies=("@legal",), required=None))
    current = desk.open(event())
    leave(desk, OWNER, None)
    hand_over(desk)

    answer = record(desk, desk.latest(current.file_id), ILZE)

    assert (answer.owner, answer.stand_in_for, answer.reviewer.email) == (OWNER, OWNER, ILZE.email)
    assert refusal(desk, current, JURIS).reason is RefusalReason.NOT_ALLOWED
    assert desk.verdict().intact


def test_each_of_several_stand_ins_may_answer_and_one_answer_is_enough(desk: Desk) -> None:
    desk.follow(routes(deputies=(str(ILZE.email), str(JURIS.email))))
    current = desk.open(event())
    leave(desk, OWNER, None)

    record(desk, current, JURIS)

    assert refusal(desk, current, ILZE).reason is RefusalReason.ALREADY_ANSWERED


def test_who_stands_in_for_a_deputy_answers_as_the_deputy_would(desk: Desk) -> None:
    current = opened(desk, make_stand_in(absent=DEPUTY))

    answer = record(desk, current, ILZE)

    assert (answer.owner, answer.stand_in_for) == (None, DEPUTY)
    assert desk.verdict().intact


def test_who_stands_in_for_a_deputy_has_no_owners_part(desk: Desk) -> None:
    current = opened(desk, make_stand_in(absent=DEPUTY), required=None)

    assert refusal(desk, current, ILZE).reason is RefusalReason.NOT_ALLOWED


@pytest.mark.parametrize("who", [ILZE, STRANGER], ids=["after it ended", "for someone else"])
def test_who_stands_in_for_no_one_is_refused_and_reads_who_may(desk: Desk, who: Reviewer) -> None:
    remember_names(desk, DANA, JURIS)
    current = opened(desk)
    put_stand_ins(desk, current, make_stand_in(str(JURIS.email)))

    refused = refusal(desk, current, who)

    assert refused.reason is RefusalReason.NOT_ALLOWED
    assert str(refused) == (
        "Only the owners of this folder and their deputies may answer. "
        f"These people may: Juris Bite and {DEPUTY}."
    )


def test_who_stands_in_for_someone_who_is_no_owner_any_more_may_do_nothing(desk: Desk) -> None:
    current = opened(desk, make_stand_in(absent="former@example.com"))

    assert refusal(desk, current, ILZE).reason is RefusalReason.NOT_ALLOWED


def test_a_stand_in_who_made_the_change_is_refused(desk: Desk) -> None:
    current = opened(desk, make_stand_in(str(ALICE.email)))

    refused = refusal(desk, current, Reviewer(name="Alice Moreau", email=ALICE.email))

    assert refused.reason is RefusalReason.NOT_ALLOWED


def test_an_owner_reads_that_their_stand_in_has_answered_for_them(desk: Desk) -> None:
    current = opened(desk, owners=(OWNER, str(JURIS.email)), required=None)
    record(desk, current, ILZE)

    refused = refusal(desk, current, DANA)

    assert refused.reason is RefusalReason.ALREADY_ANSWERED
    assert str(refused).startswith("Ilze Kalna already reviewed this for you on ")
    assert record(desk, current, DANA, decision=Decision.REQUEST_CHANGES, note="No.").stand_in_for is None


def test_a_stand_in_passes_on_only_the_part_of_the_owner_who_is_away(desk: Desk) -> None:
    current = opened(desk, owners=(OWNER, "second.owner@company.com"), required=None)

    after = desk.hand_over.reassign(make_review_request(current, ILZE), new_owner=make_proven_person(JURIS))

    assert after.owners == (JURIS.email, "second.owner@company.com")


def test_a_stand_in_may_snooze_the_reminders(desk: Desk) -> None:
    current = opened(desk)

    after = desk.hand_over.snooze(make_review_request(current, ILZE), until=desk.clock() + timedelta(days=1))

    assert after.snoozed_by == ILZE


@pytest.mark.parametrize("required", [1, None])
def test_stand_ins_are_named_in_place_of_those_who_are_away(desk: Desk, required: int | None) -> None:
    current = opened(desk, make_stand_in(), make_stand_in(absent=DEPUTY), required=required)

    assert list_answerers(desk, current) == (ILZE.email,)


def test_once_the_stand_in_has_answered_for_themselves_the_deputies_stand_in(desk: Desk) -> None:
    current = opened(desk, owners=(OWNER, str(ILZE.email)), required=None)
    record(desk, current, ILZE)

    assert list_answerers(desk, desk.latest(current.file_id)) == (DEPUTY,)


def test_deputies_answer_where_neither_an_owner_nor_their_stand_in_can() -> None:
    own = Person(id="o1", name="Dana Ozola", email=OWNER)
    ilze = Person(id="i1", name="Ilze Kalna", email=ILZE.email)
    at_deputys = make_stand_in(str(JURIS.email), absent=DEPUTY)
    authors = ((own,), (own, ilze))

    deputies = [
        find_answering_deputies(review(contributors=each, stand_ins=(make_stand_in(), at_deputys)), route())
        for each in authors
    ]

    assert deputies == [(), (JURIS.email,)]


def test_each_absent_person_is_listed_once_in_the_order_of_the_owners() -> None:
    first, second = make_stand_in(absent="a@example.com"), make_stand_in(absent="b@example.com")

    assert list_stand_ins((first, second), ("B@example.com", "a@example.com", "b@example.com")) == (
        second,
        first,
    )


def test_a_stand_in_sees_the_titles_of_a_private_route_while_they_stand_in(private: Desk) -> None:
    current = put_stand_ins(private, private.open(event()), make_stand_in())
    ilze = make_proven_person(ILZE)

    assert private.redact(current, ilze) == current
    ended = put_stand_ins(private, current)
    assert private.redact(ended, ilze).redacted


def test_of_a_closed_review_of_a_private_route_only_the_stand_in_who_answered_sees_the_title(
    private: Desk,
) -> None:
    second = "second.owner@company.com"
    private.follow(routes(private=True, owners=(OWNER, second)))
    current = put_stand_ins(
        private, private.open(event()), make_stand_in(), make_stand_in(str(JURIS.email), absent=second)
    )
    record(private, current, ILZE)
    closed = private.latest(current.file_id)

    redacted = [private.redact(closed, make_proven_person(who)).redacted for who in (ILZE, JURIS, DANA)]

    assert closed.state is ReviewState.ACKNOWLEDGED
    assert redacted == [False, True, False]


def test_an_answer_when_the_absence_ends_comes_before_or_after_it(desk: Desk) -> None:
    """The review is locked by the one that comes first; the other waits for it."""
    outcomes = set()
    for number in range(8):
        desk.follow(routes())
        current = put_stand_ins(desk, desk.open(event(file_id=f"f{number}")), make_stand_in())

        def act(which: int, current: Review = current) -> str:
            if which == 0:
                put_stand_ins(desk, current)
                return "ended"
            try:
                return str(record(desk, current, ILZE).stand_in_for)
            except Refused as refused:
                return refused.reason

        _ended, answered = run_in_threads(2, act)
        after = desk.latest(current.file_id)
        outcomes.add(answered)
        assert after.stand_ins == ()
        assert [each.stand_in_for for each in after.answers] == [OWNER] * (answered == OWNER)
        assert after.state is (ReviewState.ACKNOWLEDGED if answered == OWNER else ReviewState.OPEN)
    assert outcomes <= {OWNER, RefusalReason.NOT_ALLOWED}
    assert desk.verdict().intact


def test_an_answer_that_waits_for_the_end_of_the_absence_is_refused(desk: Desk) -> None:
    """An answer that read the review without its lock would ask for the time once more, and be permitted."""
    current = opened(desk)
    times = itertools.count(1)
    was_read = threading.Event()

    def tell_time() -> datetime:
        if next(times) == 2:
            was_read.set()
        return desk.clock()

    desk.answers = replace(desk.answers, clock=tell_time)
    with ThreadPoolExecutor(1) as pool:
        with desk.transactions() as work:
            locked = work.reviews.lock(current.id)
            assert locked is not None
            answering = pool.submit(refusal, desk, current, ILZE)
            was_read.wait(timeout=0.5)
            for absence in work.absences.list_of_people([OWNER], not_ended_by=desk.clock()):
                work.absences.update(replace(absence, ended_at=desk.clock()))
            work.commit()
        refused = answering.result(timeout=60)

    assert refused.reason is RefusalReason.NOT_ALLOWED
    assert desk.latest(current.file_id).answers == ()
