"""Stored JSON holds people, not their names: who snoozed, reassigned, acknowledged, started, and is named.

A name becomes a person of that name, of whom no more is recorded. From notices it goes: those that were sent
are not read again.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, fill, is_postgresql

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    add_column("reviews", sa.Column("snoozer", sa.JSON))
    add_column("campaigns", sa.Column("starter", sa.JSON))
    (_fill_postgresql if is_postgresql() else _fill_sqlite)()
    if _has_names_of_starters():
        op.drop_column("campaigns", "started_by")


def _has_names_of_starters() -> bool:
    return "started_by" in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("campaigns")}


def _fill_sqlite() -> None:
    def person(name: str) -> str:
        return f"json_object('name', {name}, 'email', NULL)"

    _fill_columns(person)
    by, to = (person(f"handed_over ->> '$.{name}'") for name in ("by", "to"))
    fill(
        "reviews",
        "seq",
        set_=f"handed_over = json_set(handed_over, '$.by', {by}, '$.to', {to})",
        where="json_type(handed_over, '$.by') = 'text'",
    )
    people = f"(SELECT json_group_array({person('value')}) FROM json_each(carried, '$.names'))"
    fill(
        "reviews",
        "seq",
        set_=f"carried = json_remove(json_set(carried, '$.people', {people}), '$.names')",
        where="json_type(carried, '$.names') = 'array'",
    )
    emptied = "'$.who', '', '$.whom', '', '$.lines', json_array(), '$.most_left', json_array()"
    new_owner = person("'somebody'")
    fill(
        "cards",
        "id",
        set_=f"notice = json_set(notice, {emptied}, '$.people', json_array(), '$.to', {new_owner})",
        where="json_type(notice, '$.kind') = 'text' AND json_type(notice, '$.people') IS NULL",
    )
    op.execute("UPDATE digest_lines SET said = json_remove(said, '$.who')")


def _fill_postgresql() -> None:
    def person(name: str) -> str:
        return f"jsonb_build_object('name', {name}, 'email', NULL)"

    _fill_columns(person)
    by, to = (person(f"handed_over ->> '{name}'") for name in ("by", "to"))
    fill(
        "reviews",
        "seq",
        set_=f"handed_over = (handed_over::jsonb || jsonb_build_object('by', {by}, 'to', {to}))::json",
        where="json_typeof(handed_over -> 'by') = 'string'",
    )
    names = "json_array_elements_text(carried -> 'names') AS name"
    people = f"(SELECT coalesce(jsonb_agg({person('name')}), '[]') FROM {names})"
    fill(
        "reviews",
        "seq",
        set_=f"carried = ((carried::jsonb - 'names') || jsonb_build_object('people', {people}))::json",
        where="json_typeof(carried -> 'names') = 'array'",
    )
    lists = ", ".join(f"'{name}', jsonb_build_array()" for name in ("lines", "most_left", "people"))
    new_owner = person("'somebody'")
    emptied = f"jsonb_build_object('who', '', 'whom', '', {lists}, 'to', {new_owner})"
    fill(
        "cards",
        "id",
        set_=f"notice = (notice::jsonb || {emptied})::json",
        where="notice ->> 'kind' IS NOT NULL AND notice -> 'people' IS NULL",
    )
    op.execute("UPDATE digest_lines SET said = (said::jsonb - 'who')::json")


def _fill_columns(person: Callable[[str], str]) -> None:
    fill(
        "reviews",
        "seq",
        set_=f"snoozer = {person('snoozed_by')}, snoozed_by = ''",
        where="snoozed_by <> ''",
    )
    if _has_names_of_starters():
        set_ = f"starter = {person('started_by')}, started_by = ''"
        fill("campaigns", "id", set_=set_, where="started_by <> ''")
