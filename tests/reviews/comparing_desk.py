"""A desk at the stand-in portal that compares documents, with real readers and real encryption."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from demo import ALICE, COMPLIANCE, StoredContent, run_portal
from demo.starting_data import API_KEY
from docspace.client import Client
from docspace.http import Http
from reviews.answers.carrying import carry_acknowledgement
from reviews.comparisons.comparing import Comparing
from reviews.comparisons.viewing import ComparisonViews
from reviews.routes.route import Routes
from runtime.documents.sealing import ContentSealer
from store import due_work
from tests.keys import SECRET_KEY
from tests.reviews.cached_comparer import CachedComparer
from tests.reviews.desk import build_answer_request
from webhook.document_source import PortalDocuments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.comparison import Comparison, ComparisonSummary
    from reviews.model import Review
    from reviews.ports.documents import FetchedDocument
    from reviews.ports.reports import Report
    from reviews.routes.route import Route
    from tests.reviews.portal_desk import PortalDesk

MAX_BYTES = 100_000
HANDLER = "/filehandler.ashx"
FIRST, SECOND, THIRD = (
    "The fee is EUR 100.\n\nIt is due on 1 May 2026.\n",
    "The fee is EUR 250.\n\nIt is due on 1 May 2026.\n",
    "The fee is EUR 250.\n\nIt is due on 9 May 2026.\n",
)
FEE_CHANGED = {"replaced": 1}


def write(text: str) -> StoredContent:
    return StoredContent(text.encode())


@dataclass
class MeanwhileSource:
    """Fetches from the portal; before an answer is passed on, something happens once."""

    source: PortalDocuments
    meanwhile: Callable[[], object]

    def fetch_version(self, file_id: str, version: int | None) -> FetchedDocument:
        document = self.source.fetch_version(file_id, version)
        act, self.meanwhile = self.meanwhile, lambda: None
        act()
        return document


class ComparingDesk:
    """Lets a text file change in the portal, and compares it as a worker does."""

    def __init__(self, house: PortalDesk, address: str, *, secret_key: str | None = SECRET_KEY) -> None:
        self.house, self.desk, self.portal = house, house.desk, house.portal
        self.address = address
        self.reports: list[Report] = []
        source = PortalDocuments(Client(Http(address, API_KEY, timeout=5.0)), max_bytes=MAX_BYTES)
        self.comparing = Comparing(
            transactions=self.desk.transactions,
            routes=self.desk.routes,
            source=source,
            comparer=CachedComparer(),
            sealer=ContentSealer(secret_key) if secret_key else None,
            carry=carry_acknowledgement,
            clock=self.desk.clock,
            random=lambda: 0.0,
            report=self.reports.append,
        )

    def follow(self, **route_keys: Any) -> Routes:
        """Go by the one route with other keys from now on, and return it."""
        [route] = self.desk.routes.all
        routes = Routes([_change(route, **route_keys)])
        self.comparing = replace(self.comparing, routes=routes)
        return routes

    @property
    def views(self) -> ComparisonViews:
        comparing = self.comparing
        return ComparisonViews(
            transactions=comparing.transactions,
            routes=comparing.routes,
            clock=comparing.clock,
            sealer=comparing.sealer,
        )

    def upload(self, text: str = FIRST, title: str = "Terms.txt") -> Review:
        """Add a document, or a version to the one of this title; return its review."""
        content = write(text)
        return self.change(lambda: self.portal.upload(title, COMPLIANCE, by=ALICE.id, content=content))

    def save(self, review: Review, text: str, *, force: bool = False) -> Review:
        """Save the document of a review in the editor; return the review that this leads to."""
        content, file_id = write(text), int(review.file_id)
        return self.change(lambda: self.portal.save(file_id, by=ALICE.id, content=content, force_save=force))

    def change(self, act: Callable[[], object]) -> Review:
        [review] = self.house.reviews_of(act)
        return review

    def acknowledge(self, review: Review) -> None:
        self.desk.answers.record_answer(build_answer_request(review))

    def take(self) -> list[int]:
        """Take what is due, as a worker does; return the numbers of the comparisons."""
        now = self.desk.clock()
        return [each.id for each in due_work.take_comparisons(self.desk.engine, owner="w:1", now=now, most=9)]

    def compare_due(self) -> list[float | None]:
        """Take and make what is due; return the waits, by which what failed is put off."""
        return [self.compare(number) for number in self.take()]

    def compare(self, number: int) -> float | None:
        seconds = self.comparing.process(number)
        if seconds is not None:
            self.put_off(number, seconds)
        return seconds

    def put_off(self, number: int, seconds: float) -> None:
        self.desk.clock.advance(seconds=seconds)
        with self.desk.transactions() as work:
            work.comparisons.put_off(number, "w:1", until=self.desk.clock())
            work.commit()

    def do_meanwhile(self, act: Callable[[], object]) -> None:
        """Let something happen once while a document is on its way."""
        source = self.comparing.source
        assert isinstance(source, PortalDocuments)
        self.comparing = replace(self.comparing, source=MeanwhileSource(source, act))

    def summary(self, review: Review) -> ComparisonSummary | None:
        """Return what the card says of a comparison."""
        return self.review(review).changes

    def get_outcome(self, review: Review) -> tuple[str, str | None] | None:
        """Return the state and the reason of a comparison; `None` before there is one."""
        summary = self.summary(review)
        return (summary.state.value, summary.reason) if summary else None

    def review(self, review: Review) -> Review:
        return next(each for each in self.desk.reviews() if each.id == review.id)

    def comparison(self, review: Review) -> Comparison | None:
        with self.desk.transactions(reading=True) as work:
            return work.comparisons.get(review.id)

    def get_texts(self, review: Review) -> list[tuple[str, str]]:
        """Return the differences: the text before and after each."""
        shown = self.views.find(review.id)
        return [(part.before, part.after) for part in shown.parts] if shown else []

    def count_downloads(self) -> int:
        return len(self.portal.faults.calls(HANDLER))


def _change(route: Route, **keys: Any) -> Route:
    return replace(route, **keys)


@contextmanager
def open_comparing_desk(house: PortalDesk) -> Iterator[ComparingDesk]:
    """Yield a desk whose portal answers a worker's calls too."""
    with run_portal(house.portal) as address:
        yield ComparingDesk(house, address)
