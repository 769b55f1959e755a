"""A database with a long history: rows as the product writes them, multiplied by the database itself.

What waits stays the same, however long the history is: questions about what waits must not take longer.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.account import AccountStatus, ChatAccount
from reviews.campaign import Campaign
from reviews.identity import Person
from reviews.kinds import EventState, ReviewState
from reviews.ledger import ledger_entries
from reviews.ports.absences import Absence, AbsenceSource
from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.ports.owner_accounts import OwnerState
from reviews.tree import Place
from store.schema import (
    absences,
    accounts,
    answered_texts,
    answers,
    campaigns,
    cards,
    comparisons,
    earlier_comparisons,
    events,
    files,
    folders,
    idempotency_keys,
    ledger,
    ledger_people,
    owner_states,
    people,
    review_index,
    reviews,
)
from store.sums import sum_up_increments
from store.tallies import sum_up_tallies
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import OWNER, START, answer, review
from tests.reviews.small_portal import SmallPortal
from tests.reviews.unrouted import make_unrouted_change
from tests.store.earlier import build_earlier
from tests.store.received import receive_event

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = 1000
"""The number of the first row that is multiplied."""
WAITING = 5
"""Events that are pending, and so many that were given up; cards and reviews likewise."""
IN_A_FOLDER = 5
_HANDED_OVER = (
    '{"by": {"name": "Dana", "email": null}, "to": {"name": "Juris", "email": null}, '
    '"at": "2026-03-01T08:00:00.000000Z"}'
)
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2020-01-01', '+' || i || ' minutes')",
    "postgresql": "timestamptz '2020-01-01 00:00Z' + i * interval '1 minute'",
}


class Statistics(StrEnum):
    """The statistics by which queries are planned when the tables are large."""

    MIGRATED = "as migrated"
    NONE = "none"
    EMPTY = "of empty tables"
    SMALL = "of small tables"
    LARGE = "of large tables"


def fill(engine: sa.Engine, count: int, *, statistics: Statistics = Statistics.LARGE) -> None:
    """Write a history of so many events and reviews, twice as many cards and thrice as many entries."""
    if statistics is Statistics.NONE:
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    if statistics is Statistics.EMPTY:
        _analyze(engine)
    _write_samples(engine)
    if statistics is Statistics.SMALL:
        _analyze(engine)
    with engine.begin() as connection:
        at = _MOMENT[connection.dialect.name]
        for table, (times, changed) in _history(count, at).items():
            _copy(connection, table, times * count, changed)
    while sum_up_tallies(engine) or sum_up_increments(engine):
        pass  # as workers do all the time
    if statistics is Statistics.LARGE:
        _analyze(engine)
    engine.dispose()  # SQLite reads statistics when a connection is opened


def _analyze(engine: sa.Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")


def _history(count: int, at: str) -> dict[sa.Table, tuple[int, dict[str, str]]]:
    """Return how many times the count there is of each table, and what is in its columns, by the number i."""
    address = "'p' || i || '@example.com'"
    of_review = f"'r' || ({FIRST} + (i - {FIRST}) / 2)"
    of_campaign = f"'c' || ({FIRST} + (i - {FIRST}) / 40)"
    event_state = _by_age(count, old="'dead'", new="'received'", else_="'ignored'")
    return {
        events: (
            1,
            {
                "id": "i",
                "delivery_key": "'many-d' || i",
                "semantic_key": "'many-s' || i",
                "file_id": "'f' || i",
                "received_at": at,
                "state": event_state,
                "reason": "'why'",
                "handed_over": "1",
            },
        ),
        reviews: (
            1,
            {
                "seq": "i",
                "id": "'r' || i",
                "file_id": "'f' || i",
                "opened_at": at,
                "answered_at": _by_age(count, old=at, new="NULL", else_=at),
                "due_at": at,
                "lapsed_at": at,
                "remind_at": _by_age(count, old="NULL", new=at, else_="NULL"),
                "handed_over": f"'{_HANDED_OVER}'",
                "state": _by_age(count, old="'acknowledged'", new="'open'", else_="'acknowledged'"),
                "campaign": f"CASE WHEN i - i / 4 * 4 = 1 THEN {of_campaign} ELSE '' END",
            },
        ),
        campaigns: (
            1,
            {
                "id": "'c' || i",
                "name": "'Policies ' || i",
                "name_key": "'policies ' || i",
                "state": "'ended'",
                "started_at": at,
                "ended_at": at,
                "next_at": "NULL",
            },
        ),
        answers: (1, {"id": "i", "review_id": "'r' || i", "at": at}),
        cards: (
            2,
            {
                "id": "i",
                "review_id": of_review,
                "target": "'C' || (i - i / 2 * 2)",
                "message_id": "i || '.0'",
                "state": _by_age(2 * count, old="'dead'", new="'posted'", else_="'posted'"),
                "wanted": _by_age(2 * count, old="1", new="2", else_="1"),
                "drawn": "1",
                "handed_over": "2",
                "error": "'why'",
            },
        ),
        comparisons: (
            1,
            {
                "id": "i",
                "review_id": "'r' || i",
                "state": _by_age(count, old="'unreadable'", new="'waiting'", else_="'compared'"),
                "text_at": _by_age(count, old="NULL", new="NULL", else_=at),
                "due_at": at,
            },
        ),
        answered_texts: (1, {"id": "i", "review_id": "'r' || i", "revision": "1"}),
        earlier_comparisons: (1, {"id": "i", "review_id": "'r' || i"}),
        review_index: (
            1,
            {"value": "CASE WHEN i = i / 2 * 2 THEN 'folder:even' ELSE 'folder:odd' END", "seq": "i"},
        ),
        ledger: (
            3,
            {
                "seq": "i",
                "review_id": f"'r' || ({FIRST} + (i - {FIRST}) / 3)",
                "at": at,
                "hash": "'hash' || i",
            },
        ),
        ledger_people: (3, {"seq": "i"}),
        files: (
            1,
            {
                "file_id": "'f' || i",
                "parent_id": f"'folder' || (i / {IN_A_FOLDER})",
                "title": "'Title ' || i",
            },
        ),
        folders: (
            4,
            {
                "id": "'folder' || i",
                "parent_id": f"'folder' || (i / {IN_A_FOLDER})",
                "title": "'Folder ' || i",
            },
        ),
        people: (1, {"id": "'p' || i", "email": address}),
        accounts: (1, {"id": "'U' || i", "address": address, "email": address}),
        absences: (
            1,
            {
                "id": "i",
                "person": address,
                "ends_at": at,
                "check_at": _by_age(count, old="NULL", new=at, else_="NULL"),
            },
        ),
        idempotency_keys: (1, {"key": "'key' || i", "at": at}),
        owner_states: (
            1,
            {
                "address": address,
                "presence": _by_age(count, old="'gone'", new="'unknown'", else_="'present'"),
            },
        ),
    }


def _by_age(count: int, *, old: str, new: str, else_: str) -> str:
    """Return the expression for a few of the oldest rows, a few of the newest, and all others."""
    newest = FIRST + count - WAITING
    return f"CASE WHEN i < {FIRST + WAITING} THEN {old} WHEN i >= {newest} THEN {new} ELSE {else_} END"


def _write_samples(engine: sa.Engine) -> None:
    """Write one row of each kind by the product itself."""
    state = SmallPortal().get_file("f1")
    assert state is not None
    with SqlUnitOfWork(engine) as work:
        number = receive_event(work, file_id="f1")
        work.folders.put(Place(folders=(("top", "Rooms"),)), at=START)
        work.files.put(replace(state, file_id="f1", parent_id="top"))
        work.people.remember(Person(id="p", name="Dana", email=OWNER), at=START)
        work.accounts.remember(
            ChatAccount(chat="slack", id="U", name="Dana", email=OWNER, status=AccountStatus.MEMBER),
            looked_up_address=OWNER,
            at=START,
        )
        work.idempotency_keys.add_if_new("key", at=START)
        work.absences.add(
            Absence(
                person="p",
                starts_at=START,
                ends_at=START,
                stand_in=OWNER,
                source=AbsenceSource.CHAT,
                made_at=START,
            )
        )
        work.campaigns.add(
            Campaign(
                id="c1",
                name="Policies",
                route="compliance",
                folder_id="top",
                path="Rooms",
                people=(OWNER,),
                due_at=START,
                started_at=START,
                next_at=START,
            )
        )
        work.reviews.add(review(id="r1", file_id="f1", remind_at=START, due_at=START))
        work.comparisons.request("r1", 1, at=START)
        work.earlier_comparisons.replace("r1", (build_earlier("r1"),))
        work.cards.owe("r1", [("slack", "C1")], caused_at=START)
        work.reviews.record_answer("r1", answer(), ReviewState.ACKNOWLEDGED)
        work.owner_states.save(OwnerState(address=OWNER, asked_at=START, lookups=1))
        for number in range(WAITING):
            period = IncompletePeriod(
                route="compliance", folder_id=str(number), since=START, is_recorded=True
            )
            work.incomplete_periods.begin(period)
            work.unrouted_changes.add(make_unrouted_change(number), cause="one", at=START)
        work.ledger.append(ledger_entries.build_opened(review(id="r1"), [1]))
        work.events.settle([number], EventState.IGNORED, None)
        work.commit()
    with engine.begin() as connection:
        connection.execute(sa.update(cards).values(drawn=cards.c.wanted, handed_over=cards.c.wanted))
        earlier = {"version": 7, "updated": None, "sha256": "cd", "size": 9}
        stored = {"review_id": "r1", "revision": 1, "state": earlier, "text": b"text"}
        connection.execute(sa.insert(answered_texts).values(stored))
        compared = {"state": "compared", "after": {"version": 8, "updated": None, "sha256": "ab", "size": 9}}
        connection.execute(sa.update(comparisons).values(compared))


def _copy(connection: sa.Connection, table: sa.Table, count: int, changed: Mapping[str, str]) -> None:
    """Copy the table's first row so many times; `changed` are its columns by the number i."""
    columns = [column.name for column in table.columns]
    values = ", ".join(changed.get(name, f"one.{name}") for name in columns)
    last = FIRST + count - 1
    numbers = f"SELECT {FIRST} UNION ALL SELECT i + 1 FROM numbers WHERE i < {last}"  # noqa: S608 - our own
    one = f"SELECT * FROM {table.name} LIMIT 1"  # noqa: S608
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(columns)}) WITH RECURSIVE numbers (i) AS ({numbers}) "  # noqa: S608
        f"SELECT {values} FROM numbers, ({one}) AS one"
    )
    if (
        connection.dialect.name == "postgresql"
        and "id" in columns
        and isinstance(table.c.id.type, sa.Integer)
    ):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {FIRST + count})"
        )
