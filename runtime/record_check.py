"""The whole record in the database, checked: the chain, its pinned end, and the reviews beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews import ledger
from reviews.agreement import disagreement
from reviews.ledger import GENESIS, Broken, Head, Verdict
from store import chain, comparison

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa


def check(engine: sa.Engine, *, kept: Collection[Head] = ()) -> Verdict:
    """Check everything, while others may append; `kept` are heads that somebody wrote down."""
    verdict = Verdict(checked=0, first=0, head=Head(seq=0, hash=GENESIS), problem=None)
    try:
        pinned = chain.pinned(engine)
        verdict = ledger.verify(chain.entries(engine), whole=True, kept=[pinned, *kept])
        if verdict.intact:
            _compare_end(verdict.head, chain.pinned(engine))
            _compare_reviews(engine)
    except Broken as broken:
        return replace(verdict, problem=str(broken))
    return verdict


def _compare_end(found: Head, pinned: Head) -> None:
    """The end is read after the entries: it may be ahead of them by now, and never behind."""
    if found.seq > pinned.seq:
        raise Broken(
            f"the pinned end is entry {pinned.seq}, but the chain goes on to entry {found.seq}: "
            "the end was set back, or entries were added past it"
        )
    if found.seq == pinned.seq and found.hash != pinned.hash:
        raise Broken(f"entry {found.seq} has another hash than the pinned end")


def _compare_reviews(engine: sa.Engine) -> None:
    unknown = comparison.unknown_review(engine)
    if unknown is not None:
        raise Broken(f"{_DISAGREE}: there is no review {unknown}, which the record tells of")
    for review, entries in comparison.reviews_with_entries(engine):
        difference = disagreement(review, entries)
        if difference:
            raise Broken(f"{_DISAGREE}: {difference}")


_DISAGREE = "the record and the reviews disagree"
