"""The repository `ComparisonRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.comparison import ComparisonRequest, ComparisonState
from reviews.kinds import ReviewState
from store.clock import Utc
from store.comparison_rows import build_comparison, build_state_values, build_summary_values
from store.engine import insert_into
from store.schema import comparisons, reviews
from store.schema.states import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.comparison import Comparison

_EMPTY: dict[str, Any] = {
    "state": ComparisonState.WAITING, "before": None, "after": None, "summary": None, "parts": b"",
    "text": b"", "snippets": b"", "text_at": None, "claimed_by": None, "attempts": 0, "deaths": 0,
}  # fmt: skip
_PUT_OFF = (
    sa.update(comparisons)
    .where(comparisons.c.id == sa.bindparam("comparison"), comparisons.c.claimed_by == sa.bindparam("owner"))
    .values(claimed_by=None, due_at=sa.bindparam("until", type_=Utc))
)
# They may have megabytes.
_WITHOUT_PARTS = (
    *(column for column in comparisons.c if column is not comparisons.c.parts),
    sa.literal(b"").label("parts"),
)
_SNIPPETS = sa.select(comparisons.c.review_id, comparisons.c.revision, comparisons.c.snippets).where(
    comparisons.c.review_id.in_(sa.bindparam("ids", expanding=True)), comparisons.c.snippets != b""
)
_own = reviews.alias("own")
_ACKNOWLEDGED = (
    sa.select(*_WITHOUT_PARTS)
    .select_from(reviews)
    .outerjoin(
        comparisons,
        sa.and_(comparisons.c.review_id == reviews.c.id, comparisons.c.revision == reviews.c.revision),
    )
    .where(
        reviews.c.file_id == sa.bindparam("file_id"),
        # By the file alone: SQLite would take another index where it has no statistics.
        reviews.c.route.concat("") == sa.bindparam("route", type_=sa.Text),
        reviews.c.state.concat("").in_([ReviewState.ACKNOWLEDGED, ReviewState.CARRIED]),
        reviews.c.content == sa.true(),
        reviews.c.campaign == sa.literal_column("''"),
        reviews.c.seq < sa.select(_own.c.seq).where(_own.c.id == sa.bindparam("review_id")).scalar_subquery(),
    )
    .order_by(reviews.c.seq.desc())
    .limit(1)
)


class SqlComparisonRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def request(self, review_id: str, revision: int, *, at: datetime) -> None:
        values = {"review_id": review_id, "revision": revision, "due_at": at}
        insert = insert_into(self._connection, comparisons).values({**_EMPTY, **values})
        changed = {**_EMPTY, "revision": revision, "due_at": at}
        self._connection.execute(insert.on_conflict_do_update(index_elements=["review_id"], set_=changed))

    def get_request(self, comparison_id: int) -> ComparisonRequest | None:
        query = sa.select(comparisons).where(
            comparisons.c.id == comparison_id, comparisons.c.state == WAITING
        )
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        return ComparisonRequest(
            id=row["id"], review_id=row["review_id"], revision=row["revision"], attempts=row["attempts"]
        )

    def get(self, review_id: str) -> Comparison | None:
        query = sa.select(comparisons).where(comparisons.c.review_id == review_id)
        row = self._connection.execute(query).mappings().first()
        return build_comparison(dict(row)) if row is not None else None

    def list_snippets(self, revisions: Mapping[str, int]) -> dict[str, bytes]:
        rows = self._connection.execute(_SNIPPETS, {"ids": sorted(revisions)}).all()
        return {row.review_id: row.snippets for row in rows if row.revision == revisions[row.review_id]}

    def finish(self, request: ComparisonRequest, comparison: Comparison) -> bool:
        values = {
            "state": comparison.summary.state,
            "summary": build_summary_values(comparison.summary),
            "before": build_state_values(comparison.before),
            "after": build_state_values(comparison.after),
            "parts": comparison.parts,
            "text": comparison.text,
            "snippets": comparison.snippets,
            "text_at": sa.func.current_timestamp() if comparison.text or comparison.parts else None,
            "claimed_by": None,
        }
        # First the review, as everything that locks both: a change that revises it, and its removal.
        changes = {**build_summary_values(comparison.summary), "revision": comparison.revision}
        summary = sa.update(reviews).where(
            reviews.c.id == request.review_id, reviews.c.revision == request.revision
        )
        if self._connection.execute(summary.values(changes=changes)).rowcount == 0:
            return False
        update = sa.update(comparisons).where(
            comparisons.c.id == request.id,
            comparisons.c.revision == request.revision,
            comparisons.c.state == WAITING,
        )
        return self._connection.execute(update.values(values)).rowcount == 1

    def drop(self, request: ComparisonRequest) -> None:
        self._connection.execute(
            sa.delete(comparisons).where(
                comparisons.c.id == request.id,
                comparisons.c.revision == request.revision,
                comparisons.c.state == WAITING,
            )
        )

    def put_off(self, comparison_id: int, owner: str, *, until: datetime) -> None:
        self._connection.execute(_PUT_OFF, {"comparison": comparison_id, "owner": owner, "until": until})

    def count_failure(self, comparison_id: int) -> int:
        update = (
            sa.update(comparisons)
            .where(comparisons.c.id == comparison_id, comparisons.c.state == WAITING)
            .values(attempts=comparisons.c.attempts + 1, deaths=0)
            .returning(comparisons.c.attempts)
        )
        return self._connection.execute(update).scalar_one_or_none() or 0

    def find_acknowledged(self, file_id: str, route: str, *, before_review: str) -> Comparison | None:
        parameters = {"file_id": file_id, "route": route, "review_id": before_review}
        row = self._connection.execute(_ACKNOWLEDGED, parameters).mappings().first()
        return build_comparison(dict(row)) if row is not None and row["id"] is not None else None
