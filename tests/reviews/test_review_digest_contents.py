"""What a digest of reviews says: what the reader's routes had since the last one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.digest_notices import DigestFigures
from reviews.digests.digest_contents import MAX_PERIOD
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision
from store.schema import reviews
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.review_digests import (
    BOTH,
    DAILY,
    TUESDAY,
    WEEKLY,
    begin_daily,
    follow,
    list_digests,
    list_targets,
    make_commands,
    make_digests,
    make_route,
    owe,
)
from tests.reviews.samples import ELSEWHERE, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def daily(desk: Desk) -> Desk:
    return begin_daily(desk)


def test_after_a_long_time_a_digest_does_not_begin_with_a_year(daily: Desk) -> None:
    owe(daily, TUESDAY + timedelta(days=364))

    [digest] = list_digests(daily)
    assert digest.at - digest.since == MAX_PERIOD


def test_where_there_is_nothing_to_say_nothing_is_owed_and_the_time_moves_on(desk: Desk) -> None:
    follow(desk)
    owe(desk, desk.clock())
    assert [owe(desk, TUESDAY), owe(desk, TUESDAY + timedelta(days=1))] == [0, 0]
    desk.clock.now = TUESDAY + timedelta(days=1, hours=2, microseconds=1)
    desk.open(event())

    assert owe(desk, TUESDAY + timedelta(days=2)) == 1

    [digest] = list_digests(desk)
    assert digest.since == TUESDAY + timedelta(days=1)


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
