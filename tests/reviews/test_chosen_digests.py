"""Digests of reviews that channels and people choose, change and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.notice import NoticeKind
from reviews.ports.review_digests import CHOSEN
from reviews.routes.digest_times import DigestTimes
from reviews.routes.working_time import WorkingHours
from store.schema import review_digests
from tests.reviews.people import make_proven_person
from tests.reviews.review_digests import (
    CHANNEL,
    DAILY,
    EXAMPLE,
    TUESDAY,
    WEEKLY,
    begin_daily,
    follow,
    list_digests,
    list_targets,
    make_commands,
    make_digests,
    make_owner,
    make_route,
    owe,
)
from tests.reviews.samples import DEPUTY, ELSEWHERE, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def daily(desk: Desk) -> Desk:
    return begin_daily(desk)


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


def test_it_is_delivered_to_its_channel_and_to_its_person(daily: Desk) -> None:
    commands = make_commands(daily)
    commands.choose(DAILY, commands.find_place_of_person("paper", make_owner()), made_by="U1")
    owe(daily, TUESDAY)

    daily.deliver_all()

    targets = [to for to, notice in daily.paper.notices if notice.kind is NoticeKind.REVIEW_DIGEST]
    assert sorted(targets) == [f"@{OWNER}", "C1"]
