"""The queries behind the lists, built once for each shape; values are bound when one is executed.

`low` and `high` are the numbers between which it searches, `limit` how many it returns, and `mark_1_0` the
first mark of the second group.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product, starmap
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ChangeKind, ReviewState
from store.marks import format_mark
from store.schema import cards, review_index, reviews
from store.schema.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviews.ports.listing import ListingQuery

    Numbers = sa.Select[Any]

MarkGroups = list[tuple[str, ...]]
"""For each group the marks of which a review must have one, as they stand in the index."""
MAX_SHAPES = 100
"""Queries that stay in memory; building and compiling one takes milliseconds."""
_LOW, _HIGH, _LIMIT = (sa.bindparam(name, type_=sa.Integer) for name in ("low", "high", "limit"))


@dataclass(frozen=True, kw_only=True)
class QueryShape:
    """What two queries must have in common to differ in bound values only.

    `group_sizes` are the numbers of marks in each group; the index of the first group is read. The rest is as
    in `ListingQuery`.
    """

    group_sizes: tuple[int, ...]
    kind: ChangeKind | None
    state: ReviewState | None
    answered: bool
    sent_to: str
    without_campaigns: bool
    upward: bool


def get_shape(listing_query: ListingQuery, groups: MarkGroups, *, upward: bool) -> QueryShape:
    return QueryShape(
        group_sizes=tuple(map(len, groups)),
        kind=listing_query.kind,
        state=ReviewState.OPEN if listing_query.waiting and not groups else listing_query.state,
        answered=listing_query.answered,
        sent_to=listing_query.sent_to,
        without_campaigns=listing_query.without_campaigns,
        upward=upward,
    )


def build_mark_values(groups: MarkGroups) -> dict[str, str]:
    """Return the marks by the names under which the queries have them."""
    return {
        f"mark_{number}_{place}": mark
        for number, group in enumerate(groups)
        for place, mark in enumerate(group)
    }


@lru_cache(maxsize=MAX_SHAPES)
def select_marked(shape: QueryShape) -> Numbers:
    """Read the index of the first group, one part for each mark and kind, filtered by all the others."""
    parts = [_select_part(mark, kind, shape) for mark, kind in _list_pairs(shape)]
    return _order(_unite([_order(part, shape) for part in parts], sa.union), shape)


@lru_cache(maxsize=MAX_SHAPES)
def select_unmarked(shape: QueryShape) -> Numbers:
    """Read the reviews themselves by their state or kind, filtered by the marks."""
    groups = (_list_marks(number, size) for number, size in enumerate(shape.group_sizes))
    conditions = (*_match_kind(shape.kind), *_build_row_conditions(shape), *_match_groups(groups))
    if shape.without_campaigns:
        conditions = (*conditions, reviews.c.kind != ChangeKind.CAMPAIGN)
    query = sa.select(reviews.c.seq).where(_match_span(reviews.c.seq), *conditions)
    if shape.state is not None:
        query = query.where(reviews.c.state == shape.state)
    return _order(query, shape)


@lru_cache(maxsize=MAX_SHAPES)
def select_edge(shape: QueryShape) -> Numbers:
    """Select the number of the last of `limit` reviews; nothing if there are fewer.

    It is the nearest such number among those of each mark and kind; without marks, that of the state.
    """
    if shape.group_sizes:
        parts = [_select_mark(mark, kind) for mark, kind in _list_pairs(shape)]
    else:
        parts = [sa.select(reviews.c.seq).where(reviews.c.state == shape.state, _match_span(reviews.c.seq))]
    edges = [_order(part, shape, limit=1).offset(_LIMIT - 1) for part in parts]
    return _order(_unite(edges, sa.union_all), shape, limit=1)


def select_overdue(listing_query: ListingQuery) -> sa.Select[Any]:
    """Select open reviews that are overdue or lapsed, each by a partial index of its own."""
    groups = [tuple(starmap(format_mark, group)) for group in listing_query.marks]
    is_late = (
        reviews.c.lapsed_at.is_not(None)
        if listing_query.lapsed
        else reviews.c.due_at < listing_query.overdue_at
    )
    conditions = (reviews.c.state == OPEN, is_late)
    kind = _match_kind(listing_query.kind)
    query = sa.select(reviews.c.seq).where(*conditions, *kind, *_match_groups(groups))
    if listing_query.without_campaigns:
        query = query.where(reviews.c.kind != ChangeKind.CAMPAIGN)
    if listing_query.since is not None:
        query = query.where(reviews.c.opened_at >= listing_query.since)
    if listing_query.until is not None:
        query = query.where(reviews.c.opened_at < listing_query.until)
    return query


def _list_marks(number: int, size: int) -> list[sa.BindParameter[str]]:
    return [sa.bindparam(f"mark_{number}_{place}", type_=sa.Text) for place in range(size)]


def _list_pairs(shape: QueryShape) -> Iterator[tuple[sa.BindParameter[str], ChangeKind]]:
    """Yield each mark of the first group with each kind."""
    kinds = list(ChangeKind) if shape.kind is None else [shape.kind]
    if shape.without_campaigns:
        kinds = [kind for kind in kinds if kind is not ChangeKind.CAMPAIGN]
    return product(_list_marks(0, shape.group_sizes[0]), kinds)


def _select_mark(mark: sa.BindParameter[str], kind: ChangeKind) -> Numbers:
    is_marked = (review_index.c.value == mark, review_index.c.kind == kind)
    return sa.select(review_index.c.seq).where(*is_marked, _match_span(review_index.c.seq))


def _select_part(mark: sa.BindParameter[str], kind: ChangeKind, shape: QueryShape) -> Numbers:
    query = _select_mark(mark, kind)
    if shape.state is not None:  # SQLite checks conditions in their order, and few reviews are open
        has_state = (reviews.c.seq == review_index.c.seq, reviews.c.state == shape.state)
        query = query.where(sa.exists().where(*has_state))
    for number, size in enumerate(shape.group_sizes[1:], start=1):
        other_index = review_index.alias()
        matches_group = (
            other_index.c.value.in_(_list_marks(number, size)),
            other_index.c.kind == kind,
            other_index.c.seq == review_index.c.seq,
            _match_span(other_index.c.seq),
        )
        query = query.where(sa.exists().where(*matches_group))
    if needs_row_conditions(shape):
        conditions = (reviews.c.seq == review_index.c.seq, *_build_row_conditions(shape))
        query = query.where(sa.exists().where(*conditions).correlate(review_index))
    return query


def needs_row_conditions(query: QueryShape | ListingQuery) -> bool:
    """Return whether the reviews themselves must be read, because the index is not enough."""
    return query.answered or bool(query.sent_to)


def _build_row_conditions(shape: QueryShape) -> list[sa.ColumnElement[bool]]:
    conditions = [reviews.c.state != ReviewState.OPEN] if shape.answered else []
    if shape.sent_to:
        posted = (
            cards.c.review_id == reviews.c.id,
            cards.c.notifier == shape.sent_to,
            cards.c.cause == "",
        )
        conditions.append(sa.exists().where(*posted).correlate(reviews))
    return conditions


def _match_kind(kind: ChangeKind | None) -> list[sa.ColumnElement[bool]]:
    return [reviews.c.kind == kind] if kind is not None else []


def _match_groups(
    groups: Iterable[Sequence[str | sa.BindParameter[str]]],
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield for each group that a review has one of its marks."""
    for group in groups:
        mark = review_index.alias()
        yield sa.exists().where(
            mark.c.value.in_(group), mark.c.kind == reviews.c.kind, mark.c.seq == reviews.c.seq
        )


def _match_span(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.and_(column > _LOW, column < _HIGH)


def _unite(parts: Iterable[Numbers], unite: Callable[..., sa.CompoundSelect[Any]]) -> Numbers:
    numbers = unite(*(sa.select(part.subquery().c.seq) for part in parts)).subquery()
    return sa.select(numbers.c.seq)


def _order(query: Numbers, shape: QueryShape, *, limit: sa.BindParameter[int] | int = _LIMIT) -> Numbers:
    """Limit numbers to the first in their order."""
    [number] = query.selected_columns
    return query.order_by(number.asc() if shape.upward else number.desc()).limit(limit)
