"""In each table beside the ledger, what names a person goes, and the rest stays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.erased_person import ErasedPerson
from reviews.erasure.table_rules import TABLES
from reviews.notice import NoticeKind
from store.erasure.blind_search import find_mentions
from store.erasure.free_space import clean_free_space
from store.erasure.person_search import find_person
from store.erasure.table_rows import count_naming_rows, erase_identity, list_tables
from store.schema import accounts, cards, docspace_accounts, events, metadata, people
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase_all_rows, list_traces
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, BOB, START, event, notice
from tests.store.any_rows import fill_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "Eve.Example@example.com"
EVE = ErasedPerson(address=ADDRESS, names=frozenset({"Eve Example"}), ids=frozenset({"e-1"}))
MOST_COLUMNS = 5


def iterate_columns() -> Iterator[tuple[sa.Table, list[str]]]:
    for name in list_tables():
        if TABLES[name].waiting != {}:
            yield metadata.tables[name], list(TABLES[name].searched)


def write_into_all(engine: sa.Engine) -> None:
    """Have a row of each table name the person in each column that may."""
    fill_tables(engine, MOST_COLUMNS + 1, only=list_tables())
    with engine.begin() as connection:
        for table, columns in iterate_columns():
            keys = list(table.primary_key.columns)
            rows = connection.execute(sa.select(*keys).order_by(*keys)).all()
            for row, name in zip(rows, columns, strict=False):
                is_row = [key == value for key, value in zip(keys, row, strict=True)]
                value = make_value(table.c[name])
                connection.execute(sa.update(table).where(*is_row).values({name: value}))


def make_value(column: sa.Column[Any]) -> Any:
    rule = TABLES[column.table.name]
    if column.name in rule.causes:
        return "actor:1:e-1"
    if column.name in rule.lists:
        return ["e-1", ADDRESS.upper()]
    if column.name in rule.exact and isinstance(column.type, sa.JSON):
        return {"other_emails": [ADDRESS.upper()]}
    if isinstance(column.type, sa.JSON):
        return {"people": [{"id": "e-1", "name": "Eve Example", "email": ADDRESS.upper()}], "to": ADDRESS}
    if column.table.name == "openings":
        return min(EVE.digests)
    return ADDRESS if column.name in {*rule.exact, *rule.emptied} else f"@{ADDRESS}"


def count_rows(engine: sa.Engine) -> dict[str, int]:
    with engine.connect() as connection:
        tables = [table for table, _ in iterate_columns()]
        counts = {each.name: sa.select(sa.func.count()).select_from(each) for each in tables}
        return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def test_each_column_loses_the_person_and_no_other_row_goes(engine: sa.Engine) -> None:
    write_into_all(engine)
    before = count_rows(engine)
    columns = {table.name: len(names) for table, names in iterate_columns()}

    assert count_naming_rows(engine, EVE) == columns
    assert erase_all_rows(engine, EVE) + erase_identity(engine, EVE) == columns
    clean_free_space(engine)

    deleted = {name: len(TABLES[name].deleted_by) for name in columns}
    assert count_rows(engine) == {name: before[name] - deleted[name] for name in columns}
    assert list_traces(engine, ADDRESS, "Eve Example", *EVE.digests) == []
    assert [each for each in find_mentions(engine, EVE, clear_entries=False) if not each.reason] == []
    assert count_naming_rows(engine, EVE) == {}


def test_more_rows_than_one_transaction_changes(engine: sa.Engine) -> None:
    row = {"locale": "", "name": "Eve", "standing": "member", "said": {}, "seen_at": START}
    with engine.begin() as connection:
        rows = [{"chat": "slack", "id": f"U{number}", "email": ADDRESS, **row} for number in range(1201)]
        connection.execute(sa.insert(accounts), rows)

    assert erase_identity(engine, EVE) == {"accounts": 1201}


def test_the_ids_and_names_of_an_address_are_found_in_any_spelling(engine: sa.Engine) -> None:
    account = {"locale": "", "standing": "member", "seen_at": START}
    with engine.begin() as connection:
        seen = {"id": "g-1", "name": "Eva Groß", "email": "eva.groß@example.com", "seen_at": START}
        connection.execute(sa.insert(people), [seen])
        account_row = {"address": "eva.gross@example.com", "account": "g-2", "asked_at": START}
        connection.execute(sa.insert(docspace_accounts), [account_row])
        others = {"said": {"other_emails": ["EVA.GROSS@example.com"]}, "email": "eva@example.org"}
        connection.execute(
            sa.insert(accounts), [{"chat": "slack", "id": "U7", "name": "eva", **account, **others}]
        )

    person = find_person(engine, "Eva.Groß@Example.com")

    assert person.ids == {"g-1", "g-2"}
    assert person.chat_ids == {("slack", "U7")}
    assert person.names == {"eva gross", "eva"}


def test_the_newest_message_keeps_its_number(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    opened = desk.open(event())
    with desk.transactions() as work:
        outcome = notice(NoticeKind.OUTCOME, mention=(ADDRESS,))
        work.cards.owe_notice(
            ("paper", f"@{ADDRESS}"), outcome, cause=f"outcome:1:{ADDRESS}", review_id=opened.id
        )
        work.commit()
    with engine.connect() as connection:
        newest = connection.execute(sa.select(sa.func.max(cards.c.id))).scalar_one()

    erase_all_rows(engine, EVE)
    desk.deliver_all()
    clean_free_space(engine)

    with desk.transactions(reading=True) as work:
        newest_card = work.cards.get(newest)
    assert newest_card is not None
    assert (newest_card.target, newest_card.notice, newest_card.requested_drawing) == (
        "erased",
        None,
        newest_card.finished_drawing,
    )
    assert list_traces(engine, ADDRESS) == []


def test_an_event_still_says_what_happened(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    for actor in (ALICE, BOB):
        desk.open(event(file_id=str(actor.id), actor=actor))
    alice = ErasedPerson(address=str(ALICE.email), ids=frozenset({str(ALICE.id)}))

    assert erase_all_rows(engine, alice)["events"] == 1

    newest, oldest = desk.events()
    assert newest.event.actor == BOB
    assert (oldest.event.actor.name, oldest.event.actor.id) == ("erased", None)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar_one() == 2
