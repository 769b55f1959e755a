"""Rows become the product's dataclasses here, and nowhere else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reviews.model import (
    Answer,
    CardPost,
    CardState,
    ChangeEvent,
    ChangeKind,
    Decision,
    EventState,
    Identity,
    Person,
    Review,
    Reviewer,
    ReviewState,
    StoredEvent,
)

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def stored_event(row: RowMapping) -> StoredEvent:
    said = row["said"]
    return StoredEvent(
        id=row["id"],
        event=ChangeEvent(
            delivery_key=row["delivery_key"],
            semantic_key=row["semantic_key"],
            webhook_id=said["webhook_id"],
            event_id=said["event_id"],
            trigger=said["trigger"],
            file_id=row["file_id"],
            parent_id=said["parent_id"],
            title=said["title"],
            actor=Person(**said["actor"]),
            occurred_at=_moment(said["occurred_at"]),
            modified_at=_moment(said["modified_at"]),
            version=said["version"],
            link=said["link"],
        ),
        received_at=row["received_at"],
        state=EventState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
    )


def event_values(event: ChangeEvent) -> dict[str, Any]:
    """Return a row's values; few columns, since each costs as much as reading the whole body did."""
    return {
        "delivery_key": event.delivery_key,
        "semantic_key": event.semantic_key,
        "file_id": event.file_id,
        "said": {
            "webhook_id": event.webhook_id,
            "event_id": event.event_id,
            "trigger": event.trigger,
            "parent_id": event.parent_id,
            "title": event.title,
            "actor": vars(event.actor),
            "occurred_at": event.occurred_at and event.occurred_at.astimezone(UTC).isoformat(),
            "modified_at": event.modified_at and event.modified_at.astimezone(UTC).isoformat(),
            "version": event.version,
            "link": event.link,
        },
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def review(row: RowMapping, answers: tuple[Answer, ...], cards: tuple[CardPost, ...]) -> Review:
    return Review(
        id=row["id"],
        route=row["route"],
        state=ReviewState(row["state"]),
        revision=row["revision"],
        kind=ChangeKind(row["kind"]),
        file_id=row["file_id"],
        title=row["title"],
        path=row["path"],
        link=row["link"],
        version_from=row["version_from"],
        version_to=row["version_to"],
        modified_at=row["modified_at"],
        contributors=tuple(Person(**person) for person in row["contributors"]),
        owners=tuple(row["owners"]),
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        due_at=row["due_at"],
        answers=answers,
        cards=cards,
    )


def review_values(item: Review) -> dict[str, Any]:
    values = asdict(item)
    del values["answers"], values["cards"]
    return values


def answer(row: RowMapping) -> Answer:
    return Answer(
        decision=Decision(row["decision"]),
        reviewer=Reviewer(**row["reviewer"]),
        identity=Identity(row["identity"]),
        revision=row["revision"],
        version=row["version"],
        at=row["at"],
        note=row["note"],
        late=row["late"],
        own_change=row["own_change"],
    )


def card(row: RowMapping) -> CardPost:
    return CardPost(
        id=row["id"],
        review_id=row["review_id"],
        notifier=row["notifier"],
        target=row["target"],
        state=CardState(row["state"]),
        message_id=row["message_id"],
        wanted=row["wanted"],
        drawn=row["drawn"],
        attempts=row["attempts"],
        error=row["error"],
        attempted_at=row["attempted_at"],
        maybe_posted=row["maybe_posted"],
        not_before=row["not_before"],
    )
