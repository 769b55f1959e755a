"""The queries behind the lists: numbers of reviews between the bound parameters `low` and `high`."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ChangeKind, ReviewState
from store.schema import cards, review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviews.ports.listing import ListingQuery

MarkGroups = list[tuple[str, ...]]


def select_marked(groups: MarkGroups, wanted: ListingQuery, most: int, *, upward: bool) -> sa.Select[Any]:
    """Read the index of the first group, one part for each mark and kind, filtered by all the others."""
    lead, *others = groups
    kinds = [wanted.kind] if wanted.kind is not None else list(ChangeKind)
    pairs = product(dict.fromkeys(lead), kinds)
    parts = [_part(mark, each, others, wanted, most, upward=upward) for mark, each in pairs]
    numbers = sa.union(*(sa.select(part.subquery().c.seq) for part in parts)).subquery()
    order = numbers.c.seq.asc() if upward else numbers.c.seq.desc()
    return sa.select(numbers.c.seq).order_by(order).limit(most)


def select_unmarked(
    wanted: ListingQuery, most: int, *, upward: bool, groups: Sequence[tuple[str, ...]] = ()
) -> sa.Select[Any]:
    """Read the reviews themselves by their state or kind, filtered by the marks."""
    fitting = (*_match_kind(wanted), *_build_row_conditions(wanted), *_match_groups(groups))
    query = sa.select(reviews.c.seq).where(_between(reviews.c.seq), *fitting)
    state = ReviewState.OPEN if wanted.waiting else wanted.state
    if state is not None:
        query = query.where(reviews.c.state == state)
    return query.order_by(reviews.c.seq.asc() if upward else reviews.c.seq.desc()).limit(most)


def select_overdue(wanted: ListingQuery) -> sa.Select[Any]:
    late = (reviews.c.state == ReviewState.OPEN, reviews.c.due_at < wanted.overdue_at)
    query = sa.select(reviews.c.seq).where(*late, *_match_kind(wanted), *_match_groups(wanted.marks))
    if wanted.since is not None:
        query = query.where(reviews.c.opened_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(reviews.c.opened_at < wanted.until)
    return query


def _part(
    mark: str, kind: ChangeKind, others: MarkGroups, wanted: ListingQuery, most: int, *, upward: bool
) -> sa.Select[Any]:
    query = sa.select(review_index.c.seq).where(
        review_index.c.value == mark, review_index.c.kind == kind, _between(review_index.c.seq)
    )
    for group in others:
        also = review_index.alias()
        same = (also.c.value.in_(group), also.c.kind == kind, also.c.seq == review_index.c.seq)
        query = query.where(sa.exists().where(*same))
    if needs_row_conditions(wanted):
        so = (reviews.c.seq == review_index.c.seq, *_build_row_conditions(wanted))
        query = query.where(sa.exists().where(*so).correlate(review_index))
    if wanted.state is not None:
        so = (reviews.c.seq == review_index.c.seq, reviews.c.state == wanted.state)
        query = query.where(sa.exists().where(*so))
    order = review_index.c.seq.asc() if upward else review_index.c.seq.desc()
    return query.order_by(order).limit(most)


def needs_row_conditions(wanted: ListingQuery) -> bool:
    """Return whether the reviews themselves must be read, because the index is not enough."""
    return wanted.answered or bool(wanted.sent_to)


def _build_row_conditions(wanted: ListingQuery) -> list[sa.ColumnElement[bool]]:
    picked = [reviews.c.state != ReviewState.OPEN] if wanted.answered else []
    if wanted.sent_to:
        posted = (cards.c.review_id == reviews.c.id, cards.c.notifier == wanted.sent_to, cards.c.cause == "")
        picked.append(sa.exists().where(*posted).correlate(reviews))
    return picked


def _match_kind(wanted: ListingQuery) -> list[sa.ColumnElement[bool]]:
    return [reviews.c.kind == wanted.kind] if wanted.kind is not None else []


def _match_groups(groups: Iterable[tuple[str, ...]]) -> Iterator[sa.ColumnElement[bool]]:
    """Yield for each group that a review has one of its marks."""
    for group in groups:
        mark = review_index.alias()
        yield sa.exists().where(
            mark.c.value.in_(group), mark.c.kind == reviews.c.kind, mark.c.seq == reviews.c.seq
        )


def _between(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    low, high = sa.bindparam("low", type_=sa.Integer), sa.bindparam("high", type_=sa.Integer)
    return sa.and_(column > low, column < high)
