"""Erasure of a person from the tables beside the ledger, as `reviews.erasure.table_rules` says for each."""

from __future__ import annotations

from collections import Counter
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.erased_person import ErasedPerson
from reviews.erasure.stored_values import (
    erase_cause,
    erase_from_list,
    erase_member,
    identifies,
    is_theirs_alone,
)
from reviews.erasure.table_rules import TABLES
from reviews.ledger.people_commitments import ERASED
from store.erasure.table_pages import iterate_pages, match_key, parse_row, select_rows
from store.schema import cards, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reviews.erasure.table_rules import TableRule

    Row = Mapping[str, Any]

MAX_ROWS = 200
"""Rows that one transaction changes."""
_DELETED: Mapping[str, Any] = {}


def list_tables() -> list[str]:
    """Return the names of the tables that are read through, those that show who the person is at the end."""
    names = [name for name, rule in TABLES.items() if rule.searched]
    return sorted(names, key=lambda name: (TABLES[name].shows_person, name))


def count_naming_rows(
    engine: sa.Engine, person: ErasedPerson, *, show: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Return by table how many rows name the person; nothing is written."""
    counts: Counter[str] = Counter()
    for done, name in enumerate(list_tables(), start=1):
        table, rule = metadata.tables[name], TABLES[name]
        pages = iterate_pages(engine, table, rule.searched)
        counts[name] = sum(_find_change(person, rule, row) is not None for page in pages for row in page)
        show(done)
    return +counts


def erase_rows(engine: sa.Engine, person: ErasedPerson) -> Iterator[tuple[str, int]]:
    """Delete or rewrite the rows that name the person; yield after each transaction the table, and how many.

    Those that show who the person is stay, which `erase_identity` takes, and those that wait. In a table that
    shows people it is the rows with the address, also in place of a name: of the others no one would know
    later whose they were.
    """
    by_address = ErasedPerson(address=person.address)
    for name in list_tables():
        rule = TABLES[name]
        for naming_rows in _iterate_naming_rows(engine, person, name):
            rows = [
                row for row in naming_rows if not (rule.shows_person and _has_address(by_address, rule, row))
            ]
            with engine.begin() as connection:
                erased = _erase_page(connection, person, metadata.tables[name], rows)
            if erased:
                yield name, erased


def erase_identity(engine: sa.Engine, person: ErasedPerson) -> Counter[str]:
    """Delete in one transaction what shows which address and ids are the person's; return how many rows."""
    names = [name for name in list_tables() if TABLES[name].shows_person]
    pages = [(name, rows) for name in names for rows in _iterate_naming_rows(engine, person, name)]
    erased: Counter[str] = Counter()
    with engine.begin() as connection:
        for name, rows in pages:
            erased[name] += _erase_page(connection, person, metadata.tables[name], rows)
    return +erased


def _has_address(by_address: ErasedPerson, rule: TableRule, row: Row) -> bool:
    return _find_change(by_address, rule, row) is not None or by_address.shows_address(row)


def _iterate_naming_rows(engine: sa.Engine, person: ErasedPerson, name: str) -> Iterator[list[Row]]:
    table, rule = metadata.tables[name], TABLES[name]
    names = ("name",) if rule.shows_person and "name" in table.columns else ()
    for page in iterate_pages(engine, table, (*rule.searched, *names)):
        naming_rows: list[Row] = [row for row in page if _find_change(person, rule, row) is not None]
        for start in range(0, len(naming_rows), MAX_ROWS):
            yield naming_rows[start : start + MAX_ROWS]


def end_all_sessions(engine: sa.Engine) -> None:
    """Delete the tables' rows of which none says whose it is: everyone signs in again."""
    with engine.begin() as connection:
        for name, rule in sorted(TABLES.items()):
            if rule.ends_all:
                connection.execute(sa.delete(metadata.tables[name]))


def _erase_page(
    connection: sa.Connection, person: ErasedPerson, table: sa.Table, naming_rows: Sequence[Row]
) -> int:
    """Change rows that are read once more, locked: others may have written to them meanwhile."""
    rule, erased = TABLES[table.name], 0
    newest = _find_newest(connection, table) if rule.keeps_newest else None
    for each in naming_rows:
        query = select_rows(table, rule.searched).where(match_key(table, each), *_exclude_waiting(table))
        stored = connection.execute(query.with_for_update()).mappings().one_or_none()
        row = parse_row(table, stored) if stored is not None else None
        change = _find_change(person, rule, row) if row is not None else None
        if row is None or change is None:
            continue
        erased += 1
        if change is not _DELETED:
            connection.execute(sa.update(table).where(match_key(table, row)).values(change))
        elif newest is not None and row["id"] == newest:
            connection.execute(
                sa.update(table).where(match_key(table, row)).values(_build_empty_card(newest))
            )
        else:
            connection.execute(sa.delete(table).where(match_key(table, row)))
    return erased


def _exclude_waiting(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """Return the condition for rows that do not wait to be recorded: what they lead to would name no one."""
    waiting = TABLES[table.name].waiting
    if waiting is None:
        return []
    return [sa.or_(sa.false(), *(table.c[name] != value for name, value in waiting.items()))]


def _find_change(person: ErasedPerson, rule: TableRule, row: Row) -> Mapping[str, Any] | None:
    """Return the new values of a row, `_DELETED` if it goes; `None` for one that does not name the person."""
    for name in rule.deleted_by:
        names_person = is_theirs_alone if name in rule.exact else identifies
        if names_person(person, row[name]):
            return _DELETED
    values = {name: erase_member(person, name, row[name], texts=rule.texts) for name in rule.rewritten}
    values |= {name: erase_from_list(person, row[name]) for name in rule.lists}
    values |= {name: None for name in rule.emptied if is_theirs_alone(person, row[name])}
    values |= {name: erase_cause(person, row[name], random_part=token_hex(8)) for name in rule.causes}
    return {name: value for name, value in values.items() if value != row[name]} or None


def _find_newest(connection: sa.Connection, table: sa.Table) -> int | None:
    return connection.execute(sa.select(sa.func.max(table.c.id))).scalar()


def _build_empty_card(number: int) -> dict[str, Any]:
    """Return what remains of the newest card, whose number SQLite would give to the next one."""
    return {
        "target": ERASED,
        "cause": f"{ERASED}:{number}",
        "notice": None,
        "error": None,
        "drawn": cards.c.wanted,
        "claimed_by": None,
    }
