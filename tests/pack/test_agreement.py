"""A pack says of each review what the database holds of it, whatever has happened to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.comparison import DocumentState
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ledger import ledger_entries
from reviews.model import CarriedAcknowledgement
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.pack.agreement import assert_pack_agrees, describe_packed
from tests.retention.removing import LATEST, let_years_pass, remove
from tests.reviews.desk import DANA, Desk, build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, list_bulk_reviews, receive_events
from tests.reviews.given_up import give_up
from tests.reviews.samples import ALICE, OWNER, event, routes
from tests.reviews.unanswered import depart, save
from tests.runtime.lived import live_through

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Review

CONTENT_ALONE = frozenset({ChangeKind.CONTENT, ChangeKind.CREATED})
OWNERS = (OWNER, "ilze@example.com", "juris@example.com")


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


def acknowledge(desk: Desk, review: Review, address: str = OWNER, **more: object) -> Review:
    who = Reviewer(name=address, email=address)
    return desk.answers.record_answer(build_answer_request(review, reviewer=who, **more))


def test_a_review_to_which_everything_happened(engine: sa.Engine) -> None:
    live_through(engine)

    packed = assert_pack_agrees(engine)
    first, second = packed["rev-1"], packed["rev-2"]
    assert (first.state, first.superseded_by) == (ReviewState.CHANGES_REQUESTED, "rev-2")
    assert [each.withdrawn_at is None for each in first.answers] == [False, True]
    assert first.unanswered == 1
    assert second.state is ReviewState.OPEN


@ON_SQLITE
@pytest.mark.parametrize("required", [1, 2, 3])
def test_a_review_that_takes_several_people(desk: Desk, required: int) -> None:
    desk.follow(routes(owners=OWNERS, required=required))
    review = desk.open(event())
    for answered, address in enumerate(OWNERS[:required], start=1):
        desk.clock.advance(minutes=1)
        acknowledge(desk, review, address)
        packed = assert_pack_agrees(desk.engine)[review.id]
        assert (packed.state is ReviewState.ACKNOWLEDGED) == (answered == required)


@ON_SQLITE
def test_a_review_that_each_owner_answers_but_for_the_one_who_wrote_it(desk: Desk) -> None:
    owners = (*OWNERS, str(ALICE.email))
    desk.follow(routes(owners=owners, required=None))
    review = desk.open(event())
    for address in OWNERS:
        assert assert_pack_agrees(desk.engine)[review.id].state is ReviewState.OPEN
        desk.clock.advance(minutes=1)
        acknowledge(desk, review, address)

    assert assert_pack_agrees(desk.engine)[review.id].state is ReviewState.ACKNOWLEDGED


@ON_SQLITE
def test_an_answer_that_was_withdrawn_and_given_again(desk: Desk) -> None:
    review = desk.open(event())
    acknowledge(desk, review)
    desk.clock.advance(minutes=1)
    who = Reviewer(name=OWNER, email=OWNER)
    desk.answers.withdraw(make_review_request(review, who))
    between = assert_pack_agrees(desk.engine)[review.id]
    desk.clock.advance(minutes=1)
    acknowledge(desk, review, decision=Decision.REQUEST_CHANGES, note="Section 4")

    assert (between.state, between.settled_at) == (ReviewState.OPEN, None)
    assert assert_pack_agrees(desk.engine)[review.id].state is ReviewState.CHANGES_REQUESTED


def test_many_files_of_which_one_changes_again_and_one_is_taken_out(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    review = flood(desk, 5)
    desk.clock.advance(minutes=1)
    desk.portal.versions["f003"] += 1
    handle(desk, receive_events(desk, ["f003"], trigger="file.updated"))
    apart = desk.separation.separate(make_review_request(review), file_id="f001")
    [bulk] = list_bulk_reviews(desk)
    acknowledge(desk, bulk)

    packed = assert_pack_agrees(desk.engine)
    assert packed[bulk.id].state is ReviewState.ACKNOWLEDGED
    assert packed[apart.id].state is ReviewState.OPEN
    assert packed[bulk.id].unanswered == 1  # of the file that changed again; the other's duty goes on
    assert len(packed[bulk.id].entries) == 9


@ON_SQLITE
def test_reviews_that_become_part_of_a_bulk_review(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    own = [desk.open(event(file_id=file, trigger="file.created")) for file in ("f000", "f001")]
    bulk = flood(desk, 5)

    packed = assert_pack_agrees(desk.engine)
    assert {packed[each.id].state for each in own} == {ReviewState.REPLACED}
    assert {packed[each.id].superseded_by for each in own} == {bulk.id}
    assert {packed[each.id].unanswered for each in own} == {0}


@ON_SQLITE
def test_a_review_whose_acknowledgement_still_counts(desk: Desk) -> None:
    desk.open(event())
    acknowledge(desk, desk.latest("3358285"))
    review = save(desk)
    carried = CarriedAcknowledgement(
        review_id="rev-1", version=8, people=(DANA,), acknowledged_at=desk.clock(), at=desk.clock()
    )
    state = DocumentState(version=8, updated=None, sha256="0" * 64, size=1)
    with desk.transactions() as work:
        work.reviews.carry(review, carried)
        work.ledger.append(
            ledger_entries.build_carried(review, carried, before=state, after=state, reason="identical")
        )
        work.commit()

    packed = assert_pack_agrees(desk.engine)[review.id]
    assert (packed.state, packed.settled_at, packed.carried) == (ReviewState.CARRIED, None, True)


@ON_SQLITE
def test_a_document_that_goes_and_comes_back_under_its_review(desk: Desk) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    review = desk.open(event())
    depart(desk, "file.trashed")
    gone = assert_pack_agrees(desk.engine)[review.id]
    desk.clock.advance(minutes=1)
    handle(desk, [desk.receive(event(trigger="file.restored", occurred_at=desk.clock()))])
    back = assert_pack_agrees(desk.engine)[review.id]

    assert (gone.document_gone, gone.unanswered) == (True, 1)
    assert (back.document_gone, back.unanswered) == (False, 0)


@ON_SQLITE
def test_a_document_that_goes_and_is_acknowledged_all_the_same(desk: Desk) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    review = desk.open(event())
    depart(desk, "file.deleted")
    acknowledge(desk, review)

    packed = assert_pack_agrees(desk.engine)[review.id]
    assert (packed.document_gone, packed.unanswered) == (True, 0)


@ON_SQLITE
def test_a_file_of_many_that_goes(desk: Desk) -> None:
    desk.follow(routes(bulk=3, review=CONTENT_ALONE))
    bulk = flood(desk, 5)
    depart(desk, "file.trashed", "f002")

    assert assert_pack_agrees(desk.engine)[bulk.id].document_gone


@ON_SQLITE
def test_a_card_that_is_given_up_counts_until_it_is_delivered(desk: Desk) -> None:
    review = desk.open(event())
    card, other = desk.latest(review.file_id).cards
    give_up(desk, card)
    give_up(desk, other)
    both = assert_pack_agrees(desk.engine)[review.id]
    with desk.transactions() as work:
        work.cards.reopen(card.id)
        work.commit()
    desk.deliver_all()
    recovered = assert_pack_agrees(desk.engine)[review.id]

    assert (both.given_up, recovered.given_up) == (2, 1)


@ON_SQLITE
def test_a_review_that_was_removed_is_as_it_was(desk: Desk) -> None:
    review = desk.open(event(file_id="old"))
    acknowledge(desk, review)
    let_years_pass(desk)
    before = assert_pack_agrees(desk.engine)[review.id]
    assert remove(desk) == [LATEST]

    after = assert_pack_agrees(desk.engine)[review.id]
    assert before.removed_at is None
    assert after.removed_at == desk.clock()
    assert describe_packed(after) == describe_packed(before)
