"""The names of routes in the ledger, without reading all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from store.ledger_routes import list_route_names
from store.schema import ledger
from store.unit_of_work import SqlUnitOfWork
from tests.runtime.lived import intruder
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("legal", "Legal", "two  spaces", 'a "quoted" name', "100%", "Prüfung")


def append(engine: sa.Engine, routes: Iterable[str | None]) -> None:
    with SqlUnitOfWork(engine) as work:
        for number, route in enumerate(routes, start=1):
            work.ledger.append({**build_entry(number), "route": route})
        work.commit()


def test_each_name_is_listed_once_as_it_was_written(engine: sa.Engine) -> None:
    append(engine, (None, *NAMES, *NAMES, None))

    assert list_route_names(engine, limit=20) == list(NAMES)


def test_no_more_are_listed_than_were_asked_for(engine: sa.Engine) -> None:
    append(engine, NAMES)

    assert list_route_names(engine, limit=2) == list(NAMES[:2])


def test_a_ledger_without_entries_has_none(engine: sa.Engine) -> None:
    assert list_route_names(engine, limit=20) == []


def test_a_name_within_a_text_of_another_entry_is_none(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append({**build_entry(1), "route": None, "title": '"route":"forged"'})
        work.ledger.append({**build_entry(2), "route": None, "made_up": {"route": "inner"}})
        work.commit()

    assert list_route_names(engine, limit=20) == []


def test_an_entry_that_is_not_json_is_said(engine: sa.Engine) -> None:
    append(engine, NAMES)
    owner = intruder(engine)
    with owner.begin() as connection:
        connection.execute(sa.update(ledger).where(ledger.c.seq == 1).values(entry='{"route":"legal'))
    owner.dispose()

    with pytest.raises(LedgerBroken, match="entry 1 is not JSON"):
        list_route_names(engine, limit=20)
