"""Many files that change at once, and what becomes of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from reviews.intake import intake
from reviews.kinds import ChangeKind, ReviewState
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from tests.databases import SqliteDatabases


def receive_events(desk: Desk, files: Iterable[str], **more: Any) -> list[int]:
    """Receive an event of each file together, and return their numbers."""
    files = list(files)
    events = [
        event(**{"file_id": file, "title": f"{file}.docx", "trigger": "file.created", **more})
        for file in files
    ]
    for each in events:
        desk.portal.happen(each)
    intake.receive_events(desk.transactions, events, now=desk.clock())
    with desk.transactions(reading=True) as work:
        keys = {each.semantic_key for each in events}
        newest = work.events.list_recent(2 * len(events) + 50)
        return sorted(stored.id for stored in newest if stored.event.semantic_key in keys)


def handle(desk: Desk, numbers: Iterable[int]) -> None:
    for number in numbers:
        assert desk.intake.process(number) is None


def names(count: int) -> list[str]:
    return [f"f{number:03}" for number in range(count)]


def flood(desk: Desk, count: int, **more: Any) -> Review:
    """Let so many files arrive together and be handled; return the one review that they are a part of."""
    handle(desk, receive_events(desk, names(count), **more))
    [review] = list_bulk_reviews(desk)
    return review


def list_bulk_reviews(desk: Desk) -> list[Review]:
    return [review for review in desk.reviews() if review.kind is ChangeKind.BULK]


def files_of(desk: Desk, review: Review) -> list[BulkFile]:
    with desk.transactions(reading=True) as work:
        return work.bulk_files.list_files(review.id, limit=100_000)


class Floods:
    """Desks after a flood: each flood is made once, and every desk gets a copy of its database."""

    def __init__(self, databases: SqliteDatabases) -> None:
        self._databases = databases
        self._made: dict[tuple[object, ...], tuple[Desk, Review, str]] = {}
        self._engines: list[sa.Engine] = []

    def desk(self, count: int, **more: Any) -> tuple[Desk, Review]:
        """Return a desk to which so many files came, by a route as `more` says, and their review."""
        key = (count, *sorted(more.items()))
        if key not in self._made:
            self._made[key] = self._make(count, more)
        desk, review, address = self._made[key]
        self._engines.append(engine_on(self._databases.copy(address)))
        return desk.moved_to(self._engines[-1]), review

    def close(self) -> None:
        """Close the connections of the desks that were handed out."""
        while self._engines:
            self._engines.pop().dispose()

    def _make(self, count: int, more: dict[str, Any]) -> tuple[Desk, Review, str]:
        address = self._databases.new()
        engine = engine_on(address)
        desk = Desk(engine, partial(SqlUnitOfWork, engine), routes(**more))
        review = flood(desk, count)
        engine.dispose()  # the last to go writes all into the file
        return desk, review, address


def duties_of(desk: Desk, file: str) -> list[str]:
    """Return the ids of the reviews that cover a file now: of its own, or of many."""
    alone = [
        review.id
        for review in desk.reviews()
        if review.file_id == file and review.state is not ReviewState.REPLACED
    ]
    among = [
        review.id
        for review in list_bulk_reviews(desk)
        for each in files_of(desk, review)
        if each.file_id == file and each.apart is None
    ]
    return [*alone, *among]
