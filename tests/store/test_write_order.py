"""Rows that many transactions share are written in one order, and only where they have changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.account import AccountStatus, ChatAccount
from reviews.identity import Person
from reviews.kinds import CardState
from reviews.tree import FileState, Place
from store.people import ACCOUNT_REWRITE_INTERVAL, PERSON_REWRITE_INTERVAL
from store.retention import remove_people
from store.schema import cards, docspace_accounts, folders, people
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

LATER = START + timedelta(minutes=7)
MUCH_LATER = START + max(PERSON_REWRITE_INTERVAL, ACCOUNT_REWRITE_INTERVAL) + timedelta(minutes=8)
ANNA = Person(id="anna", name="Anna", email="anna@example.com")


def write(engine: sa.Engine, step: Callable[[SqlUnitOfWork], object]) -> None:
    with SqlUnitOfWork(engine) as work:
        step(work)
        work.commit()


def together(engine: sa.Engine, steps: Iterable[Callable[[SqlUnitOfWork], object]]) -> None:
    """Run each step in a transaction and a thread of its own; all begin at once."""
    waiting = list(steps)
    barrier = threading.Barrier(len(waiting))

    def run(step: Callable[[SqlUnitOfWork], object]) -> None:
        barrier.wait(timeout=60)
        write(engine, step)

    with ThreadPoolExecutor(len(waiting)) as pool:
        list(pool.map(run, waiting))


def test_two_accounts_that_swap_their_addresses_do_not_wait_for_each_other(engine: sa.Engine) -> None:
    """Each takes its address from the other one's row, and then writes its own."""
    members = ("U1", "U2")
    accounts = [
        ChatAccount(chat="slack", id=member, name=member, email=None, status=AccountStatus.MEMBER)
        for member in members
    ]
    addresses = ["one@example.com", "two@example.com"]
    for _ in range(20):
        together(
            engine,
            [
                lambda work, account=account, address=address: work.accounts.remember(  # type: ignore[misc]
                    account, looked_up_address=address, at=START
                )
                for account, address in zip(accounts, addresses, strict=True)
            ],
        )
        addresses.reverse()


def test_listings_of_the_same_files_in_another_order_do_not_wait_for_each_other(engine: sa.Engine) -> None:
    states = [
        FileState(file_id=f"f{number:04}", parent_id="1", title="t", version=1, modified_at=START)
        for number in range(1500)
    ]
    orders: list[int] = []

    together(
        engine,
        [
            lambda work: orders.append(work.files.add_unknown(states)),
            lambda work: orders.append(work.files.add_unknown(states[::-1])),
        ],
    )

    assert sorted(orders) == [0, len(states)]


def test_a_person_is_written_again_once_something_changed_or_after_an_hour(engine: sa.Engine) -> None:
    def seen_at() -> object:
        with engine.connect() as connection:
            return connection.execute(sa.select(people.c.seen_at)).scalar_one()

    write(engine, lambda work: work.people.remember(ANNA, at=START))
    write(engine, lambda work: work.people.remember(ANNA, at=LATER))
    unchanged = seen_at()
    write(engine, lambda work: work.people.remember(Person(id="anna", name="Anna", email=None), at=LATER))
    without_address = seen_at()
    write(engine, lambda work: work.people.remember(Person(id="anna", name="Ann", email=None), at=LATER))
    renamed = seen_at()
    write(engine, lambda work: work.people.remember(Person(id="anna", name="Ann", email=None), at=MUCH_LATER))

    assert [unchanged, without_address, renamed, seen_at()] == [START, START, LATER, MUCH_LATER]
    with SqlUnitOfWork(engine, reading=True) as work:
        assert work.people.find_by_email("anna@example.com") == Person(
            id="anna", name="Ann", email=ANNA.email
        )


def test_what_docspace_answered_is_written_again_before_it_stops_to_count(engine: sa.Engine) -> None:
    def asked_at() -> object:
        with engine.connect() as connection:
            return connection.execute(sa.select(docspace_accounts.c.asked_at)).scalar_one()

    def answer(account: str | None, at: datetime) -> object:
        write(engine, lambda work: work.docspace_accounts.remember({"Anna@example.com": account}, at=at))
        return asked_at()

    first = [answer("a1", START), answer("a1", LATER), answer("a2", LATER), answer("a2", MUCH_LATER)]
    absent = [answer(None, START), answer(None, LATER)]

    assert first == [START, START, LATER, MUCH_LATER]
    assert absent == [START, LATER]


def test_a_folder_is_written_again_where_it_moved_or_was_seen_long_ago(engine: sa.Engine) -> None:
    place = Place(folders=(("9", "Rooms"), ("1", "Legal")))

    def seen_at() -> set[object]:
        with engine.connect() as connection:
            return set(connection.execute(sa.select(folders.c.seen_at)).scalars())

    soon, late = START + timedelta(seconds=30), START + timedelta(minutes=2)
    write(engine, lambda work: work.folders.put(place, at=START))
    write(engine, lambda work: work.folders.put(place, at=soon))
    unchanged = seen_at()
    moved = Place(folders=(("9", "Rooms"), ("1", "Legal 2026")))
    write(engine, lambda work: work.folders.put(moved, at=soon))
    renamed = seen_at()
    write(engine, lambda work: work.folders.put(moved, at=late))

    assert (unchanged, renamed, seen_at()) == ({START}, {START, soon}, {late})


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_transaction_waits_for_a_person_who_has_not_changed(engine: sa.Engine) -> None:
    write(engine, lambda work: work.people.remember(ANNA, at=START))

    with engine.begin() as other:
        other.execute(sa.select(people).with_for_update())
        with SqlUnitOfWork(engine) as work:
            work.people.remember(ANNA, at=LATER)
            work.commit()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_has_run_out_is_forgotten_without_a_wait_for_what_a_click_has_in_hand(engine: sa.Engine) -> None:
    forgotten: list[int] = []

    def answer(address: str, at: datetime) -> Callable[[SqlUnitOfWork], None]:
        return lambda work: work.docspace_accounts.remember({address: "a1"}, at=at)

    write(engine, answer("anna@example.com", START))
    write(engine, answer("ben@example.com", START))

    with SqlUnitOfWork(engine) as click:
        answer("anna@example.com", MUCH_LATER)(click)
        write(engine, lambda work: forgotten.append(work.docspace_accounts.forget(before=LATER)))
        click.commit()
    write(engine, lambda work: forgotten.append(work.docspace_accounts.forget(before=LATER)))

    assert forgotten == [1, 0]


def draw_first(work: SqlUnitOfWork) -> None:
    [card] = work.cards.list_recent(1)
    assert work.cards.mark_drawn(
        card.id, "worker", message_id="1.1", drawing=card.requested_drawing, at=LATER
    )


def put_in_line(work: SqlUnitOfWork) -> None:
    [card] = work.cards.list_recent(1)
    assert work.cards.claim(card.id, "worker")
    assert work.cards.save_queue_place(card.id, "worker", not_before=LATER)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("step", [draw_first, put_in_line])
def test_a_delivery_does_not_wait_for_the_transaction_that_holds_the_review(
    engine: sa.Engine, step: Callable[[SqlUnitOfWork], None]
) -> None:
    """A click locks the review, and then its cards; a delivery that waits for the review locks its card."""
    held = review()
    write(engine, lambda work: work.reviews.add(held))
    write(engine, lambda work: work.cards.owe(held.id, [("slack", "C1")]))
    write(engine, lambda work: work.cards.claim(work.cards.list_recent(1)[0].id, "worker"))

    with SqlUnitOfWork(engine) as click:
        click.reviews.get(held.id, lock=True)
        write(engine, step)
        click.cards.redraw(held.id)
        click.commit()

    with SqlUnitOfWork(engine, reading=True) as work:
        assert [card.requested_drawing for card in work.cards.list_recent(1)] == [2]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_replay_of_all_dead_cards_does_not_wait_for_a_click(engine: sa.Engine) -> None:
    write(engine, lambda work: work.reviews.add(review()))
    write(engine, lambda work: work.reviews.add(review(id="rev-2", file_id="f2")))
    write(engine, lambda work: work.cards.owe("rev-1", [("slack", "C2"), ("slack", "C1")]))
    write(engine, lambda work: work.cards.owe("rev-2", [("slack", "C1")]))
    with engine.begin() as connection:
        connection.execute(sa.update(cards).values(state=CardState.DEAD))
    reopened: list[int] = []

    with SqlUnitOfWork(engine) as click:
        click.reviews.get("rev-1", lock=True)
        click.cards.redraw("rev-1")
        write(engine, lambda work: reopened.append(work.cards.reopen(None)))
        click.commit()

    with SqlUnitOfWork(engine, reading=True) as work:
        left = work.cards.find_dead()
    assert (reopened, left) == ([1], [1, 2])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_retention_leaves_whom_an_event_has_in_hand(engine: sa.Engine) -> None:
    write(engine, lambda work: work.people.remember(ANNA, Person(id="ben", name="Ben", email=None), at=START))

    with SqlUnitOfWork(engine) as event:
        event.people.remember(replace(ANNA, name="Ann"), at=LATER)
        beside = remove_people(engine, "", before=MUCH_LATER, kept_addresses=[])
        event.commit()
    after = remove_people(engine, "", before=MUCH_LATER, kept_addresses=[])

    assert (beside.removed, after.removed) == (1, 1)
