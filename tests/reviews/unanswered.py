"""Documents that change or go before they are reviewed, and what the ledger says of that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ledger import history
from reviews.quorum import list_valid_answers
from tests.reviews.flood import handle
from tests.reviews.samples import ELSEWHERE, WATCHED, event

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

DEPARTURES = {"file.deleted": "deleted", "file.trashed": "trashed", "file.moved": "moved_out"}
ENDING_TYPES = {
    f"review:{each}" for each in ("revised", "file_revised", "taken_out", "absorbed", "document_gone")
}
"""Types of entries that say what had no answer."""


def save(desk: Desk, file_id: str = "3358285") -> Review:
    desk.clock.advance(minutes=1)
    desk.portal.versions[file_id] += 1
    return desk.open(event(file_id=file_id, occurred_at=desk.clock()))


def depart(desk: Desk, trigger: str, file_id: str = "3358285") -> dict[str, Any]:
    """Let a document go, and return the entry of that."""
    desk.clock.advance(minutes=1)
    parent = ELSEWHERE if trigger == "file.moved" else WATCHED
    departure = event(file_id=file_id, trigger=trigger, parent_id=parent, occurred_at=desk.clock())
    handle(desk, [desk.receive(departure)])
    return desk.entries()[-1]


def get_last_unanswered(desk: Desk) -> dict[str, Any]:
    unanswered: dict[str, Any] = desk.entries()[-1]["unanswered"]
    return unanswered


def describe_last(desk: Desk) -> str:
    return history.describe_entry(desk.entries()[-1]).sentence


def assert_unanswered_is_recorded(desk: Desk) -> None:
    """Each revision of a document that ended was answered, or is recorded once as unanswered."""
    entries, shown = desk.entries(), _list_shown(desk)
    unanswered: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        assert ("unanswered" in entry) == (entry["type"] in ENDING_TYPES)
        if "unanswered" in entry:
            unanswered[entry["review_id"], entry["unanswered"]["revision"]].append(entry["unanswered"])
    for review in desk.reviews():
        if review.kind is ChangeKind.BULK:
            continue
        ended = [*range(1, review.revision), *[review.revision] * (review.state is ReviewState.REPLACED)]
        for revision in range(1, review.revision + 1):
            recorded = unanswered.pop((review.id, revision), [])
            assert len(recorded) == (revision in ended)
            for each in recorded:
                assert each["acknowledged"] == _count_acknowledged(review, revision)
                assert each["was_posted"] in {None, (review.id, revision) in shown}
        answered = review.state in {ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED}
        assert answered == (bool(list_valid_answers(review)) and review.state is not ReviewState.OPEN)
    bulk_ids = {review.id for review in desk.reviews() if review.kind is ChangeKind.BULK}
    assert {review_id for review_id, _ in unanswered} <= bulk_ids
    assert all(len(recorded) == 1 for recorded in unanswered.values())


def _count_acknowledged(review: Review, revision: int) -> int:
    return sum(
        answer.revision == revision
        and answer.decision is Decision.ACKNOWLEDGE
        and answer.withdrawn_at is None
        for answer in review.answers
    )


def _list_shown(desk: Desk) -> set[tuple[str, int]]:
    """Return review and revision of each card that was shown, but for those that say that it is over."""
    cards = [*(card for _, card in desk.paper.posts), *(card for *_, card in desk.paper.updates)]
    return {(card.review_id, card.revision) for card in cards if not card.superseded}
