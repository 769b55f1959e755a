"""Cards and notices that are given up are in the ledger, and so is what was delivered after all."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviews import backoff
from reviews.errors import ChannelMissing, OutcomeUnknown, TryLater, UnresolvedOutcome
from reviews.kinds import CardState
from reviews.ledger import history
from reviews.ledger.ledger_entries import format_moment
from reviews.notice import NoticeKind
from tests.databases import ON_SQLITE
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.given_up import ARCHIVED, give_up, list_deliveries
from tests.reviews.samples import event, notice

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Post, Review
    from tests.reviews.desk import Desk


def replay(desk: Desk, card: Post) -> None:
    with desk.transactions() as work:
        assert work.cards.reopen(card.id) == 1
        work.commit()


def test_a_card_that_is_given_up_and_replayed_has_both_entries(desk: Desk, review: Review) -> None:
    card = review.cards[0]
    desk.paper.trouble = [ARCHIVED]
    deliver_card(desk.delivery, card.id)
    replay(desk, card)
    deliver_card(desk.delivery, card.id)

    given_up, recovered = list_deliveries(desk)
    about = {
        "at": format_moment(desk.clock()),
        "review_id": review.id,
        "route": "compliance",
        "file_id": review.file_id,
        "title": review.title,
        "revision": 1,
        "what": "card",
        "notifier": "paper",
        "target": "C1",
    }
    chained = ("seq", "prev_hash", "hash")
    assert {name: value for name, value in given_up.items() if name not in chained} == {
        **about,
        "type": "delivery:given_up",
        "due_since": format_moment(card.due_since),
        "attempts": 1,
        "reason": "the channel is archived",
        "was_posted": False,
    }
    assert {name: value for name, value in recovered.items() if name not in chained} == {
        **about,
        "type": "delivery:recovered",
    }
    assert [history.describe_entry(entry).sentence for entry in (given_up, recovered)] == [
        "The card for paper:C1 was not delivered. Reason: the channel is archived",
        "The card for paper:C1 was delivered after all.",
    ]
    assert desk.verdict().intact


def test_each_time_it_is_given_up_has_an_entry_and_the_delivery_one(desk: Desk, review: Review) -> None:
    card = review.cards[0]
    desk.paper.trouble = [ARCHIVED, ARCHIVED]
    for _ in range(2):
        deliver_card(desk.delivery, card.id)
        replay(desk, card)
    deliver_card(desk.delivery, card.id)
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()

    assert [entry["type"].split(":")[1] for entry in list_deliveries(desk)] == [
        "given_up",
        "given_up",
        "recovered",
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (TryLater("down"), backoff.MAX_ATTEMPTS),
        (ChannelMissing("no such channel"), backoff.MAX_ATTEMPTS_WITHOUT_CHANNEL),
    ],
)
def test_after_the_last_attempt_there_is_one_entry(
    desk: Desk, review: Review, error: Exception, attempts: int
) -> None:
    for _ in range(attempts):
        assert list_deliveries(desk) == []
        desk.delivery.count_failure(review.cards[0].id, "job", error)

    [entry] = list_deliveries(desk)
    assert (entry["attempts"], entry["reason"]) == (attempts, str(error))


@ON_SQLITE
@pytest.mark.parametrize(
    ("error", "was_posted"),
    [(ARCHIVED, False), (UnresolvedOutcome("posted twice"), None), (OutcomeUnknown("no answer"), None)],
)
def test_it_says_whether_the_card_may_have_been_posted(
    desk: Desk, review: Review, error: Exception, was_posted: object
) -> None:
    for _ in range(backoff.MAX_ATTEMPTS):
        desk.delivery.count_failure(review.cards[0].id, "job", error)

    [entry] = list_deliveries(desk)
    assert entry["was_posted"] is was_posted


@ON_SQLITE
def test_a_posted_card_that_can_not_be_updated_says_so(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.portal.versions[review.file_id] += 1
    desk.open(event())
    entry = give_up(desk, review.cards[0])

    assert (entry["was_posted"], entry["revision"]) == (True, 2)
    assert history.describe_entry(entry).sentence.startswith("The card in paper:C1 could not be updated.")


@ON_SQLITE
def test_a_notice_is_named_by_its_kind(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.portal.versions[review.file_id] += 1
    desk.open(event())
    entry = give_up(desk, desk.notices()[0])

    assert (entry["what"], entry["was_posted"]) == (NoticeKind.REVISED, False)
    assert history.describe_entry(entry).sentence.startswith("A notice to paper:C1 was not delivered.")


@ON_SQLITE
def test_what_belongs_to_no_review_has_no_entry(desk: Desk) -> None:
    with desk.transactions() as work:
        work.cards.owe_notice(("paper", "C1"), notice(NoticeKind.ALARM), cause="alarm:1")
        work.commit()
    [alarm] = desk.notices()
    desk.delivery.count_failure(alarm.id, "job", ARCHIVED)

    assert desk.notices()[0].state is CardState.DEAD
    replay(desk, alarm)
    desk.deliver_all()
    assert desk.entries() == []


@ON_SQLITE
def test_a_job_that_lost_the_card_records_nothing(desk: Desk, review: Review) -> None:
    with desk.transactions() as work:
        work.cards.claim(review.cards[0].id, "another job")
        work.commit()
    desk.delivery.count_failure(review.cards[0].id, "job", ARCHIVED)

    assert list_deliveries(desk) == []


@ON_SQLITE
def test_a_card_whose_review_can_not_be_read_is_given_up_with_its_entry(desk: Desk, review: Review) -> None:
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reviews SET contributors = '{'")

    assert give_up(desk, review.cards[0])["title"] == review.title


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_while_it_gives_a_card_up_leaves_both_or_neither(
    desk: Desk, engine: sa.Engine, review: Review, when: str
) -> None:
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.reviews.killed_delivery", address, str(review.cards[0].id), when]
    killed = subprocess.run(command, check=False, capture_output=True)
    states = desk.latest(review.file_id).cards[0].state, len(list_deliveries(desk))

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert states == ((CardState.DEAD, 1) if when == "after" else (CardState.OWED, 0))
    desk.delivery.count_failure(review.cards[0].id, "job", ARCHIVED)
    assert desk.latest(review.file_id).cards[0].state is CardState.DEAD
    assert len(list_deliveries(desk)) == 1
    assert desk.verdict().intact
