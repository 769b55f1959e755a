"""A digest of reviews is owed once at each of its times, with what the reader's routes had since the last."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.digest_notices import DigestFigures, ReviewDigestNotice
from reviews.digests.digest_commands import DigestCommands
from reviews.digests.digest_contents import MAX_PERIOD, WEEK_COUNT
from reviews.digests.review_digests import ReviewDigests
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision
from reviews.notice import NoticeKind
from reviews.ports.review_digests import CHOSEN
from reviews.routes.digest_times import DigestTimes
from reviews.routes.route import Routes, Target
from reviews.routes.working_time import WorkingHours
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed
from store.schema import review_digests, reviews
from tests.reviews.desk import build_answer_request
from tests.reviews.notices import require_type
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, ELSEWHERE, OWNER, event, route
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.routes.route import Route
    from tests.reviews.desk import Desk

DAILY = DigestTimes.parse("daily 09:00")
WEEKLY = DigestTimes.parse("Mon 09:00")
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("Europe/Riga"))
CHANNEL = ("paper", "C1")
EXAMPLE = "/reviews digest daily 09:00"
TUESDAY = datetime(2026, 3, 10, 7, tzinfo=UTC)
"""Nine o'clock in Riga, after the Monday afternoon on which the tests begin."""
BOTH = Target(notifier="paper", address="C1"), Target(notifier="paper", address="C2")


def follow(desk: Desk, *rules: Route) -> None:
    desk.follow(Routes(rules or [make_route()]))


def make_route(**more: Any) -> Route:
    usual: dict[str, Any] = {"digest": DAILY, "working_hours": HOURS, "notify": BOTH[:1]}
    return route(**{**usual, **more})


def make_digests(desk: Desk, **more: Any) -> ReviewDigests:
    """Return what a worker that starts now has."""
    return ReviewDigests(transactions=desk.transactions, routes=desk.routes, **more)


def make_commands(desk: Desk, **more: Any) -> DigestCommands:
    usual: dict[str, Any] = {"direct_message_channels": {"paper"}}
    return DigestCommands(
        transactions=desk.transactions, routes=desk.routes, clock=desk.clock, **{**usual, **more}
    )


def owe(desk: Desk, at: datetime) -> int:
    return make_digests(desk).owe_due_digests(at)


def list_digests(desk: Desk) -> list[ReviewDigestNotice]:
    notices = [post.notice for post in desk.notices()]
    return require_type(
        ReviewDigestNotice, [each for each in notices if each and each.kind is NoticeKind.REVIEW_DIGEST]
    )


def list_targets(desk: Desk) -> list[str]:
    kind = NoticeKind.REVIEW_DIGEST
    return sorted(post.target for post in desk.notices() if post.notice and post.notice.kind is kind)


@pytest.fixture
def daily(desk: Desk) -> Desk:
    """Return a desk whose channel has had a first look at the time, and an open review."""
    follow(desk)
    assert owe(desk, desk.clock()) == 0
    desk.open(event())
    return desk


def test_a_digest_is_owed_at_its_time_once(daily: Desk) -> None:
    worker = make_digests(daily)

    counts = [
        worker.owe_due_digests(TUESDAY + timedelta(seconds=seconds)) for seconds in (-1, 0, 1, 60, 3600)
    ]

    assert counts == [0, 1, 0, 0, 0]
    [digest] = list_digests(daily)
    assert (digest.title, digest.at, digest.since) == ("compliance", TUESDAY, TUESDAY - timedelta(days=1))
    assert digest.figures == DigestFigures(waiting=1)
    assert len(digest.weeks) == WEEK_COUNT
    assert digest.weeks[-1].begin == datetime(2026, 3, 9, tzinfo=UTC)


def test_a_worker_that_starts_anew_owes_none_again(daily: Desk) -> None:
    assert [owe(daily, TUESDAY), owe(daily, TUESDAY), owe(daily, TUESDAY + timedelta(minutes=1))] == [1, 0, 0]


@pytest.mark.parametrize("of_route", [DAILY, None], ids=["by a route", "by a command"])
def test_digests_come_again_after_a_clock_was_ahead_for_a_while(
    desk: Desk, of_route: DigestTimes | None
) -> None:
    follow(desk, make_route(digest=of_route))
    if of_route is None:
        make_commands(desk).choose(DAILY, CHANNEL, made_by="U1")
    owe(desk, desk.clock())
    desk.open(event())
    assert owe(desk, TUESDAY + timedelta(days=21)) == 1

    now = TUESDAY + timedelta(hours=1)
    with desk.transactions() as work:
        assert work.review_digests.move_back(now) == 1
        assert work.review_digests.move_back(now) == 0
        work.commit()

    assert [owe(desk, now + timedelta(days=days)) for days in range(3)] == [0, 1, 1]
    assert list_digests(desk)[-2].since == now


def test_clocks_that_differ_by_less_than_an_hour_owe_one_digest(daily: Desk) -> None:
    assert owe(daily, TUESDAY) == 1
    with daily.transactions() as work:
        assert work.review_digests.move_back(TUESDAY - timedelta(minutes=50)) == 0
        work.commit()

    assert owe(daily, TUESDAY - timedelta(minutes=50)) == 0
    assert owe(daily, TUESDAY) == 0


def test_a_clock_that_is_put_back_owes_none_again(daily: Desk) -> None:
    worker, wednesday = make_digests(daily), TUESDAY + timedelta(days=1)

    counts = [worker.owe_due_digests(at) for at in (wednesday, TUESDAY, wednesday)]

    assert counts == [1, 0, 0]


def test_an_outage_ends_with_one_digest_of_all_of_it(daily: Desk) -> None:
    assert owe(daily, TUESDAY) == 1

    assert owe(daily, TUESDAY + timedelta(days=3, hours=5)) == 1

    digest = list_digests(daily)[-1]
    assert (digest.since, digest.at) == (TUESDAY, TUESDAY + timedelta(days=3))


def test_after_a_long_time_a_digest_does_not_begin_with_a_year(daily: Desk) -> None:
    owe(daily, TUESDAY + timedelta(days=364))

    [digest] = list_digests(daily)
    assert digest.at - digest.since == MAX_PERIOD


def test_none_comes_on_a_weekend_and_monday_has_all_of_it(daily: Desk) -> None:
    friday = TUESDAY + timedelta(days=3)

    counts = [owe(daily, friday + timedelta(days=days)) for days in range(4)]

    assert counts == [1, 0, 0, 1]
    assert list_digests(daily)[-1].since == friday


def test_any_number_of_workers_owe_it_once(daily: Desk) -> None:
    start, counts = threading.Barrier(4), []

    def work() -> None:
        worker = make_digests(daily)
        start.wait()
        counts.append(worker.owe_due_digests(TUESDAY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 0, 0, 1]
    assert len(list_digests(daily)) == 1


def test_where_there_is_nothing_to_say_nothing_is_owed_and_the_time_moves_on(desk: Desk) -> None:
    follow(desk)
    owe(desk, desk.clock())
    assert [owe(desk, TUESDAY), owe(desk, TUESDAY + timedelta(days=1))] == [0, 0]
    desk.clock.now = TUESDAY + timedelta(days=1, hours=2, microseconds=1)
    desk.open(event())

    assert owe(desk, TUESDAY + timedelta(days=2)) == 1

    [digest] = list_digests(desk)
    assert digest.since == TUESDAY + timedelta(days=1)


def test_a_worker_that_has_looked_asks_one_question_until_the_next_time(daily: Desk) -> None:
    worker = make_digests(daily)
    worker.owe_due_digests(TUESDAY)

    statements = list_statements(daily.engine, lambda: worker.owe_due_digests(TUESDAY + timedelta(hours=1)))

    [statement] = [text for text, _ in statements if "review" in text]
    assert "review_digests.next_at <= " in statement


def test_the_figures_are_those_of_the_period_and_of_the_channels_routes(desk: Desk) -> None:
    """Answered before the period, in it, and on another route; late, found late, overdue and lapsed."""
    other = make_route(name="other", watch=(ELSEWHERE,), notify=BOTH[1:], digest=None)
    follow(desk, make_route(due=timedelta(hours=1)), other)
    monday = desk.clock()
    for number, days in enumerate((-1, 0, 0, 0, 0)):
        desk.clock.now = monday + timedelta(days=days)
        desk.open(event(file_id=f"f{number}"))
    elsewhere = desk.open(event(file_id="e1", parent_id=ELSEWHERE))
    for number, days in ((0, -1), (1, 0)):
        desk.clock.now = monday + timedelta(days=days, minutes=5)
        desk.answers.record_answer(build_answer_request(desk.latest(f"f{number}")))
    desk.answers.record_answer(
        build_answer_request(desk.latest("f2"), decision=Decision.REQUEST_CHANGES, note="Section 4.")
    )
    desk.answers.record_answer(build_answer_request(elsewhere))
    with desk.engine.begin() as connection:
        by_file = reviews.c.file_id
        connection.execute(sa.update(reviews).where(by_file == "f2").values(answered_late=True))
        connection.execute(sa.update(reviews).where(by_file.in_(["f3", "e1"])).values(seen_late=900))
        connection.execute(sa.update(reviews).where(by_file == "f4").values(lapsed_at=monday))
    owe(desk, TUESDAY - timedelta(hours=1))

    assert owe(desk, TUESDAY) == 1

    [digest] = list_digests(desk)
    assert digest.figures == DigestFigures(
        waiting=2, overdue=0, lapsed=1, acknowledged=1, changes_requested=1, late=1, found_late=1
    )
    owe(desk, TUESDAY + timedelta(days=1))
    assert list_digests(desk)[-1].figures == DigestFigures(waiting=2, overdue=2, lapsed=1)


def test_the_chart_has_the_medians_of_the_last_weeks(daily: Desk) -> None:
    daily.clock.advance(minutes=30)
    daily.answers.record_answer(build_answer_request(daily.reviews()[0]))

    owe(daily, TUESDAY)

    *earlier, last = list_digests(daily)[0].weeks
    assert {week.seconds for week in earlier} == {None}
    assert last.seconds is not None
    assert 1700 <= last.seconds <= 1800


def test_routes_that_notify_a_channel_at_the_same_time_are_one_digest(desk: Desk) -> None:
    second = make_route(name="hr", watch=(ELSEWHERE,), notify=BOTH)
    third = make_route(name="it", watch=("778",), digest=WEEKLY)
    follow(desk, make_route(), second, third)
    owe(desk, desk.clock())
    desk.open(event())
    desk.open(event(file_id="e1", parent_id=ELSEWHERE))

    owe(desk, TUESDAY)

    digests = {(each.title, each.figures.waiting) for each in list_digests(desk)}
    assert digests == {("compliance, hr", 2), ("hr", 1)}
    assert list_targets(desk) == ["C1", "C2"]


def test_a_private_route_is_in_no_digest_of_another_channel(desk: Desk) -> None:
    secret = make_route(name="secret", watch=(ELSEWHERE,), notify=BOTH[1:], private=True)
    follow(desk, make_route(), secret)
    owe(desk, desk.clock())
    desk.open(event(file_id="e1", parent_id=ELSEWHERE))
    stranger = Reviewer(name="Stranger", email="stranger@example.com", chat_ids={"paper": "U9"})
    commands = make_commands(desk)
    place = commands.find_place_of_person("paper", make_proven_person(stranger))

    with pytest.raises(Refused):
        commands.choose(DAILY, place, made_by="U9")
    owe(desk, TUESDAY)

    assert list_targets(desk) == ["C2"]


def test_a_channel_that_posts_nothing_gets_none(daily: Desk) -> None:
    silent = make_digests(daily, silent={"paper"})

    assert silent.owe_due_digests(TUESDAY) == 0


def make_owner(address: str = OWNER) -> ProvenPerson:
    return make_proven_person(Reviewer(name="Dana Ozola", email=address, chat_ids={"slack": "U1"}))


@pytest.mark.parametrize("address", [OWNER, DEPUTY, OWNER.upper()])
def test_a_person_gets_a_digest_of_what_they_own_or_are_deputy_for(desk: Desk, address: str) -> None:
    other = make_route(name="other", watch=(ELSEWHERE,), owners=("someone@example.com",), deputies=())
    follow(desk, make_route(digest=None, private=True), replace(other, digest=None))
    commands = make_commands(desk)
    place = commands.find_place_of_person("paper", make_owner(address))

    sentence = commands.choose(WEEKLY, place, made_by="U1")
    desk.open(event())
    desk.open(event(file_id="e1", parent_id=ELSEWHERE))
    monday = TUESDAY + timedelta(days=6)
    worker = make_digests(desk)
    counts = [worker.owe_due_digests(at) for at in (TUESDAY, monday - timedelta(seconds=1), monday, monday)]

    assert sentence == "The digest of reviews comes on Mondays at 09:00 (Europe/Riga)."
    assert counts == [0, 0, 1, 0]
    assert list_targets(desk) == [f"@{address}"]
    [digest] = list_digests(desk)
    assert (digest.title, digest.figures.waiting) == ("compliance", 1)
    assert digest.since == TUESDAY - timedelta(days=1)


def test_a_person_is_found_under_the_address_that_a_route_names(desk: Desk) -> None:
    follow(desk)
    person = make_proven_person(Reviewer(name="Dana", email="other@example.com"), OWNER)

    assert make_commands(desk).find_place_of_person("paper", person) == ("paper", f"@{OWNER}")


def test_a_person_whom_no_chat_can_write_to_is_told_so(desk: Desk) -> None:
    follow(desk)

    with pytest.raises(Refused, match="No route uses this chat"):
        make_commands(desk, direct_message_channels=()).find_place_of_person("paper", make_owner())


def test_who_is_no_longer_named_by_a_route_gets_none(desk: Desk) -> None:
    follow(desk)
    commands = make_commands(desk)
    commands.choose(DAILY, commands.find_place_of_person("paper", make_owner()), made_by="U1")
    desk.open(event())
    follow(desk, make_route(digest=None, owners=("new@example.com",), deputies=()))

    assert [owe(desk, TUESDAY), owe(desk, TUESDAY + timedelta(days=1))] == [0, 0]


def test_a_channel_that_chose_its_own_time_gets_none_at_that_of_the_route(daily: Desk) -> None:
    commands = make_commands(daily)
    commands.choose(DigestTimes.parse("daily 12:30"), CHANNEL, made_by="U1")

    noon = TUESDAY + timedelta(hours=3, minutes=30)

    assert [owe(daily, TUESDAY), owe(daily, noon), owe(daily, noon)] == [0, 1, 0]
    shown = commands.show(CHANNEL, example=EXAMPLE)
    assert shown == "The digest of reviews comes each working day at 12:30 (Europe/Riga)."


def test_a_digest_that_is_ended_comes_no_more(daily: Desk) -> None:
    commands = make_commands(daily)

    assert commands.end(CHANNEL, made_by="U1") == "No digest comes here any more."

    assert owe(daily, TUESDAY) == 0
    assert commands.show(CHANNEL, example=EXAMPLE) == f"No digest comes here. To get one: {EXAMPLE}"


def test_a_chosen_digest_is_ended_without_a_trace_where_no_route_wants_one(desk: Desk) -> None:
    follow(desk, make_route(digest=None))
    commands = make_commands(desk)
    commands.choose(DAILY, CHANNEL, made_by="U1")

    commands.end(CHANNEL, made_by="U1")

    with desk.engine.connect() as connection:
        assert connection.execute(sa.select(review_digests)).all() == []


def test_a_channel_is_shown_what_the_routes_say(daily: Desk) -> None:
    shown = make_commands(daily).show(CHANNEL, example=EXAMPLE)

    assert shown == "The digest of reviews comes each working day at 09:00 (Europe/Riga)."


def test_a_channel_that_no_route_notifies_can_choose_none(desk: Desk) -> None:
    follow(desk)

    with pytest.raises(Refused, match="No route notifies this channel"):
        make_commands(desk).choose(DAILY, ("paper", "C9"), made_by="U1")


def test_another_zone_of_the_route_moves_a_chosen_digest_and_repeats_none(desk: Desk) -> None:
    follow(desk, make_route(digest=None))
    make_commands(desk).choose(DAILY, CHANNEL, made_by="U1")
    desk.open(event())
    assert owe(desk, TUESDAY) == 1
    new_york = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("America/New_York"))
    follow(desk, make_route(digest=None, working_hours=new_york))
    wednesday = TUESDAY + timedelta(days=1)

    counts = [owe(desk, wednesday + timedelta(hours=hours)) for hours in (0, 5, 6, 7)]

    assert counts == [1, 0, 1, 0]
    spans = [(each.since, each.at) for each in list_digests(desk)]
    assert [since for since, _ in spans[1:]] == [until for _, until in spans[:-1]]


def test_a_choice_that_is_changed_while_a_worker_looks_is_not_overwritten(desk: Desk) -> None:
    follow(desk, make_route(digest=None))
    commands = make_commands(desk)
    commands.choose(DAILY, CHANNEL, made_by="U1")
    with desk.transactions(reading=True) as work:
        [stored] = work.review_digests.list_due(TUESDAY, 10)
    commands.choose(WEEKLY, CHANNEL, made_by="U2")

    with desk.transactions() as work:
        assert not work.review_digests.move_on(stored, until=TUESDAY, next_at=None)
        current = work.review_digests.get(*CHANNEL, CHOSEN)
    assert current is not None
    assert (current.times, current.made_by) == ("Mon 09:00", "U2")


def test_a_digest_that_fails_keeps_no_other_from_being_owed(daily: Desk) -> None:
    commands = make_commands(daily)
    commands.choose(DAILY, CHANNEL, made_by="U1")
    commands.choose(DAILY, commands.find_place_of_person("paper", make_owner()), made_by="U1")
    with daily.engine.begin() as connection:
        of_channel = review_digests.c.target == "C1"
        values = {"times": "fortnightly", "next_at": TUESDAY - timedelta(hours=1)}
        connection.execute(sa.update(review_digests).where(of_channel).values(values))

    with (
        pytest.raises(ItemsFailed),
        RoundIsolation("digests").isolate_round() as isolation,
    ):
        make_digests(daily).owe_due_digests(TUESDAY, isolate=isolation)

    assert list_targets(daily) == [f"@{OWNER}"]


def test_it_is_delivered_to_its_channel_and_to_its_person(daily: Desk) -> None:
    commands = make_commands(daily)
    commands.choose(DAILY, commands.find_place_of_person("paper", make_owner()), made_by="U1")
    owe(daily, TUESDAY)

    daily.deliver_all()

    targets = [to for to, notice in daily.paper.notices if notice.kind is NoticeKind.REVIEW_DIGEST]
    assert sorted(targets) == [f"@{OWNER}", "C1"]
