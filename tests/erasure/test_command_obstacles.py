"""What keeps a person from being erased by the command, and what it says of that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store.schema import alarms, unrouted_changes
from tests.databases import ON_SQLITE
from tests.erasure.closed_desk import ALICES, open_closed_desk
from tests.erasure.command import ROUTE, erase
from tests.erasure.erasing import list_traces
from tests.reviews.samples import ALICE, OWNER, START, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return open_closed_desk(engine)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("owners", f'["{OWNER.upper()}"]', "an owner of the route 'compliance'"),
        ("deputies", f'["{OWNER}"]', "a deputy of the route 'compliance'"),
        ("notify", f'["mail:{OWNER}"]', "a target of the route 'compliance'"),
        (
            "ladder",
            f'[{{after = "50%", do = "escalate", to = "{OWNER.upper()}"}}]\ndue = "8h"',
            "in the ladder of the route 'compliance'",
        ),
        (
            "ladder",
            f'[{{after = "50%", do = "escalate", to = "mail:{OWNER}"}}]\ndue = "8h"',
            "a target of the route 'compliance'",
        ),
        ("[people]", f'"{OWNER}" = {{ slack = "U0123456789" }}', "in the table [people]"),
    ],
)
@ON_SQLITE
def test_who_stands_in_the_routing_file_is_not_erased(desk: Desk, key: str, value: str, says: str) -> None:
    lines = [line for line in ROUTE.splitlines() if not line.startswith(f"{key} =")]
    line = f"{key}\n{value}" if key == "[people]" else f"{key} = {value}"

    done = erase(desk, OWNER, "--yes", route="\n".join([*lines, line]))

    assert done.code == 1
    assert f"it is {says}" in done.err
    assert list_traces(desk.engine, OWNER) == [OWNER]


def test_a_route_under_legal_hold_keeps_its_people(desk: Desk) -> None:
    done = erase(desk, OWNER, "--yes", route=f"{ROUTE}legal_hold = true\n")

    assert done.code == 1
    assert "The route 'compliance' is under legal hold" in done.err
    assert "Nothing was changed." in done.err
    assert list_traces(desk.engine, OWNER) == [OWNER]


def test_a_hold_on_another_route_is_no_obstacle(desk: Desk) -> None:
    person = {"key": f"owner:{OWNER}", "sentence": "", "since": START, "seen_at": START}
    other = ROUTE.replace("compliance", "legal").replace("539564", "1") + "legal_hold = true\n"
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(alarms), [{**person, "told": False, "flaps": False}])

    assert erase(desk, OWNER, "--yes", route=ROUTE + other).code == 0


def test_open_reviews_keep_their_people(desk: Desk) -> None:
    opened = [desk.open(event(file_id=f"f{number}")).id for number in range(7)]

    done = erase(desk, ALICES, "--yes", "--json")

    assert done.code == 1
    need = "7 reviews that name this person are still open or sent back"
    assert f"{need}: {', '.join(opened[:5])} and 2 more" in done.err
    assert json.loads(done.out)["obstacles"] == [done.err.splitlines()[0]]
    assert list_traces(desk.engine, ALICES) == [ALICES]


def test_changes_that_wait_keep_their_people(desk: Desk) -> None:
    desk.receive(event(file_id="f9", actor=ALICE))

    done = erase(desk, ALICES, "--yes")

    assert done.code == 1
    assert "1 change by this person still waits to be handled" in done.err


def test_changes_that_are_not_recorded_yet_keep_their_people(desk: Desk) -> None:
    members = {"people": [{"id": ALICE.id, "name": ALICE.name, "email": ALICES}]}
    change = {"route": "compliance", "kind": "content", "cause": "c", "first_event": 1, "last_event": 1}
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(unrouted_changes), [{**change, "members": members, "at": START}])

    done = erase(desk, ALICES, "--yes")

    assert done.code == 1
    assert "1 change by this person still waits to be handled" in done.err
