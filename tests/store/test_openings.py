"""The repository of openings: the first of each stays, and only of open reviews at their revision."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from reviews.opening import OpenedItem, Opening
from store.schema import openings
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Collection

ADDRESS, ACCOUNT, OTHER = "a" * 32, "b" * 32, "c" * 32
LATER = START + timedelta(microseconds=1)
LATEST = LATER + timedelta(days=1)


@pytest.fixture
def work(engine: sa.Engine) -> SqlUnitOfWork:
    with SqlUnitOfWork(engine) as unit:
        unit.reviews.add(review())
        unit.commit()
    return SqlUnitOfWork(engine)


def add(
    work: SqlUnitOfWork, digests: Collection[str], at: datetime, *items: OpenedItem, revision: int = 1
) -> None:
    work.openings.add("rev-1", revision, digests, [Opening(item=item, at=at) for item in items])


def read(
    work: SqlUnitOfWork, *digests: str, until: datetime = LATEST, revision: int = 1
) -> dict[OpenedItem, datetime]:
    return {each.item: each.at for each in work.openings.list_first("rev-1", revision, digests, until=until)}


def test_the_first_opening_stays(work: SqlUnitOfWork) -> None:
    with work:
        add(work, [ADDRESS], START, OpenedItem.PAGE)
        add(work, [ADDRESS], LATER, OpenedItem.PAGE, OpenedItem.DOCUMENT)

        assert read(work, ADDRESS) == {OpenedItem.PAGE: START, OpenedItem.DOCUMENT: LATER}


def test_a_person_is_found_by_each_of_their_digests_and_no_one_else_is(work: SqlUnitOfWork) -> None:
    with work:
        add(work, [ADDRESS, ACCOUNT], LATER, OpenedItem.PAGE)
        add(work, [ACCOUNT], START, OpenedItem.COMPARISON)

        assert read(work, ADDRESS) == {OpenedItem.PAGE: LATER}
        assert read(work, ACCOUNT) == {OpenedItem.PAGE: LATER, OpenedItem.COMPARISON: START}
        assert read(work, OTHER) == read(work) == {}


def test_the_first_of_several_digests_counts(work: SqlUnitOfWork) -> None:
    with work:
        add(work, [ADDRESS], LATER, OpenedItem.PAGE)
        add(work, [ACCOUNT], START, OpenedItem.PAGE)

        assert read(work, ADDRESS, ACCOUNT) == {OpenedItem.PAGE: START}


def test_what_is_later_than_asked_for_is_left_out(work: SqlUnitOfWork) -> None:
    with work:
        add(work, [ADDRESS], LATER, OpenedItem.PAGE)

        assert read(work, ADDRESS, until=START) == {}
        assert read(work, ADDRESS, until=LATER) == {OpenedItem.PAGE: LATER}


@pytest.mark.parametrize("revision", [0, 2])
def test_another_revision_than_that_of_the_review_is_not_stored(work: SqlUnitOfWork, revision: int) -> None:
    with work:
        add(work, [ADDRESS], START, OpenedItem.PAGE, revision=revision)

        assert read(work, ADDRESS, revision=revision) == {}


def test_nothing_is_stored_of_an_answered_review(work: SqlUnitOfWork) -> None:
    with work:
        work.reviews.record_answer("rev-1", answer(), ReviewState.ACKNOWLEDGED)
        add(work, [ADDRESS], START, OpenedItem.PAGE)

        assert read(work, ADDRESS) == {}


def test_an_item_that_a_newer_release_stored_is_left_out(work: SqlUnitOfWork) -> None:
    with work:
        values = {"review_id": "rev-1", "revision": 1, "person": ADDRESS, "item": "summary", "at": START}
        work.connection.execute(sa.insert(openings).values(values))

        assert read(work, ADDRESS) == {}


def test_of_people_who_open_it_at_the_same_time_each_has_one_row(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.commit()
    times = [START + timedelta(seconds=number) for number in range(4)]

    def open_at_once(number: int) -> None:
        items = (OpenedItem.PAGE, OpenedItem.COMPARISON)[:: 1 if number % 2 else -1]
        with SqlUnitOfWork(engine) as work:
            add(work, [ADDRESS, ACCOUNT], times[number], *items)
            work.commit()

    run_in_threads(len(times), open_at_once)

    with SqlUnitOfWork(engine) as work:
        assert work.connection.execute(sa.select(sa.func.count()).select_from(openings)).scalar_one() == 4
        first = read(work, ADDRESS)
    assert set(first) == {OpenedItem.PAGE, OpenedItem.COMPARISON}
    assert set(first.values()) <= set(times)
