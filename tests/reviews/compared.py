"""Comparisons that are stored as a worker stores them, with the parts that a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.answers.change_pages import ChangePages
from reviews.answers.openings import Openings
from reviews.cards.card_drawing import omit_page
from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, DocumentState
from reviews.comparisons.parts import ChangedPart, ChangedWords, write_parts
from reviews.comparisons.sealed_places import place_earlier_parts, place_parts, place_snippets
from reviews.comparisons.snippets import cut_snippets, write_snippets
from reviews.comparisons.viewing import ComparisonViews
from reviews.wording.place_phrases import PartPlace
from runtime.documents.sealing import ContentSealer
from store.schema import comparisons
from tests.keys import SECRET_KEY
from tests.reviews.samples import START
from tests.reviews.samples import Clock as SampleClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.cards.card_drawing import PageOf
    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from store.unit_of_work import SqlUnitOfWork
    from tests.reviews.desk import Desk

SEALER = ContentSealer(SECRET_KEY)
BEFORE, AFTER = "The fee is EUR 100.", "The fee is EUR 250."


ANSWERED = DocumentState(version=3, updated=START, sha256="ab" * 32, size=9)
"""The state of which `store_comparison` stores the text."""
IDENTICAL = ComparisonSummary(state=ComparisonState.SAME_TEXT, reason="identical")


def make_part(**more: Any) -> ChangedPart:
    """Return a difference of one word, or what `more` says."""
    values: dict[str, Any] = {
        "kind": "replaced",
        "place": PartPlace(area="body", heading="Payment terms"),
        "before": BEFORE,
        "after": AFTER,
        "words": (
            ChangedWords(change="same", text="The fee is EUR "),
            ChangedWords(change="deleted", text="100"),
            ChangedWords(change="inserted", text="250"),
            ChangedWords(change="same", text="."),
        ),
        "matters": ("amount",),
    }
    return ChangedPart(**{**values, **more})


def make_summary(count: int = 1, **more: Any) -> ComparisonSummary:
    values: dict[str, Any] = {
        "state": ComparisonState.COMPARED,
        "counts": {"replaced": count, "inserted": 0, "deleted": 0, "moved": 0},
        "matters": {"amount": count},
    }
    return ComparisonSummary(**{**values, **more})


def store_comparison(
    desk: Desk,
    review: Review,
    parts: Sequence[ChangedPart],
    summary: ComparisonSummary | None = None,
    *,
    has_content: bool = True,
    has_snippets: bool = False,
) -> Review:
    """Store a comparison of a review, as its worker does; return the review with it.

    With `has_snippets` its route is one that shows some on the card.
    """
    with desk.transactions() as work:
        work.comparisons.request(review.id, review.revision, at=desk.clock())
        request = work.comparisons.get_request(find_number(work, review.id))  # type: ignore[arg-type]
        assert request is not None
        comparison = Comparison(
            review_id=review.id,
            revision=review.revision,
            summary=summary or make_summary(len(parts)),
            after=DocumentState(version=review.version_to, updated=START, sha256="ab" * 32, size=9)
            if has_content
            else None,
            text=b"sealed" if has_content else b"",
            snippets=SEALER.seal(
                write_snippets(cut_snippets(parts)), place_snippets(review.id, review.revision)
            )
            if has_snippets
            else b"",
        )
        sealed = SEALER.seal(write_parts(parts), place_parts(comparison)) if parts else b""
        comparison = replace(comparison, parts=sealed)
        assert work.comparisons.finish(request, comparison)
        work.cards.redraw_later(review.id)
        work.commit()
    with desk.transactions(reading=True) as work:
        stored = work.reviews.get(review.id)
    assert stored is not None
    return stored


def store_own_comparison(
    desk: Desk,
    review: Review,
    parts: Sequence[ChangedPart],
    summary: ComparisonSummary | None = None,
    **state: Any,
) -> None:
    """Store also how a review differs from `ANSWERED`, with what `state` changes of it.

    Those see it who answered that state last.
    """
    comparison = Comparison(
        review_id=review.id,
        revision=review.revision,
        summary=summary or make_summary(len(parts), matters={}),
        before=replace(ANSWERED, **state),
    )
    sealed = SEALER.seal(write_parts(parts), place_earlier_parts(comparison)) if parts else b""
    with desk.transactions() as work:
        work.earlier_comparisons.replace(review.id, (replace(comparison, parts=sealed),))
        work.commit()


def find_number(work: SqlUnitOfWork, review_id: str) -> int:
    query = sa.select(comparisons.c.id).where(comparisons.c.review_id == review_id)
    return int(work.connection.execute(query).scalar_one())


def make_views(
    transactions: Transactions, routes: Routes, *, secret_key: str | None = SECRET_KEY
) -> ComparisonViews:
    sealer = ContentSealer(secret_key) if secret_key else None
    return ComparisonViews(transactions=transactions, routes=routes, clock=SampleClock(), sealer=sealer)


def make_change_pages(
    transactions: Transactions, routes: Routes, clock: Clock, *, find_page: PageOf = omit_page
) -> ChangePages:
    """Return what changed as chats show it."""
    return ChangePages(
        transactions=transactions,
        routes=routes,
        clock=clock,
        views=make_views(transactions, routes),
        find_page=find_page,
        openings=Openings(transactions=transactions, routes=routes, clock=clock),
    )
