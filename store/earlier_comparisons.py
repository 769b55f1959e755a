"""The repository `EarlierComparisonRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.comparison import AnsweredState, Comparison, ComparisonState, ComparisonSummary, StoredText
from reviews.identity import Reviewer
from store.comparison_rows import build_state, build_state_values, build_summary, build_summary_values
from store.engine import insert_into
from store.schema import answered_texts, answers, comparisons, earlier_comparisons, reviews

if TYPE_CHECKING:
    from reviews.model import Review

MAX_REVIEWS = 20
"""The newest reviews of a document that are looked at for answers."""
MAX_KEPT_TEXTS = 3
"""Texts of answered revisions that are kept for each review."""

_own = reviews.alias("own")
_RECENT = (
    sa.select(reviews.c.id, reviews.c.seq)
    .where(
        reviews.c.file_id == sa.bindparam("file_id"),
        # By the file alone: SQLite would take another index where it has no statistics.
        reviews.c.route.concat("") == sa.bindparam("route", type_=sa.Text),
        reviews.c.content == sa.true(),
        reviews.c.seq <= sa.select(_own.c.seq).where(_own.c.id == sa.bindparam("own_id")).scalar_subquery(),
    )
    .order_by(reviews.c.seq.desc())
    .limit(MAX_REVIEWS)
    .subquery("recent")
)
_has_text = sa.and_(comparisons.c.text_at.is_not(None), comparisons.c.text != b"")
_is_stored = sa.and_(
    comparisons.c.review_id == answers.c.review_id,
    comparisons.c.revision == answers.c.revision,
    _has_text,
)
_is_kept = sa.and_(
    answered_texts.c.review_id == answers.c.review_id, answered_texts.c.revision == answers.c.revision
)
_ANSWERED = (
    sa.select(
        *(answers.c.review_id, answers.c.revision, answers.c.reviewer, answers.c.at, answers.c.sha256),
        comparisons.c.after.label("stored"),
        answered_texts.c.state.label("kept"),
    )
    .select_from(_RECENT)
    .join(answers, answers.c.review_id == _RECENT.c.id)
    .outerjoin(comparisons, _is_stored)
    .outerjoin(answered_texts, _is_kept)
    .where(
        answers.c.withdrawn_at.is_(None),
        sa.or_(
            answers.c.review_id != sa.bindparam("own_id"),
            answers.c.revision < sa.bindparam("own_revision", type_=sa.Integer),
        ),
    )
    .order_by(_RECENT.c.seq.desc(), answers.c.id.desc())
)
_TEXT = sa.union_all(
    sa.select(comparisons.c.after.label("state"), comparisons.c.text).where(
        comparisons.c.review_id == sa.bindparam("of_review"),
        comparisons.c.revision == sa.bindparam("of_revision"),
        _has_text,
    ),
    sa.select(answered_texts.c.state, answered_texts.c.text).where(
        answered_texts.c.review_id == sa.bindparam("of_review"),
        answered_texts.c.revision == sa.bindparam("of_revision"),
    ),
).limit(1)
_ANSWERED_TEXT = sa.select(
    comparisons.c.review_id, comparisons.c.revision, comparisons.c.after, comparisons.c.text
).where(
    comparisons.c.review_id == sa.bindparam("of_review"),
    _has_text,
    sa.exists().where(
        answers.c.review_id == comparisons.c.review_id,
        answers.c.revision == comparisons.c.revision,
        answers.c.withdrawn_at.is_(None),
    ),
)
_NEWEST_TEXTS = (
    sa.select(answered_texts.c.revision)
    .where(answered_texts.c.review_id == sa.bindparam("of_review"))
    .order_by(answered_texts.c.revision.desc())
    .limit(MAX_KEPT_TEXTS)
)
_DROP_OLD_TEXTS = sa.delete(answered_texts).where(
    answered_texts.c.review_id == sa.bindparam("of_review"), answered_texts.c.revision.not_in(_NEWEST_TEXTS)
)
_FIND = sa.select(earlier_comparisons).where(
    earlier_comparisons.c.review_id == sa.bindparam("of_review"),
    earlier_comparisons.c.sha256 == sa.bindparam("of_state"),
    earlier_comparisons.c.revision == sa.bindparam("of_revision"),
)
_HAS_DIFFERENCES = sa.select(
    sa.exists().where(
        earlier_comparisons.c.review_id == sa.bindparam("of_review"),
        earlier_comparisons.c.revision == sa.bindparam("of_revision"),
        earlier_comparisons.c.parts != b"",
    )
)


class SqlEarlierComparisonRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_answered(self, review: Review) -> list[AnsweredState]:
        values = {
            "file_id": review.file_id,
            "route": review.route,
            "own_id": review.id,
            "own_revision": review.revision,
        }
        return [_build_answered(row) for row in self._connection.execute(_ANSWERED, values).mappings()]

    def get_text(self, state: AnsweredState) -> StoredText | None:
        values = {"of_review": state.review_id, "of_revision": state.revision}
        row = self._connection.execute(_TEXT, values).first()
        stored = build_state(row.state) if row is not None else None
        return StoredText(state=stored, text=row.text) if row is not None and stored is not None else None

    def keep_answered_text(self, review_id: str) -> None:
        insert = insert_into(self._connection, answered_texts).from_select(
            ["review_id", "revision", "state", "text"], _ANSWERED_TEXT
        )
        result = self._connection.execute(insert.on_conflict_do_nothing(), {"of_review": review_id})
        if result.rowcount:
            self._connection.execute(_DROP_OLD_TEXTS, {"of_review": review_id})

    def replace(self, review_id: str, comparisons: tuple[Comparison, ...]) -> None:
        delete = sa.delete(earlier_comparisons).where(earlier_comparisons.c.review_id == review_id)
        self._connection.execute(delete)
        values = [
            {
                "review_id": review_id,
                "revision": each.revision,
                "sha256": each.before.sha256,
                "before": build_state_values(each.before),
                "summary": build_summary_values(each.summary),
                "parts": each.parts,
            }
            for each in comparisons
            if each.before is not None
        ]
        if values:
            self._connection.execute(sa.insert(earlier_comparisons), values)

    def find(self, review: Review, sha256: str) -> Comparison | None:
        values = {"of_review": review.id, "of_state": sha256, "of_revision": review.revision}
        row = self._connection.execute(_FIND, values).mappings().first()
        if row is None:
            return None
        return Comparison(
            review_id=review.id,
            revision=review.revision,
            # One that a newer release wrote in another way shows nothing.
            summary=build_summary(row["summary"]) or ComparisonSummary(state=ComparisonState.WAITING),
            before=build_state(row["before"]),
            parts=row["parts"],
        )

    def has_differences(self, review: Review) -> bool:
        values = {"of_review": review.id, "of_revision": review.revision}
        return bool(self._connection.execute(_HAS_DIFFERENCES, values).scalar_one())


def _build_answered(row: sa.RowMapping) -> AnsweredState:
    state = build_state(row["stored"]) or build_state(row["kept"])
    return AnsweredState(
        review_id=row["review_id"],
        revision=row["revision"],
        reviewer=Reviewer.from_stored(row["reviewer"]),
        at=row["at"],
        sha256=row["sha256"] or (state.sha256 if state else None),
        has_text=state is not None,
    )
