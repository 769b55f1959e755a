"""The command that erases a person: what it says, and what is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from store.schema import ledger_people
from tests.databases import ON_SQLITE
from tests.erasure.closed_desk import ALICES, open_closed_desk
from tests.erasure.command import erase, verify
from tests.erasure.erasing import list_traces
from tests.reviews.samples import ALICE, OWNER, event, routes
from tests.runtime.record import rewrite

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return open_closed_desk(engine)


def test_a_person_is_gone_and_the_ledger_verifies(desk: Desk) -> None:
    done = erase(desk, OWNER.upper(), "--yes")

    assert (done.code, done.err) == (0, "")
    assert "Erased from 1 review, 2 entries of the ledger" in done.out
    assert OWNER not in (done.out + done.err).casefold()
    assert list_traces(desk.engine, OWNER, "Dana Ozola") == []
    assert verify(desk).code == 0


def test_counts_are_printed_as_json_without_the_address(desk: Desk) -> None:
    done = erase(desk, OWNER, "--yes", "--json")

    printed = json.loads(done.out)
    assert printed["erased"]["reviews"] == 1
    assert printed["erased"]["entries"] == 2
    assert printed["person"] == {"names": 1, "accounts": 2}
    assert printed["obstacles"] == []
    assert (printed["clear_entries"], printed["complete"], printed["free_pages_cleaned"]) == (0, True, True)
    assert OWNER not in done.out


def test_entries_of_earlier_versions_are_counted(desk: Desk) -> None:
    rewrite(desk.engine)

    done = erase(desk, OWNER, "--yes")

    assert done.code == 0
    assert "2 entries of earlier versions name the person in clear. They can't be changed" in done.out
    assert desk.latest("3358285").answers[0].reviewer.email == OWNER
    assert verify(desk).code == 0


def test_a_damaged_ledger_is_left_as_it_is(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.update(ledger_people).values(disclosures=f'["{OWNER}"]'))

    done = erase(desk, OWNER, "--yes")

    assert done.code == 1
    assert "docspace-review ledger verify says more" in done.err
    printed = json.loads(erase(desk, OWNER, "--yes", "--json").out)
    assert printed == {"erased": None, "obstacles": done.err.splitlines()[:1]}


@ON_SQLITE
def test_bytes_in_place_of_people_are_left_as_they_are(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_people SET disclosures = x'ff00'")
        connection.exec_driver_sql("UPDATE accounts SET said = 'no JSON'")

    done = erase(desk, OWNER, "--yes")

    assert done.code == 1
    assert "what stands beside entry 1 is not text" in done.err


def test_all_entries_are_without_a_person_also_those_without_a_review(desk: Desk) -> None:
    desk.follow(routes(review=frozenset()))
    desk.intake.process(desk.receive(event(file_id="f5", actor=ALICE)))
    assert desk.entries()[-1]["review_id"] is None

    assert erase(desk, ALICES, "--yes").code == 0
    assert list_traces(desk.engine, ALICES, ALICE.name) == []
    assert verify(desk).code == 0
