"""The reviews beside what the record says of them, for holding one against the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ledger import Broken, read
from store import rows
from store.engine import reading
from store.schema import answers, ledger, reviews

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.model import Answer, Review

READ_AT_ONCE = 500


def reviews_with_entries(engine: sa.Engine) -> Iterator[tuple[Review, list[dict[str, Any]]]]:
    """Yield each review with its entries, both as of one moment; `Broken` where a row can't be read."""
    query = sa.select(reviews).order_by(reviews.c.seq).limit(READ_AT_ONCE)
    page = query
    while True:
        try:
            with reading(engine).connect() as connection:
                found = connection.execute(page).mappings().all()
                beside = _beside(connection, found)
        except (ValueError, TypeError, KeyError):
            raise Broken("a review or an answer holds what was never written there") from None
        yield from beside
        if len(found) < READ_AT_ONCE:
            return
        page = query.where(reviews.c.seq > found[-1]["seq"])


def unknown_review(engine: sa.Engine) -> str | None:
    """Return a review that the record tells of and that is not there."""
    query = sa.select(ledger.c.review_id).where(ledger.c.review_id.not_in(sa.select(reviews.c.id))).limit(1)
    with reading(engine).connect() as connection:
        found: str | None = connection.execute(query).scalar()
    return found


def _beside(
    connection: sa.Connection, found: Sequence[sa.RowMapping]
) -> list[tuple[Review, list[dict[str, Any]]]]:
    ids = [row["id"] for row in found]
    given: dict[str, list[Answer]] = defaultdict(list)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    answered = sa.select(answers).where(answers.c.review_id.in_(ids)).order_by(answers.c.id)
    for row in connection.execute(answered).mappings():
        given[row["review_id"]].append(rows.answer(row))
    entries = sa.select(ledger).where(ledger.c.review_id.in_(ids)).order_by(ledger.c.seq)
    for row in connection.execute(entries).mappings():
        told[row["review_id"]].append(read(row["entry"], where=f"entry {row['seq']}"))
    return [(rows.review(row, tuple(given[row["id"]]), ()), told[row["id"]]) for row in found]
