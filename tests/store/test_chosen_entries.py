"""Entries that mention a text, entries by their numbers, and what is kept of the days of a period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from store import ledger_reading, ledger_tree
from store.ledger_rows import PAGE_SIZE
from store.schema import daily_checkpoints, timestamps
from store.timestamps import iterate_timestamps
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START
from tests.store.entries import build_entry

DAY = date(2026, 3, 1)


def append_titles(engine: sa.Engine, *titles: str) -> None:
    with SqlUnitOfWork(engine) as work:
        for number, title in enumerate(titles):
            work.ledger.append({**build_entry(number), "title": title, "path": "elsewhere"})
        work.commit()


@pytest.mark.parametrize("text", ["100%", "a_b", 'say "no"', "back\\slash", "Größe", "a/b", "line\nbreak"])
def test_entries_that_have_a_text_as_a_string_are_found_in_order(engine: sa.Engine, text: str) -> None:
    append_titles(engine, text, "100x", "aXb", "say", "backslash", "Grosse", f"{text} ", text)

    listed = [stored.seq for stored in ledger_reading.read_mentioning(engine, text, until=8)]

    assert listed == [1, 8]
    assert [stored.seq for stored in ledger_reading.read_mentioning(engine, text, until=7)] == [1]
    assert ledger_reading.find_last_mention(engine, text) == 8
    assert ledger_reading.find_last_mention(engine, "nowhere") == 0


def test_more_entries_than_a_page_are_read_on(engine: sa.Engine) -> None:
    count = PAGE_SIZE + 3
    append_titles(engine, *(["same"] * count))

    assert [stored.seq for stored in ledger_reading.read_mentioning(engine, "same", until=count)] == [
        *range(1, count + 1)
    ]


def test_entries_are_read_by_their_numbers(engine: sa.Engine) -> None:
    append_titles(engine, "a", "b", "c", "d")

    assert [stored.read.entry["title"] for stored in ledger_reading.read_numbered(engine, [4, 2])] == [
        "b",
        "d",
    ]
    with pytest.raises(LedgerBroken, match="an entry is missing"):
        ledger_reading.read_numbered(engine, [4, 5])


def test_the_timestamps_of_a_period_are_those_of_its_days_and_the_first_after(engine: sa.Engine) -> None:
    days = [DAY + timedelta(days=number) for number in (0, 1, 60, 70, 80)]
    rows = [
        {"day": day, "size": 1, "note": "n", "response": b"r", "time": START, "at": START} for day in days
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(timestamps), rows)

    def list_days(since: int, until: int) -> list[int]:
        since_day, until_day = DAY + timedelta(days=since), DAY + timedelta(days=until)
        listed = iterate_timestamps(engine, since=since_day, until=until_day)
        return [(stored.day - DAY).days for stored in listed]

    assert list_days(1, 60) == [1, 60, 70]
    assert list_days(2, 3) == [60]
    assert list_days(0, 80) == [0, 1, 60, 70, 80]
    assert list_days(81, 90) == []


def test_more_days_than_a_page_are_read_on(engine: sa.Engine) -> None:
    days = [DAY + timedelta(days=number) for number in range(ledger_tree.MAX_DAYS_AT_ONCE + 2)]
    with engine.begin() as connection:
        rows = [{"day": day, "size": 1, "note": str(day), "at": START} for day in days]
        connection.execute(sa.insert(daily_checkpoints), rows)
        stamped = [
            {"day": day, "size": 1, "note": "n", "response": b"r", "time": START, "at": START} for day in days
        ]
        connection.execute(sa.insert(timestamps), stamped)

    listed = ledger_tree.iterate_daily(engine, since=days[1], until=days[-2])

    assert [daily.day for daily in listed] == days[1:-1]
    assert [s.day for s in iterate_timestamps(engine, since=days[1], until=days[-3])] == days[1:-1]
