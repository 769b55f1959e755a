"""The queries behind the lists: numbers of reviews between the bound parameters `low` and `high`."""

from __future__ import annotations

from itertools import product, starmap
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ChangeKind, ReviewState
from store.marks import format_mark
from store.schema import cards, review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviews.ports.listing import ListingQuery

MarkGroups = list[tuple[str, ...]]


def select_marked(
    groups: MarkGroups, listing_query: ListingQuery, limit: int, *, upward: bool
) -> sa.Select[Any]:
    """Read the index of the first group, one part for each mark and kind, filtered by all the others."""
    first_group, *others = groups
    kinds = [listing_query.kind] if listing_query.kind is not None else list(ChangeKind)
    pairs = product(dict.fromkeys(first_group), kinds)
    parts = [_select_part(mark, each, others, listing_query, limit, upward=upward) for mark, each in pairs]
    numbers = sa.union(*(sa.select(part.subquery().c.seq) for part in parts)).subquery()
    order = numbers.c.seq.asc() if upward else numbers.c.seq.desc()
    return sa.select(numbers.c.seq).order_by(order).limit(limit)


def select_unmarked(
    listing_query: ListingQuery, limit: int, *, upward: bool, groups: Sequence[tuple[str, ...]] = ()
) -> sa.Select[Any]:
    """Read the reviews themselves by their state or kind, filtered by the marks."""
    conditions = (*_match_kind(listing_query), *_build_row_conditions(listing_query), *_match_groups(groups))
    query = sa.select(reviews.c.seq).where(_match_span(reviews.c.seq), *conditions)
    state = ReviewState.OPEN if listing_query.waiting else listing_query.state
    if state is not None:
        query = query.where(reviews.c.state == state)
    return query.order_by(reviews.c.seq.asc() if upward else reviews.c.seq.desc()).limit(limit)


def select_overdue(listing_query: ListingQuery) -> sa.Select[Any]:
    groups = [tuple(starmap(format_mark, group)) for group in listing_query.marks]
    conditions = (reviews.c.state == ReviewState.OPEN, reviews.c.due_at < listing_query.overdue_at)
    query = sa.select(reviews.c.seq).where(*conditions, *_match_kind(listing_query), *_match_groups(groups))
    if listing_query.since is not None:
        query = query.where(reviews.c.opened_at >= listing_query.since)
    if listing_query.until is not None:
        query = query.where(reviews.c.opened_at < listing_query.until)
    return query


def _select_part(
    mark: str, kind: ChangeKind, others: MarkGroups, listing_query: ListingQuery, limit: int, *, upward: bool
) -> sa.Select[Any]:
    query = sa.select(review_index.c.seq).where(
        review_index.c.value == mark, review_index.c.kind == kind, _match_span(review_index.c.seq)
    )
    for group in others:
        other_index = review_index.alias()
        matches_group = (
            other_index.c.value.in_(group),
            other_index.c.kind == kind,
            other_index.c.seq == review_index.c.seq,
        )
        query = query.where(sa.exists().where(*matches_group))
    if needs_row_conditions(listing_query):
        conditions = (reviews.c.seq == review_index.c.seq, *_build_row_conditions(listing_query))
        query = query.where(sa.exists().where(*conditions).correlate(review_index))
    if listing_query.state is not None:
        conditions = (reviews.c.seq == review_index.c.seq, reviews.c.state == listing_query.state)
        query = query.where(sa.exists().where(*conditions))
    order = review_index.c.seq.asc() if upward else review_index.c.seq.desc()
    return query.order_by(order).limit(limit)


def needs_row_conditions(listing_query: ListingQuery) -> bool:
    """Return whether the reviews themselves must be read, because the index is not enough."""
    return listing_query.answered or bool(listing_query.sent_to)


def _build_row_conditions(listing_query: ListingQuery) -> list[sa.ColumnElement[bool]]:
    conditions = [reviews.c.state != ReviewState.OPEN] if listing_query.answered else []
    if listing_query.sent_to:
        posted = (
            cards.c.review_id == reviews.c.id,
            cards.c.notifier == listing_query.sent_to,
            cards.c.cause == "",
        )
        conditions.append(sa.exists().where(*posted).correlate(reviews))
    return conditions


def _match_kind(listing_query: ListingQuery) -> list[sa.ColumnElement[bool]]:
    return [reviews.c.kind == listing_query.kind] if listing_query.kind is not None else []


def _match_groups(groups: Iterable[tuple[str, ...]]) -> Iterator[sa.ColumnElement[bool]]:
    """Yield for each group that a review has one of its marks."""
    for group in groups:
        mark = review_index.alias()
        yield sa.exists().where(
            mark.c.value.in_(group), mark.c.kind == reviews.c.kind, mark.c.seq == reviews.c.seq
        )


def _match_span(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    low, high = sa.bindparam("low", type_=sa.Integer), sa.bindparam("high", type_=sa.Integer)
    return sa.and_(column > low, column < high)
