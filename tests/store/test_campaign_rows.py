"""Reviews of campaigns are in no question about reviews of changes, nor in figures about their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.campaign import CampaignReference
from reviews.kinds import ChangeKind, ReviewState
from reviews.ports.listing import ListingQuery, MarkKind, make_marks
from reviews.tree import FilePresence, Place
from store.tallies import CARD_TO_ANSWER, load_tallies
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, review
from tests.reviews.small_portal import SmallPortal
from tests.store.recount import assert_sums_agree

if TYPE_CHECKING:
    import sqlalchemy as sa

ASKED: dict[str, Any] = {
    "kind": ChangeKind.CAMPAIGN,
    "campaign": CampaignReference(id="c1", name="Policies"),
}


def add(engine: sa.Engine, review_id: str, **more: Any) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(id=review_id, **{"file_id": "f1", **more}))
        work.commit()


def test_a_folder_that_goes_has_the_reviews_of_changes_alone(engine: sa.Engine) -> None:
    state = SmallPortal().get_file("f1")
    assert state is not None
    with SqlUnitOfWork(engine) as work:
        work.folders.put(Place(folders=(("top", "Rooms"),)), at=START)
        work.files.put(replace(state, file_id="f1", parent_id="top"))
        work.commit()
    add(engine, "change")
    add(engine, "asked", **ASKED)

    with SqlUnitOfWork(engine, reading=True) as work:
        open_reviews = work.files.find_open_reviews_beneath(
            "top", FilePresence.PRESENT, route="compliance", limit=9
        )

    assert open_reviews.file_counts == {"change": 1}


def test_what_came_before_a_review_of_a_change_is_no_review_of_a_campaign(engine: sa.Engine) -> None:
    add(engine, "asked", **ASKED)
    add(engine, "change")

    with SqlUnitOfWork(engine, reading=True) as work:
        latest = work.reviews.find_latest("f1", route="compliance")
        assert (latest and latest.id) == "change"
    with SqlUnitOfWork(engine) as work:
        assert work.reviews.close("asked", at=START + timedelta(days=1))
        closed = work.reviews.get("asked")
        work.commit()
    assert closed is not None
    assert (closed.state, closed.closed_at) == (ReviewState.CLOSED, START + timedelta(days=1))
    assert_sums_agree(engine)


def test_an_answer_in_a_campaign_says_nothing_about_the_time_that_changes_wait(engine: sa.Engine) -> None:
    an_answer = answer(at=START + timedelta(hours=1))
    for review_id, more in (("change", {}), ("asked", ASKED)):
        add(engine, review_id, **more)
        with SqlUnitOfWork(engine) as work:
            work.cards.owe(review_id, [("slack", "C1")], caused_at=START)
            work.commit()
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE cards SET posted_at = due_since")
        with SqlUnitOfWork(engine) as work:
            assert work.reviews.record_answer(review_id, an_answer, ReviewState.ACKNOWLEDGED)
            work.commit()

    with engine.connect() as connection:
        observed = [each.count for each in load_tallies(connection) if each.subject == CARD_TO_ANSWER]
    assert observed == [1]
    assert_sums_agree(engine)
    edges = [START - timedelta(days=7), START + timedelta(days=7)]
    query = ListingQuery(marks=(make_marks(MarkKind.ROUTE, ["compliance"]),))
    with SqlUnitOfWork(engine, reading=True) as work:
        [week] = work.listings.compute_weeks(query, ["compliance"], edges).weeks
    assert (week.acknowledged, week.median, week.open) == (1, timedelta(hours=1), 0)
