"""Many files that change at once, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews import intake
from reviews.model import ChangeKind
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from tests.reviews.desk import Desk


def arrive(desk: Desk, files: Iterable[str], **more: Any) -> list[int]:
    """Receive an event of each file together, and return their numbers."""
    files = list(files)
    events = [
        event(**{"file_id": file, "title": f"{file}.docx", "trigger": "file.created", **more})
        for file in files
    ]
    for each in events:
        desk.portal.happen(each)
    intake.receive(desk.transactions, events, now=desk.clock())
    with desk.transactions(reading=True) as work:
        keys = {each.semantic_key for each in events}
        newest = work.events.recent(2 * len(events) + 50)
        return sorted(stored.id for stored in newest if stored.event.semantic_key in keys)


def handle(desk: Desk, numbers: Iterable[int]) -> None:
    for number in numbers:
        assert desk.intake.process(number) is None


def names(count: int) -> list[str]:
    return [f"f{number:03}" for number in range(count)]


def flood(desk: Desk, count: int, **more: Any) -> Review:
    """Let so many files arrive together and be handled; return the one review that they are a part of."""
    handle(desk, arrive(desk, names(count), **more))
    [review] = bulks(desk)
    return review


def bulks(desk: Desk) -> list[Review]:
    return [review for review in desk.reviews() if review.kind is ChangeKind.BULK]


def files_of(desk: Desk, review: Review) -> list[BulkFile]:
    with desk.transactions(reading=True) as work:
        return work.bulk_files.of(review.id, limit=100_000)
