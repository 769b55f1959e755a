"""Whom a person who is away may name as their stand-in, and who stands in if they name no one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.errors import Refused
from reviews.identity import Person, Reviewer
from reviews.routes.route import Routes, SegregationOfDuties
from tests.reviews.declaring import ILZE, WEEK, declare, stored
from tests.reviews.desk import DANA, JURIS
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, HOSTILE, OWNER, route, routes

if TYPE_CHECKING:
    from typing import Any

    from tests.reviews.desk import Desk


@pytest.fixture(autouse=True)
def follow_open_rules(desk: Desk) -> None:
    """Have the desk go by routes on which no stand-in needs a DocSpace account."""
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))


def test_the_stand_in_of_a_deputy_who_is_away_is_named(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=make_proven_person(JURIS))

    assert declare(desk).lines[1] == "On compliance juris@example.com stands in."


def test_without_a_deputy_one_learns_that_one_is_still_asked(desk: Desk) -> None:
    desk.follow(Routes([route(name="a", deputies=()), route(name="b", deputies=(OWNER,))]))

    reply = declare(desk)

    assert [line[:32] for line in reply.lines[1:]] == [
        "On a no one can stand in for you",
        "On b no one can stand in for you",
    ]


def test_a_deputy_who_is_away_too_stands_in_for_no_one(desk: Desk) -> None:
    declare(desk, ILZE)

    assert "no one can stand in" in declare(desk).lines[1]


@pytest.mark.parametrize("stand_in", [make_proven_person(DANA), OWNER, OWNER.upper()])
def test_no_one_stands_in_for_themselves(desk: Desk, stand_in: Any) -> None:
    with pytest.raises(Refused, match="can't stand in for yourself"):
        declare(desk, stand_in=stand_in)


def test_a_person_whose_address_is_not_proven_can_not_stand_in(desk: Desk) -> None:
    guest = make_proven_person(Reviewer(name="A guest", chat_ids={"slack": "U9"}))

    with pytest.raises(Refused, match="A guest has no address that can be verified here"):
        declare(desk, stand_in=guest)


def test_an_address_that_only_docspace_knows_may_be_named_and_no_other(desk: Desk) -> None:
    desk.portal.strangers.add("unknown@example.com")

    declare(desk, stand_in="eve@example.com")
    with pytest.raises(Refused, match=r"unknown@example\.com is not known here"):
        declare(desk, stand_in="unknown@example.com")

    assert [each.stand_in for each in stored(desk)] == ["eve@example.com"]


@pytest.mark.parametrize(
    "typed",
    [
        "dep\N{ZERO WIDTH SPACE}uty@example.com",
        "dep\N{WORD JOINER}uty@example.com",
        "<deputy@example.com>",
        "deputy@example.com,juris@example.com",
        "mailto:deputy@example.com",
        f"deputy@{'x' * 190}.com",
    ],
)
def test_what_only_resembles_an_address_is_no_stand_in(desk: Desk, typed: str) -> None:
    """DocSpace may know an address that it compares more loosely than this app does."""
    with pytest.raises(Refused, match="is known here"):
        declare(desk, stand_in=typed)

    assert stored(desk) == []


def test_a_stand_in_is_found_by_their_address_in_any_case(desk: Desk) -> None:
    declare(desk, stand_in="\N{LATIN CAPITAL LETTER O WITH DIAERESIS}RJAN@Example.com")

    with desk.transactions(reading=True) as work:
        named_in = work.absences.list_naming(
            ["\N{LATIN SMALL LETTER O WITH DIAERESIS}rjan@example.com"], not_ended_by=desk.clock()
        )
    assert [each.person for each in named_in] == [OWNER]


def test_a_name_of_the_routing_file_may_be_typed(desk: Desk) -> None:
    with desk.transactions() as work:
        work.people.remember(Person(id="d1", name="Ilze Kalna", email=DEPUTY), at=desk.clock())
        work.commit()

    reply = declare(desk, stand_in="ilze  kalna")

    assert "Ilze Kalna stands in" in reply.sentence
    with pytest.raises(Refused, match="No person called Dana Ozols is known here"):
        declare(desk, stand_in="Dana Ozols")


@pytest.mark.parametrize("name", [HOSTILE, "@", "@@", "\0", "'" * 300])
def test_hostile_names_are_refused_in_one_line(desk: Desk, name: str) -> None:
    with pytest.raises(Refused) as raised:
        declare(desk, stand_in=name)

    assert raised.value.sentence.isprintable()
    assert stored(desk) == []


def test_where_duties_are_segregated_a_stand_in_needs_an_account(desk: Desk) -> None:
    desk.follow(routes())
    desk.portal.strangers.add("juris@example.com")

    with pytest.raises(Refused, match="finds no DocSpace account"):
        declare(desk, stand_in=make_proven_person(JURIS))
    desk.portal.strangers.clear()
    desk.clock.advance(minutes=2)
    declare(desk, stand_in=make_proven_person(JURIS))

    assert [each.stand_in for each in stored(desk)] == ["juris@example.com"]


def test_a_circle_of_stand_ins_is_refused(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=make_proven_person(JURIS))
    declare(desk, JURIS, stand_in=OWNER)

    with pytest.raises(Refused, match=r"in a circle that leads back to you through juris@example\.com"):
        declare(desk, stand_in=DEPUTY)
    with pytest.raises(Refused, match=r"juris@example\.com is away at that time, and you stand in for them"):
        declare(desk, stand_in="juris@example.com")


def test_a_circle_at_no_common_time_is_none(desk: Desk) -> None:
    declare(desk, ILZE, stand_in=OWNER, lasting=WEEK)

    declare(desk, starts_at=desk.clock() + WEEK, lasting=2 * WEEK, stand_in=DEPUTY)

    assert [each.stand_in for each in stored(desk)] == [DEPUTY]
