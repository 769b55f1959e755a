"""Reminders of one time, put into messages: one for each person, and for each place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.identity import LinkedAccounts
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ladder.messages import group_reminders
from reviews.ladder.reminders import MAX_REVIEWS_AT_ONCE
from reviews.notice import NoticeKind, ReminderListNotice, ReminderNotice
from reviews.ports.reminders import QueuedReminder
from reviews.routes.route import Routes, Target
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ALICE, DEPUTY, OWNER, START, card_post, event, review, routes
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.ladder.messages import Message
    from reviews.model import Review
    from tests.reviews.desk import Desk

TEAM, OPS = "@team", ("wall", "OPS")
WALL, PAPER, OTHER_PAPER = ("wall", "W1"), ("paper", "C1"), ("paper", "C2")
DIRECT = frozenset({"paper"})
FOLLOW_UP, OVERDUE = NoticeKind.FOLLOW_UP, NoticeKind.OVERDUE
Written = tuple[tuple[str, str], tuple[str, ...], tuple[str, ...]]


def stored(number: int, *places: tuple[str, str], **more: object) -> Review:
    """Return a review, due after so many hours, with a card in each of these places."""
    cards = tuple(
        card_post(id=place, review_id=f"rev-{number}", notifier=notifier, target=target)
        for place, (notifier, target) in enumerate(places, 1)
    )
    members = {"due_at": START + timedelta(hours=number), **more}
    return review(id=f"rev-{number}", file_id=str(number), cards=cards, **members)


def queued(number: int, *recipients: str, **more: object) -> QueuedReminder:
    values = {"kind": NoticeKind.REMINDER, "at": START, **more}
    return QueuedReminder(review_id=f"rev-{number}", recipients=recipients, **values)  # type: ignore[arg-type]


def group(reviews: Sequence[Review], rows: Sequence[QueuedReminder]) -> list[Message]:
    return list(group_reminders(rows, {each.id: each for each in reviews}, routes(), DIRECT))


def describe(message: Message) -> Written:
    """Return where a message goes, whom it asks, and about which reviews."""
    notice = message.notice
    if isinstance(notice, ReminderListNotice):
        ids = tuple(line.review_id for line in notice.reminders)
    else:
        ids = (message.review_id or "",)
    return message.place, notice.mention, ids


@dataclass(frozen=True)
class Case:
    name: str
    reviews: Sequence[Review]
    rows: Sequence[QueuedReminder]
    messages: Sequence[Written]


TWO, TWO_ON_WALL = [stored(1, PAPER), stored(2, PAPER)], [stored(1, WALL), stored(2, WALL)]
CASES = [
    Case("one review", [stored(1, PAPER)], [queued(1, OWNER)], [(PAPER, (OWNER,), ("rev-1",))]),
    Case(
        "several reviews of one person",
        TWO,
        [queued(2, OWNER), queued(1, OWNER)],
        [(("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2"))],
    ),
    Case(
        "the same person in another spelling",
        TWO,
        [queued(1, OWNER), queued(2, OWNER.upper())],
        [(("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2"))],
    ),
    Case(
        "who has a single review is asked beside it",
        TWO,
        [queued(1, OWNER, DEPUTY), queued(2, OWNER)],
        [
            (("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2")),
            (PAPER, (DEPUTY,), ("rev-1",)),
        ],
    ),
    Case(
        "two people with the same reviews",
        TWO,
        [queued(1, OWNER, DEPUTY), queued(2, OWNER, DEPUTY)],
        [
            (("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2")),
            (("paper", f"@{DEPUTY}"), (DEPUTY,), ("rev-1", "rev-2")),
        ],
    ),
    Case(
        "a group gets a list in its channel",
        TWO,
        [queued(1, TEAM), queued(2, TEAM)],
        [(PAPER, (TEAM,), ("rev-1", "rev-2"))],
    ),
    Case(
        "a group beside a person with a direct message",
        TWO,
        [queued(1, TEAM, OWNER), queued(2, OWNER)],
        [
            (("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2")),
            (PAPER, (TEAM,), ("rev-1",)),
        ],
    ),
    Case(
        "a channel that writes to no one gets a list",
        TWO_ON_WALL,
        [queued(1, OWNER, DEPUTY), queued(2, OWNER)],
        [(WALL, (OWNER,), ("rev-1", "rev-2")), (WALL, (DEPUTY,), ("rev-1",))],
    ),
    Case(
        "one list for all in a place",
        [stored(1, WALL), stored(2, WALL), stored(3, WALL)],
        [queued(1, OWNER, DEPUTY), queued(2, OWNER, DEPUTY), queued(3, DEPUTY)],
        [(WALL, (OWNER, DEPUTY), ("rev-1", "rev-2", "rev-3"))],
    ),
    Case(
        "the same reviews in two places",
        [stored(1, WALL, ("wall", "W2")), stored(2, WALL)],
        [queued(1, OWNER), queued(2, OWNER)],
        [(WALL, (OWNER,), ("rev-1", "rev-2")), (("wall", "W2"), (OWNER,), ("rev-1",))],
    ),
    Case(
        "only one of them has a channel that writes to people",
        [stored(1, PAPER), stored(2, WALL)],
        [queued(1, OWNER), queued(2, OWNER)],
        [(PAPER, (OWNER,), ("rev-1",)), (WALL, (OWNER,), ("rev-2",))],
    ),
    Case(
        "the first card that can write to people decides",
        [stored(1, WALL, OTHER_PAPER), stored(2, PAPER)],
        [queued(1, OWNER), queued(2, OWNER)],
        [(("paper", f"@{OWNER}"), (OWNER,), ("rev-1", "rev-2"))],
    ),
    Case(
        "a channel that is notified of one review",
        [stored(1, PAPER)],
        [queued(1, kind=OVERDUE, place=OPS)],
        [(OPS, (), ("rev-1",))],
    ),
    Case(
        "a channel that is notified of several",
        TWO,
        [queued(1, kind=OVERDUE, place=OPS), queued(2, kind=OVERDUE, place=OPS)],
        [(OPS, (), ("rev-1", "rev-2"))],
    ),
    Case(
        "a channel that is notified, and has cards too",
        [stored(1, OPS), stored(2, OPS)],
        [queued(1, kind=OVERDUE, place=OPS), queued(2, kind=OVERDUE, place=OPS), queued(1, OWNER)],
        [(OPS, (), ("rev-1", "rev-2")), (OPS, (OWNER,), ("rev-1",))],
    ),
    Case(
        "a channel that is notified of one review, and in which people are asked about it at the same time",
        [stored(1, OPS)],
        [queued(1, kind=OVERDUE, place=OPS), queued(1, OWNER, kind=OVERDUE)],
        [(OPS, (), ("rev-1",)), (OPS, (OWNER,), ("rev-1",))],
    ),
    Case(
        "a channel that is notified, and in which people are asked about several",
        [stored(1, OPS), stored(2, OPS)],
        [
            queued(number, *who, place=place)
            for number in (1, 2)
            for who, place in (((), OPS), ((OWNER,), None))
        ],
        [(OPS, (), ("rev-1", "rev-2")), (OPS, (OWNER,), ("rev-1", "rev-2"))],
    ),
    Case(
        "changes that are requested come last",
        TWO,
        [queued(1, OWNER, kind=FOLLOW_UP), queued(2, OWNER)],
        [(("paper", f"@{OWNER}"), (OWNER,), ("rev-2", "rev-1"))],
    ),
    Case(
        "the latest of two reminders of one review",
        [stored(1, PAPER)],
        [queued(1, OWNER), queued(1, OWNER, DEPUTY, kind=OVERDUE, at=START + timedelta(hours=1))],
        [(PAPER, (OWNER, DEPUTY), ("rev-1",))],
    ),
    Case("a review that is gone", [], [queued(1, OWNER)], []),
    Case("requested changes that were withdrawn", [stored(1, PAPER)], [queued(1, OWNER, kind=FOLLOW_UP)], []),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_who_is_asked_where_about_what(case: Case) -> None:
    assert [describe(message) for message in group(case.reviews, case.rows)] == list(case.messages)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_no_one_is_asked_twice_about_a_review_in_one_place_and_no_cause_repeats(case: Case) -> None:
    messages = group(case.reviews, case.rows)

    asked: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for place, mention, ids in map(describe, messages):
        for pair in [(who.casefold(), each) for who in mention for each in ids]:
            asked[(place[1], *pair)] += 1
    assert {*asked.values()} <= {1}
    keys = [(message.place, message.review_id, message.cause) for message in messages]
    assert len(set(keys)) == len(keys)
    assert [message.cause for message in group(case.reviews, case.rows)] == [each.cause for each in messages]


def test_two_addresses_of_one_person_get_one_list() -> None:
    account = LinkedAccounts(chat_ids={"paper": "U1"})
    people = Routes(routes().all, people={OWNER: account, "dana@second.example": account})
    rows = [queued(1, OWNER), queued(2, OWNER), queued(1, "Dana@second.example"), queued(2, DEPUTY)]

    messages = list(group_reminders(rows, {each.id: each for each in TWO}, people, DIRECT))

    assert [describe(message)[2] for message in messages] == [("rev-1", "rev-2"), ("rev-2",)]
    assert describe(messages[1])[:2] == (PAPER, (DEPUTY,))


def test_a_list_begins_with_the_longest_overdue_and_ends_with_what_has_no_deadline() -> None:
    reviews = [
        stored(1, PAPER, due_at=None),
        stored(2, PAPER, due_at=START + timedelta(hours=2)),
        stored(3, PAPER, due_at=START - timedelta(hours=1)),
        stored(4, PAPER, due_at=START - timedelta(days=3)),
    ]

    [message] = group(reviews, [queued(number, OWNER) for number in (1, 2, 3, 4)])

    assert describe(message)[2] == ("rev-4", "rev-3", "rev-2", "rev-1")


def test_a_person_gets_the_latest_of_two_reminders_of_one_review() -> None:
    later = START + timedelta(hours=1)

    [message] = group([stored(1, PAPER)], [queued(1, OWNER), queued(1, OWNER, kind=OVERDUE, at=later)])

    assert (message.notice.kind, message.notice.at) == (OVERDUE, later)


def test_a_list_is_urgent_if_any_of_its_reminders_is() -> None:
    [calm] = group(TWO, [queued(1, OWNER), queued(2, OWNER)])
    [urgent] = group(TWO, [queued(1, OWNER), queued(2, OWNER, urgent=True)])
    [single] = group(TWO, [queued(1, OWNER, urgent=True)])

    assert [each.notice.urgent for each in (calm, urgent, single)] == [False, True, True]


def test_a_direct_list_belongs_to_a_review_whose_card_is_in_that_channel() -> None:
    """There the person is looked up, and there it is posted if they can't be reached alone."""
    mail = ("mail", OWNER)
    reviews = [stored(1, mail), stored(2, PAPER), stored(3, PAPER)]
    rows = [queued(number, OWNER) for number in (1, 2, 3)]

    [message] = group_reminders(
        rows, {each.id: each for each in reviews}, routes(), frozenset({"paper", "mail"})
    )

    assert (message.place, message.review_id) == (("paper", f"@{OWNER}"), "rev-2")


def test_lists_of_different_reviews_at_one_time_have_different_causes() -> None:
    """Two workers may each have taken a part of what is due for one person: none of it is lost."""
    [first] = group(TWO, [queued(1, OWNER), queued(2, OWNER)])
    [second] = group([stored(3, PAPER), stored(4, PAPER)], [queued(3, OWNER), queued(4, OWNER)])

    assert first.cause != second.cause
    assert OWNER not in first.cause


def open_several(desk: Desk, count: int) -> list[Review]:
    desk.follow(routes(remind=timedelta(hours=1), review=frozenset(ChangeKind)))
    return [desk.open(event(file_id=f"f{number}")) for number in range(count)]


def test_what_is_due_for_a_person_at_one_time_is_one_message(desk: Desk) -> None:
    open_several(desk, 3)
    desk.clock.advance(hours=1)
    desk.look()
    desk.look()
    desk.deliver_all()

    [(target, notice)] = desk.paper.notices
    assert (target, notice.mention) == (f"@{OWNER}", (OWNER,))
    assert isinstance(notice, ReminderListNotice)
    assert sorted(line.review_id for line in notice.reminders) == ["rev-1", "rev-2", "rev-3"]
    assert desk.verdict().intact


def test_what_several_looks_decide_is_one_message(desk: Desk) -> None:
    """Each look takes twenty reviews; the message waits until none is due."""
    [opened] = open_several(desk, 1)
    with desk.transactions() as work:
        for number in range(2 * MAX_REVIEWS_AT_ONCE):
            each = replace(opened, id=f"many-{number}", file_id=f"m{number}")
            work.reviews.add(each)
            work.cards.owe(each.id, [PAPER])
        work.commit()
    desk.clock.advance(hours=1)

    desk.look()

    [post] = desk.notices()
    assert isinstance(post.notice, ReminderListNotice)
    assert len(post.notice.reminders) == 2 * MAX_REVIEWS_AT_ONCE + 1


def test_a_look_at_which_nothing_is_due_asks_for_due_reviews_and_for_queued_reminders(desk: Desk) -> None:
    open_several(desk, 2)

    asked = list_statements(desk.engine, desk.reminders.process_due_reviews)

    tables = [statement.partition("FROM ")[2].split()[0] for statement, _parameters in asked]
    assert tables == ["reviews", "queued_reminders"]


def test_contributors_are_asked_for_all_their_changes_in_one_message(desk: Desk) -> None:
    reviews = open_several(desk, 2)
    desk.follow(routes(after_request=timedelta(hours=1), owners=(OWNER,)))
    for each in reviews:
        desk.answers.record_answer(build_answer_request(each, decision=Decision.REQUEST_CHANGES, note="No."))
    desk.clock.advance(hours=1)
    desk.look()

    lists = [post for post in desk.notices() if isinstance(post.notice, ReminderListNotice)]
    assert [post.target for post in lists] == [f"@{ALICE.email}"]
    assert {line.kind for post in lists for line in post.notice.reminders} == {FOLLOW_UP}  # type: ignore[union-attr]


def test_a_flood_is_one_list_with_all_reviews(desk: Desk) -> None:
    """As many as come due on one morning for one person are one row, however many reviews it has."""
    count = 1200
    [opened] = open_several(desk, 1)
    template = replace(opened, cards=(), state=ReviewState.OPEN)
    with desk.transactions() as work:
        for number in range(count):
            each = replace(template, id=f"many-{number}", file_id=f"m{number}", remind_at=None)
            work.reviews.add(each)
            work.cards.owe(each.id, [PAPER])
            work.queued_reminders.add(
                QueuedReminder(
                    review_id=each.id, kind=NoticeKind.REMINDER, recipients=(OWNER,), at=desk.clock()
                )
            )
        work.commit()
    desk.look()

    [post] = desk.notices()
    assert isinstance(post.notice, ReminderListNotice)
    assert len(post.notice.reminders) == count


def test_a_review_of_two_channels_is_asked_about_beside_each_card(desk: Desk) -> None:
    desk.follow(
        routes(
            remind=timedelta(hours=1),
            notify=(Target(notifier="paper", address="C1"), Target(notifier="paper", address="C2")),
        )
    )
    desk.open(event())
    desk.clock.advance(hours=1)
    desk.look()

    posts = desk.notices()
    assert [post.target for post in posts] == ["C1", "C2"]
    assert all(isinstance(post.notice, ReminderNotice) for post in posts)
    assert [post.notice.mention for post in posts if post.notice] == [(OWNER,), (OWNER,)]
