"""The repositories at their edges: what is not there, what was there before, what came too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Conflict
from reviews.identity import Person, Reviewer
from reviews.kinds import CardState, EventState, ReviewState
from reviews.tree import Place, Watermark
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import ALICE, BOB, START, answer, event, review
from tests.reviews.small_portal import SmallPortal
from tests.store.received import receive_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa


@pytest.fixture
def work(engine: sa.Engine) -> Iterator[SqlUnitOfWork]:
    with SqlUnitOfWork(engine) as unit:
        yield unit


def test_the_store_says_whether_an_event_is_new(work: SqlUnitOfWork) -> None:
    first = event()

    assert work.events.add([(first, None)], at=START) == [True]
    assert work.events.add([(first, None)], at=START) == [False]


def test_an_event_comes_back_as_it_went_in(work: SqlUnitOfWork) -> None:
    change = event(actor=BOB, version=3, link="https://x.example", title="🙂 é\u2028", occurred_at=None)

    work.events.add([(change, "r")], at=START)

    [stored] = work.events.list_recent(1)
    assert stored.event == change
    assert (stored.received_at, stored.reason, stored.attempts) == (START, "r", 0)


def test_a_moment_in_another_zone_comes_back_in_utc(work: SqlUnitOfWork) -> None:
    riga = datetime(2026, 3, 9, 16, 5, 12, 345_678, tzinfo=timezone(timedelta(hours=2)))

    work.events.add([(event(occurred_at=riga), None)], at=riga)

    [stored] = work.events.list_recent(1)
    assert stored.event.occurred_at == stored.received_at == START
    assert stored.received_at.utcoffset() == timedelta()


def test_pending_events_are_those_of_the_file_that_wait_the_oldest_first(work: SqlUnitOfWork) -> None:
    one, two = receive_event(work), receive_event(work)
    receive_event(work, file_id="other")
    done = receive_event(work)
    work.events.settle([done], EventState.DONE, None)

    assert [each.id for each in work.events.list_pending("3358285")] == [one, two]
    assert work.events.list_pending("nothing") == []


def test_an_event_leads_to_what_is_pending_of_its_file_and_to_its_state(work: SqlUnitOfWork) -> None:
    state = SmallPortal().get_file("3358285")
    assert state is not None
    work.files.put(state)
    one, two = receive_event(work), receive_event(work)
    other = receive_event(work, file_id="other")
    work.events.settle([two], EventState.DONE, None)

    pending, of_other = (work.events.find_pending(each, count_to=5) for each in (two, other))

    assert pending is not None
    assert ([each.id for each in pending.events], pending.state, pending.total) == ([one], state, 2)
    assert of_other is not None
    assert ([each.id for each in of_other.events], of_other.state) == ([other], None)
    assert work.events.find_pending(one, count_to=1) == replace(pending, total=1)
    work.events.settle([one], EventState.DONE, None)
    assert work.events.find_pending(one, count_to=5) is None


def test_a_survey_counts_what_may_have_the_same_cause(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    work.reviews.add(review(id="rev-2", file_id="earlier", opened_at=START - timedelta(minutes=11)))
    work.reviews.add(review(id="rev-3", route="other"))
    for file_id in ("changed", "one", "two"):
        receive_event(work, file_id=file_id)
    work.events.settle([receive_event(work, file_id="three")], EventState.DONE, None)

    surveys = [
        work.gatherings.survey(
            "compliance",
            ["minute"],
            subject="changed",
            arrived_at=START,
            window=timedelta(minutes=10),
            count_to=count_to,
        )
        for count_to in (25, 1)
    ]

    assert [each.others for each in surveys] == [3, 2]
    assert surveys[0].gatherings == []


def test_a_locked_review_has_its_answers_and_no_cards(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    work.cards.owe("rev-1", [("paper", "C1")])
    assert work.reviews.record_answer("rev-1", answer(), ReviewState.ACKNOWLEDGED)

    locked = work.reviews.lock("rev-1")
    on_route = work.reviews.find_latest_on_route("3358285", "compliance", lock=True)

    assert locked is not None
    assert locked == on_route == replace(locked, answers=(answer(),), cards=())
    assert work.reviews.find_latest_on_route("3358285", "compliance") == replace(locked, answers=())
    assert work.reviews.find_latest_on_route("3358285", "other") is None


def test_an_event_is_settled_once(work: SqlUnitOfWork) -> None:
    one, two = receive_event(work), receive_event(work)

    assert work.events.settle([one], EventState.DONE, "first") == 1
    assert work.events.settle([one, two, 999], EventState.IGNORED, "second") == 1
    assert work.events.settle([], EventState.DONE, None) == 0

    first = work.events.get(one)
    assert first is not None
    assert (first.state, first.reason) == (EventState.DONE, "first")


def test_only_a_dead_event_is_reopened(work: SqlUnitOfWork) -> None:
    number = receive_event(work)
    assert not work.events.reopen(number)
    assert work.events.count_failure(number, "down") == 1
    work.events.settle([number], EventState.DEAD, "down")

    assert work.events.reopen(number)

    stored = work.events.get(number)
    assert stored is not None
    assert (stored.state, stored.attempts) == (EventState.RECEIVED, 0)
    assert not work.events.reopen(999)
    assert work.events.get(999) is None


def test_a_file_has_one_open_review_a_route(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    work.reviews.add(review(id="rev-2", route="other"))
    work.reviews.add(review(id="rev-3", file_id="other"))

    with pytest.raises(Conflict):
        work.reviews.add(review(id="rev-4"))


def test_after_an_answer_the_next_review_may_be_opened(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    assert work.reviews.record_answer("rev-1", answer(), ReviewState.ACKNOWLEDGED)

    work.reviews.add(review(id="rev-2"))

    latest = work.reviews.find_latest("3358285")
    assert latest is not None
    assert latest.id == "rev-2"
    other = work.reviews.find_latest("3358285", route="other")
    assert other is None


def test_a_review_comes_back_as_it_went_in_with_answers_and_cards(work: SqlUnitOfWork) -> None:
    original = review(title="🙂 \u2028", contributors=(ALICE, Person(id=None, name="x")), due_at=START)
    reviewer = Reviewer(
        name="D", email="d@x.example", docspace_id="d", chat_ids={"slack": "U1", "teams": "T1"}
    )
    work.reviews.add(original)
    work.cards.owe("rev-1", [("paper", "C1")])
    work.reviews.record_answer(
        "rev-1",
        answer(reviewer=reviewer, note="n", late=True, own_change=True, version=None),
        ReviewState.ACKNOWLEDGED,
    )

    stored = work.reviews.get("rev-1")

    assert stored is not None
    assert replace(stored, answers=(), cards=(), state=ReviewState.OPEN) == original
    assert stored.answers[0].reviewer == reviewer
    assert (stored.answers[0].note, stored.answers[0].late, stored.answers[0].version) == ("n", True, None)
    assert [card.target for card in stored.cards] == ["C1"]


def test_only_the_present_revision_can_be_answered_and_only_once(work: SqlUnitOfWork) -> None:
    work.reviews.add(review(revision=2))

    assert not work.reviews.record_answer("rev-1", answer(revision=1), ReviewState.ACKNOWLEDGED)
    assert not work.reviews.record_answer("rev-1", answer(revision=3), ReviewState.ACKNOWLEDGED)
    assert not work.reviews.record_answer("rev-9", answer(revision=2), ReviewState.ACKNOWLEDGED)
    assert work.reviews.record_answer("rev-1", answer(revision=2), ReviewState.ACKNOWLEDGED)
    assert not work.reviews.record_answer("rev-1", answer(revision=2), ReviewState.ACKNOWLEDGED)


def test_only_the_base_of_a_revision_is_revised_and_only_while_open(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())

    assert not work.reviews.revise(review(revision=3))
    assert work.reviews.revise(review(revision=2))
    assert not work.reviews.revise(review(revision=2))
    work.reviews.record_answer("rev-1", answer(revision=2), ReviewState.ACKNOWLEDGED)
    assert not work.reviews.revise(review(revision=3))


def test_reviews_are_listed_by_state_and_route_from_either_end(work: SqlUnitOfWork) -> None:
    for number in range(4):
        work.reviews.add(review(id=f"rev-{number}", file_id=f"f{number}", route=f"r{number % 2}"))
    work.reviews.record_answer("rev-0", answer(), ReviewState.ACKNOWLEDGED)

    def ids(
        limit: int = 10, *, state: str | None = None, route: str | None = None, old: bool = False
    ) -> list[str]:
        reviews = work.reviews.list_recent(limit, state=state, route=route, oldest_first=old)
        return [each.id.removeprefix("rev-") for each in reviews]

    assert ids() == ["3", "2", "1", "0"]
    assert ids(2) == ["3", "2"]
    assert ids(state="open", old=True) == ["1", "2", "3"]
    assert ids(route="r0") == ["2", "0"]
    assert ids(state="acknowledged", route="r0") == ["0"]
    assert ids(0) == []


def test_a_card_is_owed_once_to_each_target_and_has_one_holder(work: SqlUnitOfWork) -> None:
    work.reviews.add(review())
    for _ in range(2):
        work.cards.owe("rev-1", [("paper", "C1"), ("paper", "C2")])
    work.cards.owe("rev-1", [])
    second, first = work.cards.list_recent(10)

    assert work.cards.claim(first.id, "a")
    assert work.cards.claim(first.id, "a")
    assert not work.cards.claim(first.id, "b")
    assert work.cards.claim(second.id, "b")
    assert work.cards.mark_failed(first.id, "a", "down", count_attempt=True, dead=True, unknown=False) == 1
    assert not work.cards.claim(first.id, "b")
    assert [card.target for card in work.cards.list_recent(10, state=CardState.DEAD)] == ["C1"]


def test_people_are_found_by_address_in_any_case_and_the_latest_counts(work: SqlUnitOfWork) -> None:
    remember = partial(work.people.remember, at=START)
    remember(Person(id="x", name="Old", email="Dana@Example.com"))
    remember(Person(id="x", name="New", email="dana@example.com"))
    work.people.remember(
        Person(id="y", name="Newest", email="DANA@example.com"), at=START + timedelta(seconds=1)
    )
    remember(Person(id=None, name="Nobody", email="nobody@example.com"))
    remember(Person(id="z", name="Without", email=None))

    person = work.people.find_by_email("DANA@EXAMPLE.COM")

    assert person == Person(id="y", name="Newest", email="dana@example.com")
    assert work.people.find_by_email("nobody@example.com") is None


def test_a_person_with_a_long_id_is_no_crash(work: SqlUnitOfWork) -> None:
    work.people.remember(Person(id="x" * 1000, name="Long", email="long@example.com"), at=START)

    assert work.people.find_by_email("long@example.com") is not None


def test_each_folder_has_a_mark_in_the_order_that_was_asked_for(work: SqlUnitOfWork) -> None:
    work.baselines.mark_started("b", at=START)
    work.baselines.mark_stopped("a", "no such folder")

    marks = work.baselines.get_watermarks(["b", "unknown", "a"])

    assert list(marks) == ["b", "unknown", "a"]
    assert (marks["b"].swept_to, marks["a"].stopped_by) == (START, "no such folder")
    assert marks["unknown"] == Watermark()
    assert work.baselines.get_watermarks([]) == {}


def test_a_folder_has_its_title_whether_or_not_all_above_it_is_known(work: SqlUnitOfWork) -> None:
    work.folders.put(Place(folders=(("1", "Room"), ("2", "Policies"))), at=START)

    work.folders.put(Place(folders=()), at=START)

    assert work.folders.get_titles(["2", "unknown", "1"]) == {"1": "Room", "2": "Policies"}
    assert work.folders.get_titles([]) == {}
