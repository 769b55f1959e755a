"""The clock with ladders: each step at its time, once, to those who have not answered."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.identity import LinkedAccounts, Person, Reviewer
from reviews.kinds import Decision, ReviewState, StepAction
from reviews.ladder.next_look import MAX_FOLLOW_UPS, find_next_look
from reviews.routes.ladder import LadderStep, end_ladder
from reviews.routes.route import Routes, SegregationOfDuties
from reviews.routes.working_time import WorkingHours
from store.schema import reviews
from tests.databases import ON_SQLITE
from tests.reviews.desk import JURIS, Desk, build_answer_request, make_review_request
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, event, routes
from tests.reviews.samples import review as make_review
from tests.reviews.samples import route as make_route

if TYPE_CHECKING:
    from reviews.model import Review

HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
THURSDAY = datetime(2026, 3, 12, 13, 0, 0, 345_678, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY, SATURDAY, MONDAY = THURSDAY + DAY, THURSDAY + 2 * DAY, THURSDAY + 4 * DAY
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY
NEXT_MORNING = {"Friday": FRIDAY.replace(hour=9), "Monday": MONDAY.replace(hour=9)}
SECOND_OWNER = "second@example.com"
INSTANT = timedelta(microseconds=1)
AUTHOR = str(ALICE.email)

Asked = tuple[str, str, tuple[str, ...]]


def remind(after: int, **more: Any) -> LadderStep:
    return LadderStep(after=after, action=StepAction.REMIND, **more)


def escalate(after: int, to: str = "deputies", **more: Any) -> LadderStep:
    return LadderStep(after=after, action=StepAction.ESCALATE, to=to, **more)


def lapse(after: int) -> LadderStep:
    return LadderStep(after=after, action=StepAction.LAPSE)


OPS = escalate(150, "paper:C-OPS", place=("paper", "C-OPS"))
EXAMPLE = (remind(50), escalate(100), OPS, lapse(200))
FIRST: Asked = ("review:reminded", "50%", (OWNER,))
SECOND: Asked = ("review:escalated", "100%", (OWNER, DEPUTY))
THIRD: Asked = ("review:escalated", "150%", ("paper:C-OPS",))
LAST: Asked = ("review:lapsed", "200%", ())


def opened(desk: Desk, *ladder: LadderStep, **rules: Any) -> Review:
    """Open a review on Thursday at 13:00 that is due in two days: on Monday at 13:00."""
    desk.clock.now = THURSDAY
    follow(desk, *ladder, **rules)
    return desk.open(event())


def follow(desk: Desk, *ladder: LadderStep, **rules: Any) -> None:
    """Go by these steps from now on, within working hours; without any, by the default ones."""
    common = {"due": 16 * HOUR, "working_hours": HOURS, "ladder": end_ladder(ladder)}
    desk.follow(routes(**{**common, **rules}))


def at(desk: Desk, moment: datetime) -> list[Asked]:
    """Let it be then, let the clock look until nothing is due, and return what it recorded: whom it asked."""
    before = len(desk.entries())
    desk.clock.now = moment
    for _ in range(10):
        if not desk.reminders.process_due_reviews():
            return [
                (entry["type"], entry.get("step", ""), tuple(entry["whom"]))
                for entry in desk.entries()[before:]
            ]
    raise AssertionError("the clock finds no end")


def list_notices(desk: Desk, place: str = "C1") -> list[str]:
    return [str(post.notice.kind) for post in desk.notices() if post.notice and post.target == place]


def answer(desk: Desk, review: Review, **more: Any) -> None:
    desk.answers.record_answer(build_answer_request(review, **more))


def request_changes(desk: Desk, review: Review, **more: Any) -> None:
    answer(desk, review, decision=Decision.REQUEST_CHANGES, note="Section 4 is out of date.", **more)


def test_each_step_is_taken_at_its_percentage_of_the_working_time_and_over_a_weekend(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    assert review.due_at == MONDAY
    for moment, asked in ((FRIDAY, FIRST), (MONDAY, SECOND), (TUESDAY, THIRD), (WEDNESDAY, LAST)):
        assert at(desk, moment - INSTANT) == []
        assert at(desk, moment) == [asked]
        assert at(desk, moment + HOUR) == []
    assert at(desk, WEDNESDAY + 90 * DAY) == []
    latest = desk.latest(review.file_id)
    assert (latest.steps_taken, latest.lapsed_at, latest.state) == (4, WEDNESDAY, ReviewState.OPEN)
    assert desk.verdict().intact


def test_each_step_has_its_message_and_a_lapse_has_none(desk: Desk) -> None:
    opened(desk, *EXAMPLE)

    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        at(desk, moment)

    assert list_notices(desk) == ["reminder", "overdue"]
    assert list_notices(desk, "C-OPS") == ["overdue"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_step_to_the_routes_own_channel_takes_the_place_of_no_one_who_is_asked_there(
    desk: Desk, order: int
) -> None:
    steps = (escalate(100, "paper:C1", place=("paper", "C1")), escalate(100))
    opened(desk, *steps[::order])

    at(desk, MONDAY)

    asked = [post.notice.mention for post in desk.notices() if post.notice and post.target == "C1"]
    assert sorted(asked) == [(), (OWNER, DEPUTY)]


def test_at_the_end_of_a_snooze_a_step_that_waits_for_the_morning_asks_once(desk: Desk) -> None:
    review = opened(desk, remind(50), lapse(200), urgent=True)
    desk.hand_over.snooze(make_review_request(review), until=SATURDAY)

    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_the_review_says_which_step_was_taken_last(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    steps = []
    for moment in (THURSDAY, FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        at(desk, moment)
        last = desk.latest(review.file_id).last_step
        steps.append((last.action.value, last.after, last.at) if last else None)

    assert steps == [
        None,
        ("remind", "50%", FRIDAY),
        ("escalate", "100%", MONDAY),
        ("escalate", "150%", TUESDAY),
        ("lapse", "200%", WEDNESDAY),
    ]


def test_an_unwritten_lapse_leaves_the_last_step_as_the_one_that_was_taken(desk: Desk) -> None:
    review = opened(desk, remind(50))

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:lapsed", "100%", ())]
    last = desk.latest(review.file_id).last_step
    assert last is not None
    assert (last.action, last.at) == (StepAction.REMIND, FRIDAY)


def test_a_step_before_the_deadline_asks_those_whom_it_names_and_is_no_overdue_message(desk: Desk) -> None:
    opened(desk, escalate(50, "boss@example.com"), escalate(75, "@board"))

    assert at(desk, FRIDAY) == [("review:escalated", "50%", ("boss@example.com",))]
    assert at(desk, MONDAY.replace(hour=9)) == [("review:escalated", "75%", ("@board",))]
    assert list_notices(desk) == ["escalated", "escalated"]


@pytest.mark.parametrize("to", ["deputies", "boss@example.com"])
def test_no_one_is_asked_about_their_own_change(desk: Desk, to: str) -> None:
    people = {"owners": (AUTHOR.upper(), OWNER), "deputies": (AUTHOR, DEPUTY)}
    opened(
        desk, remind(50), escalate(100, to), escalate(150, AUTHOR),
        segregation_of_duties=SegregationOfDuties.OFF, **people,
    )  # fmt: skip
    asked = {"deputies": (OWNER, DEPUTY), "boss@example.com": ("boss@example.com",)}[to]

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:escalated", "100%", asked)]
    assert at(desk, TUESDAY) == [("review:lapsed", "150%", ())]


@ON_SQLITE
def test_a_person_with_two_addresses_is_not_asked_about_their_own_change(desk: Desk) -> None:
    """The routing file says that both are one person's."""
    common = LinkedAccounts(docspace="a1")
    opened(desk, remind(50), escalate(100, "alice@home.example"), owners=("alice@work.example", OWNER))
    people = dict.fromkeys((str(ALICE.email), "alice@work.example", "alice@home.example"), common)
    desk.follow(Routes(desk.routes.all, people))

    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [("review:lapsed", "100%", ())]


def test_a_step_that_would_ask_no_one_is_passed_over(desk: Desk) -> None:
    review = opened(desk, remind(50), lapse(200), owners=(AUTHOR,), deputies=())

    assert at(desk, FRIDAY) == []
    assert desk.latest(review.file_id).steps_taken == 1
    assert at(desk, WEDNESDAY) == [LAST]


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("taken", [THURSDAY, FRIDAY, MONDAY, TUESDAY, WEDNESDAY])
def test_no_step_follows_an_answer(desk: Desk, decision: Decision, taken: datetime) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY):
        if moment <= taken:
            at(desk, moment)
    desk.clock.now = taken + HOUR
    answer(desk, review, decision=decision, note="No.")

    for moment in (FRIDAY, MONDAY, TUESDAY, WEDNESDAY, WEDNESDAY + 30 * DAY):
        if moment > taken:
            assert at(desk, moment) == []
    assert desk.verdict().intact


def test_nothing_is_sent_outside_working_hours(desk: Desk) -> None:
    opened(desk, *EXAMPLE)

    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"] - INSTANT - timedelta(microseconds=345_678)) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_an_urgent_step_is_sent_at_once(desk: Desk) -> None:
    opened(desk, remind(50, urgent=True), escalate(100))

    assert at(desk, SATURDAY) == [FIRST]
    assert at(desk, MONDAY) == [SECOND, ("review:lapsed", "100%", ())]


def test_outside_working_hours_the_urgent_steps_are_taken_before_the_first_that_waits(desk: Desk) -> None:
    boss = escalate(100, "boss@example.com", urgent=True)
    opened(desk, remind(50, urgent=True), escalate(100), boss, escalate(120, "later@example.com"))
    night = MONDAY.replace(hour=22)

    assert at(desk, night) == [FIRST, ("review:escalated", "100%", ("boss@example.com",))]
    assert at(desk, TUESDAY.replace(hour=9)) == [
        SECOND,
        ("review:escalated", "120%", ("later@example.com",)),
        ("review:lapsed", "120%", ()),
    ]


def test_several_steps_of_one_time_all_ask(desk: Desk) -> None:
    opened(desk, escalate(100), escalate(100, "boss@example.com"), lapse(200))

    assert at(desk, MONDAY) == [SECOND, ("review:escalated", "100%", ("boss@example.com",))]
    [notice] = [post.notice for post in desk.notices() if post.target == "C1"]
    assert notice is not None
    assert notice.mention == (OWNER, DEPUTY, "boss@example.com")


def test_an_urgent_step_lapses_with_it_where_no_lapse_is_written_and_before_one_that_is(desk: Desk) -> None:
    night = MONDAY.replace(hour=22)
    opened(desk, escalate(100, urgent=True))
    assert at(desk, night) == [SECOND, ("review:lapsed", "100%", ())]

    desk.clock.now = THURSDAY
    follow(desk, escalate(100, urgent=True), lapse(100))
    desk.open(event(file_id="f2"))
    assert at(desk, night) == [SECOND]
    assert at(desk, TUESDAY.replace(hour=9)) == [("review:lapsed", "100%", ())]


def test_reminders_of_an_urgent_route_without_a_ladder_are_sent_at_once(desk: Desk) -> None:
    opened(desk, urgent=True, remind=8 * HOUR, due=None)

    assert at(desk, SATURDAY) == [("review:reminded", "", (OWNER,))]


def test_a_worker_that_slept_asks_each_person_once_and_lapses(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)

    assert at(desk, WEDNESDAY + DAY) == [SECOND, THIRD, LAST]
    assert (list_notices(desk), list_notices(desk, "C-OPS")) == (["overdue"], ["overdue"])
    assert desk.latest(review.file_id).steps_taken == 4
    assert desk.verdict().intact


def test_the_ladder_in_force_counts_from_the_step_that_was_reached(desk: Desk) -> None:
    opened(desk, *EXAMPLE)
    assert at(desk, FRIDAY) == [FIRST]
    follow(desk, remind(10), escalate(100, "boss@example.com"), lapse(150))

    assert at(desk, MONDAY) == [("review:escalated", "100%", ("boss@example.com",))]
    assert at(desk, TUESDAY) == [("review:lapsed", "150%", ())]
    assert at(desk, TUESDAY + 30 * DAY) == []


def test_a_ladder_that_became_shorter_still_lapses(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY):
        at(desk, moment)
    follow(desk, remind(10))

    assert at(desk, WEDNESDAY) == [("review:lapsed", "100%", ())]
    assert desk.latest(review.file_id).steps_taken == 4
    assert at(desk, WEDNESDAY + 30 * DAY) == []


@pytest.mark.parametrize(
    "rules", [{"name": "another"}, {}], ids=["a route that is gone", "no ladder any more"]
)
@pytest.mark.parametrize("taken", [THURSDAY, FRIDAY])
def test_without_its_ladder_a_review_is_overdue_at_its_deadline(
    desk: Desk, rules: dict[str, Any], taken: datetime
) -> None:
    opened(desk, *EXAMPLE)
    at(desk, taken)
    follow(desk, **rules)
    asked = (OWNER,) if rules else (OWNER, DEPUTY)

    assert at(desk, MONDAY) == [("review:escalated", "100%", asked), ("review:lapsed", "100%", ())]
    assert at(desk, MONDAY + 30 * DAY) == []


def test_without_its_ladder_no_one_is_asked_twice_at_the_deadline(desk: Desk) -> None:
    opened(desk, *EXAMPLE)
    at(desk, MONDAY)
    follow(desk)

    assert at(desk, TUESDAY) == [("review:lapsed", "100%", ())]


def test_a_review_that_lapsed_before_there_were_ladders_is_not_asked_about_again(desk: Desk) -> None:
    review = opened(desk, remind=4 * HOUR)
    with desk.transactions() as work:
        snoozed_until, lapsed_at = MONDAY, MONDAY + HOUR
        work.reviews.snooze(review.id, until=snoozed_until, snoozed_by="Dana", remind_at=TUESDAY)
        work.reviews.save_clock(replace(review, remind_at=TUESDAY, lapsed_at=lapsed_at))
        work.commit()
    follow(desk, *EXAMPLE)

    assert at(desk, TUESDAY) == []
    assert at(desk, WEDNESDAY + 30 * DAY) == []
    assert desk.latest(review.file_id).steps_taken == 0


def test_what_fell_due_during_a_snooze_is_asked_once_at_its_end(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=TUESDAY - HOUR)

    for moment in (FRIDAY, MONDAY, TUESDAY - HOUR - INSTANT):
        assert at(desk, moment) == []
    assert at(desk, TUESDAY - HOUR) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]


def test_at_the_end_of_a_snooze_those_who_have_not_answered_are_reminded_though_no_step_is_due(
    desk: Desk,
) -> None:
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=FRIDAY - HOUR)

    assert at(desk, FRIDAY - HOUR) == [("review:reminded", "", (OWNER,))]
    assert at(desk, FRIDAY) == [FIRST]
    assert at(desk, MONDAY) == [SECOND]


def test_at_the_end_of_a_snooze_those_who_snoozed_are_reminded_though_it_lapsed_meanwhile(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    for moment in (FRIDAY, MONDAY, TUESDAY):
        at(desk, moment)
    desk.hand_over.snooze(make_review_request(review), until=WEDNESDAY + HOUR)

    assert at(desk, WEDNESDAY) == []
    assert at(desk, WEDNESDAY + HOUR) == [("review:reminded", "", (OWNER,)), LAST]
    assert at(desk, WEDNESDAY + 30 * DAY) == []


def test_a_snooze_that_ends_on_a_weekend_asks_on_monday_and_leaves_the_card_at_its_end(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    desk.deliver_all()
    desk.hand_over.snooze(make_review_request(review), until=SATURDAY)
    desk.deliver_all()

    assert at(desk, SATURDAY) == []
    desk.deliver_all()
    cards = [card for place, _, card in desk.paper.updates if place == "C1"]
    assert [card.snoozed_until for card in cards] == [SATURDAY, None]
    assert at(desk, NEXT_MORNING["Monday"]) == [FIRST]


def test_a_lapse_alone_waits_for_working_hours_though_it_is_urgent(desk: Desk) -> None:
    review = opened(desk, remind(50), replace(lapse(100), urgent=True))
    at(desk, FRIDAY)
    night = MONDAY.replace(hour=22)
    desk.hand_over.snooze(make_review_request(review), until=night)

    assert at(desk, night) == []
    assert at(desk, TUESDAY.replace(hour=9)) == [
        ("review:reminded", "", (OWNER,)),
        ("review:lapsed", "100%", ()),
    ]


def test_where_all_owners_have_to_answer_the_others_are_asked(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, owners=(OWNER, SECOND_OWNER), required=None)
    answer(desk, review)

    assert at(desk, FRIDAY) == [("review:reminded", "50%", (SECOND_OWNER,))]
    assert at(desk, MONDAY) == [("review:escalated", "100%", (SECOND_OWNER, DEPUTY))]


def test_an_acknowledgement_that_is_withdrawn_goes_on_with_the_next_step(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    at(desk, FRIDAY)
    answer(desk, review)
    assert at(desk, MONDAY) == []
    desk.clock.now = MONDAY + HOUR
    desk.answers.withdraw(make_review_request(review))
    withdrawn = len(desk.entries())

    assert at(desk, MONDAY + 2 * HOUR) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]
    assert withdrawn == len(desk.entries()) - 2
    assert desk.verdict().intact


def test_a_clock_that_is_set_back_asks_no_one_twice(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    assert at(desk, MONDAY) == [SECOND]

    for moment in (FRIDAY, THURSDAY, MONDAY, MONDAY + HOUR):
        assert at(desk, moment) == []
        assert desk.latest(review.file_id).steps_taken == 2
    assert at(desk, TUESDAY) == [THIRD]


def test_more_edits_change_no_step(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    at(desk, FRIDAY)
    desk.portal.versions[review.file_id] = 9
    assert desk.open(event(actor=Person(id=BOB.id, name=""))).revision == 2

    assert desk.latest(review.file_id).steps_taken == 1
    assert at(desk, FRIDAY + HOUR) == []
    assert [step for _, step, _ in at(desk, MONDAY)] == ["100%"]


def test_several_workers_at_once_take_each_step_once(desk: Desk) -> None:
    desk.clock.now = THURSDAY
    follow(desk, *EXAMPLE)
    for number in range(10):
        desk.open(event(file_id=f"f{number}"))
    desk.clock.now = WEDNESDAY
    together = Barrier(4)

    def work() -> None:
        together.wait()
        with suppress(sa.exc.OperationalError):  # a busy SQLite is asked again in the next round
            desk.look()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at(desk, WEDNESDAY)

    types = [entry["type"] for entry in desk.entries()]
    assert (types.count("review:escalated"), types.count("review:lapsed")) == (20, 10)
    assert {desk.latest(f"f{number}").steps_taken for number in range(10)} == {4}
    assert desk.verdict().intact


FOLLOWED_UP: Asked = ("review:followed_up", "", (AUTHOR,))


def test_contributors_are_asked_again_for_requested_changes_at_most_five_times(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    request_changes(desk, review)

    assert at(desk, FRIDAY - INSTANT) == []
    days = [FRIDAY, MONDAY, TUESDAY, WEDNESDAY, WEDNESDAY + DAY]
    assert [at(desk, day) for day in days] == [[FOLLOWED_UP]] * MAX_FOLLOW_UPS
    assert at(desk, WEDNESDAY + 30 * DAY) == []
    assert desk.latest(review.file_id).follow_ups == MAX_FOLLOW_UPS
    assert desk.verdict().intact


def test_contributors_are_not_asked_early_where_an_earlier_release_left_the_look_of_a_step(
    desk: Desk,
) -> None:
    """It stores a request without a new time of the next look."""
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    request_changes(desk, review)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(reviews).values(remind_at=THURSDAY + HOUR))

    assert at(desk, THURSDAY + HOUR) == []
    assert desk.latest(review.file_id).remind_at == FRIDAY
    assert at(desk, FRIDAY) == [FOLLOWED_UP]


def test_without_the_key_contributors_are_not_asked_again(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE)
    request_changes(desk, review)

    assert at(desk, WEDNESDAY + 30 * DAY) == []


def test_contributors_are_asked_within_working_hours_unless_the_route_is_urgent(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    assert at(desk, SATURDAY) == []
    assert at(desk, NEXT_MORNING["Monday"]) == [FOLLOWED_UP]

    desk.clock.now = THURSDAY
    follow(desk, after_request=8 * HOUR, urgent=True)
    urgent = desk.open(event(file_id="f2"))
    request_changes(desk, urgent)
    assert at(desk, SATURDAY) == [FOLLOWED_UP]


def test_a_newer_version_ends_the_questions_to_contributors(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    assert at(desk, FRIDAY) == [FOLLOWED_UP]
    desk.portal.versions[review.file_id] = 9
    newer = desk.open(event())

    assert newer.id != review.id
    asked = [type_ for day in (MONDAY, TUESDAY, WEDNESDAY) for type_, _, _ in at(desk, day)]
    assert "review:followed_up" not in asked
    assert desk.verdict().intact


def test_a_superseded_review_is_not_looked_at_for_its_request() -> None:
    requested = make_review(state=ReviewState.CHANGES_REQUESTED)
    asking = make_route(after_request=8 * HOUR, working_hours=HOURS)

    assert find_next_look(requested, asking, THURSDAY) == FRIDAY
    assert find_next_look(replace(requested, superseded_by="rev-2"), asking, THURSDAY) is None


def test_a_withdrawn_request_ends_the_questions_to_contributors_and_the_ladder_goes_on(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, after_request=8 * HOUR)
    at(desk, FRIDAY)
    request_changes(desk, review)
    desk.clock.now = FRIDAY + HOUR
    desk.answers.withdraw(make_review_request(review))

    assert at(desk, MONDAY) == [SECOND]
    assert at(desk, TUESDAY) == [THIRD]


def test_a_withdrawn_answer_to_a_snoozed_review_leaves_the_look_at_its_deadline(desk: Desk) -> None:
    """The card says from then on that it is overdue."""
    review = opened(desk, *EXAMPLE)
    desk.hand_over.snooze(make_review_request(review), until=TUESDAY)
    request_changes(desk, review)
    desk.answers.withdraw(make_review_request(review))

    assert desk.latest(review.file_id).remind_at == MONDAY


def test_who_requested_changes_to_their_own_document_is_not_asked_for_them(desk: Desk) -> None:
    author = Reviewer(name=ALICE.name, email=AUTHOR, chat_ids={"slack": "U9"})
    review = opened(
        desk, owners=(AUTHOR,), after_request=8 * HOUR, segregation_of_duties=SegregationOfDuties.OFF
    )
    request_changes(desk, review, reviewer=author)

    assert at(desk, FRIDAY) == []
    assert desk.latest(review.file_id).remind_at is None


def test_requests_of_a_route_that_is_gone_are_not_followed_up(desk: Desk) -> None:
    review = opened(desk, after_request=8 * HOUR)
    request_changes(desk, review)
    follow(desk, name="another", after_request=8 * HOUR)

    assert at(desk, FRIDAY) == []


def test_a_deputys_answer_beside_an_owners_leaves_no_one_to_remind_twice(desk: Desk) -> None:
    review = opened(desk, *EXAMPLE, deputies=(DEPUTY, str(JURIS.email)), required=2)
    answer(desk, review, reviewer=JURIS)

    [(_, _, first)] = at(desk, FRIDAY)
    [(_, _, second)] = at(desk, MONDAY)

    assert str(JURIS.email) not in (*first, *second)
