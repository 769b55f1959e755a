"""The figures of routes are kept by days and weeks, counted as reviews are opened and closed."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import execute_alone, is_postgresql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    _create_tables()
    for statement in _build_postgresql_triggers() if is_postgresql() else _build_sqlite_triggers():
        op.execute(statement)
    _count_all()
    _correct_tallies()


def _create_tables() -> None:
    op.create_table(
        "route_increments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("figure", sa.String(20), nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("took_seconds", sa.Integer),
        sa.Column("count", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_index("route_increments_by_day", "route_increments", ["day"], if_not_exists=True)
    sums = ("opened", "acknowledged", "changes_requested", "closed_otherwise", "late")
    op.create_table(
        "route_sums",
        sa.Column("span", sa.String(4), primary_key=True),
        sa.Column("begin", sa.Date, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in sums),
        sa.Column("times", sa.JSON, nullable=False),
        if_not_exists=True,
    )


def _count_all() -> None:
    """Count the reviews that there are.

    One statement sees one snapshot: of each transaction, both what it wrote to `reviews` and what its
    triggers counted, or neither. What they have counted by then is replaced by the count of all reviews, and
    what they count later is added to it. So an attempt that was killed can be done again.
    """
    count = _add_rows([_select_opened("reviews"), _select_closed("reviews")])
    if is_postgresql():
        execute_alone(f"WITH emptied AS (DELETE FROM route_increments) {count}")
    else:
        op.execute(count)


def _correct_tallies() -> None:
    """Add what the counters of states lack: until now, they did not follow a review to another route."""
    correct = (
        "INSERT INTO tallies (subject, label, state, count) SELECT 'reviews', label, state, sum(count) FROM ("
        "SELECT route AS label, state, 1 AS count FROM reviews UNION ALL "
        "SELECT label, state, -count FROM tallies WHERE subject = 'reviews'"
        ") AS counted GROUP BY label, state HAVING sum(count) <> 0"
    )
    if is_postgresql():
        execute_alone(correct)
    else:
        op.execute(correct)


def _add_rows(selects: list[str]) -> str:
    """Return the statement that adds these increments; what has no day is left out."""
    return (
        "INSERT INTO route_increments (day, route, figure, late, took_seconds, count) "
        f"SELECT day, route, figure, late, took_seconds, sum(sign) FROM ({' UNION ALL '.join(selects)}) "
        "AS counted WHERE day IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(sign) <> 0"
    )


def _select_opened(row: str, *, sign: int = 1, where: str = "TRUE") -> str:
    return (
        f"SELECT {_get_day(f'{row}.opened_at')} AS day, {row}.route AS route, 'opened' AS figure, "
        f"FALSE AS late, CAST(NULL AS integer) AS took_seconds, {sign} AS sign {_from(row)} WHERE {where}"
    )


def _select_closed(row: str, *, sign: int = 1) -> str:
    """What became a part of another review has no answer: it is closed on the day on which it was opened."""
    closed_at = f"coalesce({row}.answered_at, {row}.opened_at)"
    return (
        f"SELECT {_get_day(closed_at)} AS day, {row}.route AS route, {row}.state AS figure, "
        f"coalesce({row}.answered_late, FALSE) AS late, CAST({row}.took_seconds AS integer) AS took_seconds, "
        f"{sign} AS sign {_from(row)} "
        f"WHERE {row}.state <> 'open' AND ({row}.answered_at IS NOT NULL OR {row}.state = 'replaced')"
    )


def _from(row: str) -> str:
    return "" if row in {"OLD", "NEW"} else f"FROM {row}"


def _get_day(time: str) -> str:
    """Return the day in UTC of a time; NULL for what is no time, or one that Python can't read."""
    day = f"CAST({time} AT TIME ZONE 'UTC' AS date)" if is_postgresql() else f"date(substr({time}, 1, 10))"
    return f"CASE WHEN {day} BETWEEN '1970-01-01' AND '9999-12-31' THEN {day} END"


def _is_changed(*columns: str) -> str:
    other = "IS DISTINCT FROM" if is_postgresql() else "IS NOT"
    return " OR ".join(f"OLD.{column} {other} NEW.{column}" for column in columns)


_OPENED = ("route", "opened_at")
_COUNTED = (*_OPENED, "state", "answered_at", "answered_late", "took_seconds")


def _add_change() -> str:
    """Take back what was counted of a row, and count it as it is now."""
    moved = _is_changed(*_OPENED)
    opened = [_select_opened("OLD", sign=-1, where=moved), _select_opened("NEW", where=moved)]
    return _add_rows([_select_closed("OLD", sign=-1), _select_closed("NEW"), *opened])


def _on_change() -> str:
    return f"AFTER UPDATE OF {', '.join(_COUNTED)} ON reviews FOR EACH ROW WHEN ({_is_changed(*_COUNTED)})"


# `reviews_change` of migration 0014 counts those whose state changes.
_ROUTE_COUNTED = (
    "AFTER UPDATE OF route ON reviews FOR EACH ROW WHEN (OLD.route <> NEW.route AND OLD.state = NEW.state)"
)


def _build_sqlite_triggers() -> Iterator[str]:
    come = _add_rows([_select_opened("NEW"), _select_closed("NEW")])
    yield f"CREATE TRIGGER reviews_sums_come AFTER INSERT ON reviews BEGIN {come}; END"
    yield f"CREATE TRIGGER reviews_sums_change {_on_change()} BEGIN {_add_change()}; END"
    yield (
        f"CREATE TRIGGER reviews_move {_ROUTE_COUNTED} BEGIN "
        "INSERT INTO tallies (subject, label, state, count) "
        "VALUES ('reviews', OLD.route, OLD.state, -1), ('reviews', NEW.route, NEW.state, 1); END"
    )


def _build_postgresql_triggers() -> Iterator[str]:
    """Creating a trigger waits for all who write to `reviews` at that moment: who comes later is counted.

    None is dropped. That would need a stronger lock, which also waits for those who have only locked a review
    so far: one of them that writes meanwhile is refused, because each waits for the other.
    """
    come = _add_rows([_select_opened("come"), _select_closed("come")])
    for name, body in {"reviews_sums_come": come, "reviews_sums_change": _add_change()}.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {body}; RETURN NULL; END $$"
        )
    if _has_triggers():
        return
    yield (
        "CREATE TRIGGER reviews_sums_come AFTER INSERT ON reviews REFERENCING NEW TABLE AS come "
        "FOR EACH STATEMENT EXECUTE FUNCTION reviews_sums_come()"
    )
    yield f"CREATE TRIGGER reviews_sums_change {_on_change()} EXECUTE FUNCTION reviews_sums_change()"
    yield f"CREATE TRIGGER reviews_move {_ROUTE_COUNTED} EXECUTE FUNCTION reviews_change()"


def _has_triggers() -> bool:
    """Return whether an attempt that was killed has left them; it committed all of them or none."""
    query = (
        "SELECT count(*) FROM pg_trigger WHERE tgname = 'reviews_move' AND tgrelid = to_regclass('reviews')"
    )
    return bool(op.get_bind().exec_driver_sql(query).scalar_one())
