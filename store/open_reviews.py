"""Open reviews of some files, those in bulk reviews among them."""

from __future__ import annotations

import sqlalchemy as sa

from reviews.ports.tree import OpenReviews
from store.schema import review_files, reviews
from store.schema.states import OPEN


def find_open_reviews(
    connection: sa.Connection, file_ids_query: sa.Select[tuple[str]], *, route: str, limit: int
) -> OpenReviews:
    """Return how many reviews of changes are open on these files of a route, and up to `limit` of them."""
    is_of_change = reviews.c.campaign == sa.literal_column("''")
    is_open = sa.and_(reviews.c.state == OPEN, reviews.c.route == route, is_of_change)
    own_reviews = sa.select(reviews.c.seq, reviews.c.id, sa.literal(1).label("files"))
    own_reviews = own_reviews.where(is_open, reviews.c.file_id.in_(file_ids_query))
    is_inside = sa.and_(review_files.c.apart.is_(None), review_files.c.file_id.in_(file_ids_query))
    bulk_reviews = sa.select(reviews.c.seq, reviews.c.id, sa.func.count().label("files"))
    bulk_reviews = bulk_reviews.join(review_files, review_files.c.review_id == reviews.c.id)
    bulk_reviews = bulk_reviews.where(is_open, is_inside).group_by(reviews.c.seq, reviews.c.id)
    matching = sa.union_all(own_reviews, bulk_reviews).subquery()
    first = connection.execute(sa.select(matching).order_by(matching.c.seq).limit(limit)).all()
    count = len(first)
    if count == limit:
        count = connection.execute(sa.select(sa.func.count()).select_from(matching)).scalar_one()
    return OpenReviews(count=count, file_counts={row.id: row.files for row in first})
