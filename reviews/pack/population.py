"""The population: all reviews that were opened on a route in a period, as the ledger leaves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.pack.entry_members import read_time
from reviews.pack.entry_scope import opens_on_route
from reviews.pack.life_steps import add_entry
from reviews.pack.review_life import ReviewLife

if TYPE_CHECKING:
    from reviews.pack.pack_request import PackRequest
    from reviews.pack.report import PackedReview
    from reviews.ports.ledger import LedgerEntry


@dataclass(frozen=True, kw_only=True)
class Population:
    """The reviews by when they were opened, and how many earlier ones were open when the period began."""

    reviews: tuple[PackedReview, ...]
    brought_forward: int


@dataclass
class PopulationCollector:
    """Collects the reviews of a route that were opened in the period.

    Entries come in the order of the ledger, each review's first one first; those of other reviews are passed
    over. Of reviews that were opened before, it holds those that could still be open when the period begins.
    A review whose first entry has no readable time is in no period.
    """

    request: PackRequest
    _lives: dict[str, ReviewLife] = field(default_factory=dict)
    _earlier: dict[str, ReviewLife] = field(default_factory=dict)

    def add_entry(self, entry: LedgerEntry) -> None:
        review_id = entry.get("review_id")
        if not isinstance(review_id, str):
            return
        if life := self._lives.get(review_id):
            add_entry(life, entry)
        elif earlier := self._earlier.get(review_id):
            self._follow_earlier(earlier, entry)
        elif opens_on_route(entry, self.request.route):
            self._begin(review_id, entry)

    def build_population(self) -> Population:
        packed = (life.build_packed_review() for life in self._lives.values())
        return Population(
            reviews=tuple(sorted(packed, key=lambda review: (review.opened_at, review.entries))),
            brought_forward=sum(life.state is ReviewState.OPEN for life in self._earlier.values()),
        )

    def _begin(self, review_id: str, entry: LedgerEntry) -> None:
        opened_at = read_time(entry.get("at"))
        if opened_at is None or opened_at >= self.request.until:
            return
        life = ReviewLife(id=review_id, opened_at=opened_at)
        add_entry(life, entry)
        lives = self._lives if opened_at >= self.request.since else self._earlier
        lives[review_id] = life

    def _follow_earlier(self, life: ReviewLife, entry: LedgerEntry) -> None:
        at = read_time(entry.get("at"))
        if at is not None and at < self.request.since:
            add_entry(life, entry)
            if life.is_over:
                del self._earlier[life.id]
