"""What a pack says of each review, compared with what the database holds of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reviews.quorum import find_deciding_answer
from reviews.text import clean_text
from store.ledger_reading import iterate_entries
from store.unit_of_work import SqlUnitOfWork
from tests.pack.requests import collect_reviews

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Answer, Review
    from reviews.pack.report import PackedAnswer, PackedReview

BEGIN, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_OF_BOTH = ("id", "file_id", "opened_at", "due_at", "revision", "owners", "required", "state", "lapsed_at")
_OF_ANSWERS = ("decision", "at", "revision", "version", "note", "late", "own_change", "withdrawn_at")


def pack_all(engine: sa.Engine) -> dict[str, PackedReview]:
    """Return each review of the ledger, of whichever route, by its id."""
    entries = [dict(entry) for entry in iterate_entries(engine)]
    routes = {entry["route"] for entry in entries}
    packed = (collect_reviews(entries, route=route, since=BEGIN, until=END).reviews for route in routes)
    return {review.id: review for reviews in packed for review in reviews}


def assert_pack_agrees(engine: sa.Engine) -> dict[str, PackedReview]:
    """Compare each review of the database with its pack, and return those of the pack by id.

    The pack also has reviews that were removed.
    """
    packed = pack_all(engine)
    with SqlUnitOfWork(engine) as work:
        stored = work.reviews.list_recent(1000)
    for review in stored:
        assert describe_packed(packed[review.id]) == describe_stored(review)
    left = packed.keys() - {review.id for review in stored}
    assert all(packed[review_id].removed_at is not None for review_id in left)
    return packed


def describe_stored(review: Review) -> dict[str, Any]:
    deciding = find_deciding_answer(review)
    return {
        **{name: getattr(review, name) for name in _OF_BOTH},
        "kind": review.kind.value,
        "title": clean_text(review.title),
        "path": clean_text(review.path),
        "version": review.version_to,
        "superseded_by": review.superseded_by,
        "carried": review.carried is not None,
        "settled_at": deciding.at if deciding else None,
        "answers": [_describe_answer(each) for each in review.answers],
    }


def describe_packed(packed: PackedReview) -> dict[str, Any]:
    names = ("kind", "title", "path", "version", "superseded_by", "carried", "settled_at")
    return {
        **{name: getattr(packed, name) for name in (*_OF_BOTH, *names)},
        "answers": [_describe_packed_answer(each) for each in packed.answers],
    }


def _describe_answer(answer: Answer) -> dict[str, Any]:
    person = {"reviewer": clean_text(answer.reviewer.name), "email": answer.reviewer.email}
    members = {name: getattr(answer, name) for name in _OF_ANSWERS}
    return {**person, "identity": answer.identity.value, **members}


def _describe_packed_answer(answer: PackedAnswer) -> dict[str, Any]:
    names = ("reviewer", "email", "identity", *_OF_ANSWERS)
    return {name: getattr(answer, name) for name in names}
