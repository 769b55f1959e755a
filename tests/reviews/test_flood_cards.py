"""A flood posts one card in each channel when it has calmed, and redraws it seldom while files come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from reviews.cards.card import CardAction
from reviews.kinds import ChangeKind
from reviews.notice import ChangeNotice, NoticeKind, ReminderNotice
from reviews.ports.subscriptions import Subscription
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import DANA, build_answer_request
from tests.reviews.flood import flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.notices import require_type
from tests.reviews.samples import WATCHED, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card
    from reviews.model import Post
    from tests.reviews.desk import Desk

FEED = ("paper", "C9")


@dataclass
class Interrupted(PaperChannel):
    """A channel in which something happens while it posts."""

    meanwhile: Callable[[], None] = lambda: None

    def post(self, target: str, card: Card) -> str:
        self.meanwhile()
        return super().post(target, card)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one, and waits for ten minutes at most."""
    desk.follow(routes(bulk=3))
    return desk


def cards(desk: Desk) -> list[Post]:
    return list(list_bulk_reviews(desk)[0].cards)


def join(desk: Desk, file: str) -> None:
    handle(desk, receive_events(desk, [file]))


def test_the_card_waits_until_no_more_files_come(desk: Desk) -> None:
    flood(desk, 4)
    card, _ = cards(desk)

    assert deliver_card(desk.delivery, card.id, "job") == 5
    desk.clock.advance(seconds=4)
    join(desk, "f004")
    assert deliver_card(desk.delivery, card.id, "job") == 5
    assert desk.paper.posts == []
    desk.clock.advance(seconds=5)
    assert deliver_card(desk.delivery, card.id, "job") is None

    [(_, posted)] = desk.paper.posts
    assert posted.bulk is not None
    assert posted.bulk.count == 5


def test_the_card_waits_for_files_no_longer_than_the_route_wants_to_wait(desk: Desk) -> None:
    numbers = receive_events(desk, names(125))
    handle(desk, numbers[:4])
    card, _ = cards(desk)

    for number in numbers[4:]:
        desk.clock.advance(seconds=4.9)
        handle(desk, [number])

    assert desk.clock() - list_bulk_reviews(desk)[0].opened_at < routes().all[0].max_wait
    desk.clock.advance(seconds=8)
    join_late = receive_events(desk, ["f125"])
    assert join_late
    assert deliver_card(desk.delivery, card.id, "job") is None
    assert len(desk.paper.posts) == 1


def test_while_files_come_a_card_that_stands_is_redrawn_each_ten_seconds_and_shows_them_all_in_the_end(
    desk: Desk,
) -> None:
    flood(desk, 4)
    desk.deliver_all()
    card, _ = cards(desk)

    for number in range(12):
        desk.clock.advance(seconds=2)
        join(desk, f"more{number}")
        deliver_card(desk.delivery, card.id, "job")
    desk.clock.advance(seconds=10)
    deliver_card(desk.delivery, card.id, "job")

    updates = [drawing for target, _, drawing in desk.paper.updates if target == card.target]
    assert [drawing.bulk.count for drawing in updates if drawing.bulk] == [9, 14, 16]


def test_one_drawing_is_due_however_many_files_join(desk: Desk) -> None:
    flood(desk, 4)
    desk.deliver_all()

    for number in range(9):
        join(desk, f"more{number}")

    assert {card.requested_drawing - card.finished_drawing for card in cards(desk)} == {1}


def test_files_that_join_while_the_card_is_drawn_are_on_the_next_drawing(desk: Desk) -> None:
    flood(desk, 4)
    card, _ = cards(desk)
    desk.clock.advance(seconds=5)
    paper = Interrupted(meanwhile=lambda: join(desk, "f004"))
    desk.delivery = replace(desk.delivery, notifiers={"paper": paper})

    deliver_card(desk.delivery, card.id, "job")

    [(_, posted)] = paper.posts
    assert posted.bulk is not None
    assert posted.bulk.count == 4
    after = next(each for each in cards(desk) if each.id == card.id)
    assert after.requested_drawing == after.finished_drawing + 1


def test_an_answer_is_shown_at_once(desk: Desk) -> None:
    flood(desk, 4)
    desk.deliver_all()
    join(desk, "f004")
    desk.answers.record_answer(build_answer_request(list_bulk_reviews(desk)[0]))

    for card in cards(desk):
        assert deliver_card(desk.delivery, card.id, "job") is None

    answered = [target for target, _, drawing in desk.paper.updates if drawing.answer is not None]
    assert answered == [card.target for card in cards(desk)]


def test_the_thread_is_told_nothing_of_files_that_join_or_change_again(desk: Desk) -> None:
    flood(desk, 4)
    desk.deliver_all()
    join(desk, "f004")
    desk.portal.versions["f001"] += 1
    handle(desk, receive_events(desk, ["f001"], trigger="file.updated"))

    assert desk.notices() == []


def test_a_reminder_says_how_many_files_wait(desk: Desk) -> None:
    review = flood(desk, 4)
    desk.deliver_all()
    with desk.transactions() as work:
        work.reviews.snooze(review.id, desk.clock(), snoozed_by=DANA, remind_at=desk.clock())
        work.commit()
    desk.look()
    desk.deliver_all()

    notices = require_type(ReminderNotice, (notice for _, notice in desk.paper.notices))
    assert {(notice.kind, notice.files, notice.title) for notice in notices} == {
        (NoticeKind.REMINDER, 4, "Compliance")
    }


def subscribe(desk: Desk, *, digest: bool = False) -> None:
    subscription = Subscription(
        notifier=FEED[0],
        target=FEED[1],
        folder=WATCHED,
        title="Compliance",
        made_by="U1",
        made_at=desk.clock(),
        digest=digest,
    )
    with desk.transactions() as work:
        work.subscriptions.put(subscription)
        work.commit()


def test_a_subscribed_channel_hears_once_with_the_number(desk: Desk) -> None:
    subscribe(desk)

    flood(desk, 6)
    desk.deliver_all()

    [(target, _)] = desk.paper.notices
    [change_notice] = require_type(ChangeNotice, (notice for _, notice in desk.paper.notices))
    assert target == FEED[1]
    assert (change_notice.kind, change_notice.change_kind, change_notice.files, change_notice.title) == (
        NoticeKind.CHANGE,
        ChangeKind.BULK,
        6,
        "Compliance",
    )


def save(desk: Desk, *files: str) -> None:
    for file in files:
        desk.portal.versions[file] += 1
    handle(desk, receive_events(desk, files, trigger="file.updated"))


def list_changes_since(desk: Desk, before: int) -> list[tuple[ChangeKind, str]]:
    """Return what the subscribed channel was told after so many other notices."""
    desk.deliver_all()
    notices = require_type(ChangeNotice, (notice for _, notice in desk.paper.notices[before:]))
    return [(notice.change_kind, notice.title) for notice in notices]


def test_of_a_file_of_an_open_bulk_review_that_changes_later_a_subscribed_channel_hears(desk: Desk) -> None:
    subscribe(desk)
    flood(desk, 5)
    assert list_changes_since(desk, 0) == [(ChangeKind.BULK, "Compliance")]

    for _ in range(2):
        desk.clock.advance(days=3)
        save(desk, "f001")

    assert list_changes_since(desk, 1) == [(ChangeKind.CONTENT, "f001.docx")] * 2


def test_what_changes_again_while_the_flood_lasts_is_told_with_it(desk: Desk) -> None:
    subscribe(desk)
    flood(desk, 5)

    desk.clock.advance(seconds=30)
    save(desk, "f001")

    assert list_changes_since(desk, 0) == [(ChangeKind.BULK, "Compliance")]


def test_a_later_flood_over_the_same_files_is_told_once_too(desk: Desk) -> None:
    subscribe(desk)
    flood(desk, 5)
    desk.deliver_all()

    desk.clock.advance(days=3)
    save(desk, *names(5))

    assert list_changes_since(desk, 1) == [(ChangeKind.BULK, "Compliance")]


def lines_of(desk: Desk) -> list[tuple[ChangeKind, int, str]]:
    with desk.transactions(reading=True) as work:
        [waiting] = work.subscriptions.list_pending_digests()
        lines = work.subscriptions.take_lines(
            *FEED, before={waiting.folder: desk.clock.now.replace(year=2030)}
        )
    return [(line.kind, line.files, line.title) for line in lines]


def test_a_digest_has_one_line_for_a_flood(desk: Desk) -> None:
    subscribe(desk, digest=True)
    flood(desk, 6)

    assert lines_of(desk) == [(ChangeKind.BULK, 6, "Compliance")]


def test_a_digest_has_a_line_for_each_file_of_a_flood_that_changes_later(desk: Desk) -> None:
    subscribe(desk, digest=True)
    flood(desk, 6)

    desk.clock.advance(hours=2)
    save(desk, "f001", "f002")

    assert sorted(lines_of(desk)) == [
        (ChangeKind.BULK, 6, "Compliance"),
        (ChangeKind.CONTENT, 0, "f001.docx"),
        (ChangeKind.CONTENT, 0, "f002.docx"),
    ]


def test_what_was_owed_of_a_review_that_became_a_part_is_posted_no_more(desk: Desk) -> None:
    for file in names(3):
        join(desk, file)

    join(desk, "f003")
    desk.deliver_all()

    [review] = list_bulk_reviews(desk)
    assert {posted.review_id for _, posted in desk.paper.posts} == {review.id}


def test_a_card_that_stands_of_a_review_that_became_a_part_is_redrawn(desk: Desk) -> None:
    join(desk, "f000")
    desk.deliver_all()
    [alone] = desk.reviews()

    for file in ("f001", "f002", "f003"):
        join(desk, file)
    desk.deliver_all()

    redrawn = [drawing for _, _, drawing in desk.paper.updates if drawing.review_id == alone.id]
    assert [drawing.actions for drawing in redrawn] == [(CardAction.OPEN, CardAction.MORE)] * 2
