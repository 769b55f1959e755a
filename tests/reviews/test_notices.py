"""What is told beside a card: once, behind its card, and not where the card says it anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.delivery.notice_delivery import MAX_WAIT_FOR_CARD_SECONDS, MIN_WAIT_FOR_CARD_SECONDS, NOT_POSTED
from reviews.errors import Permanent, TryLater
from reviews.identity import Reviewer
from reviews.kinds import CardState
from reviews.notice import ChangeRequestNotice, NoticeKind
from store.claims import release_claims_of_worker
from tests.databases import ON_SQLITE
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import DANA, build_answer_request, make_review_request
from tests.reviews.notices import BACK, RefusingChannel, list_notices, require_type, send_back, speak_through
from tests.reviews.samples import ALICE, event, routes

if TYPE_CHECKING:
    from reviews.model import Post, Review
    from tests.reviews.desk import Desk


pytestmark = ON_SQLITE


def post(desk: Desk, notice: Post) -> Post:
    return next(each for each in desk.notices() if each.id == notice.id)


def test_a_request_for_changes_is_told_in_the_thread_of_each_card_once(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    send_back(desk, review)
    desk.deliver_all()
    desk.deliver_all()

    assert list_notices(desk) == [(NoticeKind.CHANGES_REQUESTED, "m1")]
    assert list_notices(desk, "C2") == [(NoticeKind.CHANGES_REQUESTED, "m2")]
    notice, _ = require_type(ChangeRequestNotice, (notice for _, notice in desk.paper.notices))
    assert (notice.note, notice.mention) == ("Section 4.", (ALICE.email,))
    assert [person.email for person in notice.who] == [DANA.email]
    assert notice.review_id == review.id


def test_a_revision_and_a_withdrawal_are_told_each(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    desk.portal.versions[review.file_id] = 9
    revised = desk.open(event())
    desk.answers.record_answer(build_answer_request(revised))
    desk.answers.withdraw(make_review_request(revised))
    desk.deliver_all()

    assert [kind for kind, _ in list_notices(desk)] == [NoticeKind.REVISED, NoticeKind.WITHDRAWN]


def test_a_notice_waits_until_its_card_stands_and_longer_the_longer_that_takes(
    desk: Desk, review: Review
) -> None:
    notice = send_back(desk, review)
    waits = [deliver_card(desk.delivery, notice.id, "job")]
    desk.clock.advance(seconds=60)
    waits.append(deliver_card(desk.delivery, notice.id, "job"))
    desk.clock.advance(hours=1)
    waits.append(deliver_card(desk.delivery, notice.id, "job"))
    desk.deliver_all()

    assert waits == [MIN_WAIT_FOR_CARD_SECONDS, 60.0, MAX_WAIT_FOR_CARD_SECONDS]
    assert list_notices(desk) == [(NoticeKind.CHANGES_REQUESTED, "m1")]


def test_beside_a_card_that_was_given_up_it_is_told_without_a_thread(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [Permanent("blocks are refused")]
    deliver_card(desk.delivery, review.cards[0].id, "job")
    send_back(desk, review)
    desk.deliver_all()

    assert list_notices(desk) == [(NoticeKind.CHANGES_REQUESTED, None)]


def test_beside_a_card_that_someone_deleted_it_is_told_without_a_thread(desk: Desk, review: Review) -> None:
    speak_through(desk, RefusingChannel(gone=True))
    desk.deliver_all()
    send_back(desk, review)
    desk.deliver_all()

    assert list_notices(desk) == [(NoticeKind.CHANGES_REQUESTED, None)]


def test_what_was_told_without_an_answer_is_found_and_not_told_again(desk: Desk, review: Review) -> None:
    channel = speak_through(desk, RefusingChannel(silent=True))
    desk.deliver_all()
    notice = send_back(desk, review)
    for _ in range(3):
        deliver_card(desk.delivery, notice.id, "job")

    assert len(list_notices(desk)) == 1
    assert (post(desk, notice).state, post(desk, notice).message_id) == (CardState.POSTED, "n1")
    assert channel.search_error is None


def test_where_the_channel_can_not_be_asked_it_is_told_once_more_and_then_for_the_operators(
    desk: Desk, review: Review
) -> None:
    channel = speak_through(desk, RefusingChannel(silent=True))
    desk.deliver_all()
    channel.search_error = Permanent("no scope")
    notice = send_back(desk, review)
    for _ in range(5):
        deliver_card(desk.delivery, notice.id, "job")

    assert len(list_notices(desk)) == 2
    assert "twice" in (post(desk, notice).error or "")


def test_a_process_that_died_after_it_told_and_before_it_said_so_tells_nothing_twice(
    desk: Desk, review: Review
) -> None:
    desk.deliver_all()
    notice = send_back(desk, review)
    with desk.transactions() as work:
        assert work.cards.claim(notice.id, "dead:job")
        assert work.cards.mark_attempted(notice.id, "dead:job", at=desk.clock(), maybe_posted=False)
        work.commit()
    assert notice.notice is not None
    desk.paper.post_notice("C1", replace(notice.notice, key=str(notice.id)))
    release_claims_of_worker(desk.engine, "dead", died=True)

    deliver_card(desk.delivery, notice.id, "job")

    assert len(list_notices(desk)) == 1
    assert post(desk, notice).message_id == "n1"


def test_a_channel_that_is_down_is_tried_again(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    notice = send_back(desk, review)
    desk.paper.trouble = [TryLater("down")]

    assert deliver_card(desk.delivery, notice.id, "job") == 2.0
    assert deliver_card(desk.delivery, notice.id, "job") is None
    assert len(list_notices(desk)) == 1


def test_a_notice_that_was_given_up_is_told_when_it_is_replayed(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    notice = send_back(desk, review)
    desk.paper.trouble = [Permanent("archived")]
    deliver_card(desk.delivery, notice.id, "job")
    dead = post(desk, notice)
    with desk.transactions() as work:
        assert work.cards.reopen(notice.id) == 1
        work.commit()
    desk.deliver_all()

    assert dead.state is CardState.DEAD
    assert len(list_notices(desk)) == 1


def test_a_channel_that_can_not_redraw_is_not_told_what_its_next_card_says(
    desk: Desk, review: Review
) -> None:
    desk.write_on_sheets()
    desk.deliver_all()
    notice = send_back(desk, review)
    desk.deliver_all()

    assert list_notices(desk) == []
    assert (post(desk, notice).state, post(desk, notice).message_id) == (CardState.POSTED, NOT_POSTED)


def test_a_notice_is_owed_once_for_one_cause(desk: Desk, review: Review) -> None:
    notice = send_back(desk, review)
    assert notice.notice is not None
    with desk.transactions() as work:
        work.cards.owe_notices(review.id, notice.notice, cause=notice.cause)
        work.cards.owe_notice(("paper", "C9"), notice.notice, cause="digest:1")
        work.cards.owe_notice(("paper", "C9"), notice.notice, cause="digest:1")
        work.commit()

    assert [each.target for each in desk.notices()] == ["C1", "C2", "C9"]


def test_who_sends_their_own_change_back_is_not_called_to_it(desk: Desk) -> None:
    desk.follow(routes(segregation_of_duties="off"))
    review = desk.open(event())
    alice = Reviewer(name="Alice", email=ALICE.email)
    desk.follow(routes(segregation_of_duties="off", deputies=(str(ALICE.email),)))
    desk.answers.record_answer(build_answer_request(review, reviewer=alice, decision=BACK, note="No."))

    assert [each.notice.mention for each in desk.notices() if each.notice] == [(), ()]
