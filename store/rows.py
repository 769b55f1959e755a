"""Rows become the product's dataclasses here, and nowhere else."""

from __future__ import annotations

from dataclasses import asdict
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
    return StoredEvent(
        id=row["id"],
        event=ChangeEvent(
            delivery_key=row["delivery_key"],
            semantic_key=row["semantic_key"],
            webhook_id=row["webhook_id"],
            event_id=row["event_id"],
            trigger=row["trigger"],
            file_id=row["file_id"],
            parent_id=row["parent_id"],
            title=row["title"],
            actor=Person(**row["actor"]),
            occurred_at=row["occurred_at"],
            modified_at=row["modified_at"],
            version=row["version"],
            link=row["link"],
        ),
        received_at=row["received_at"],
        state=EventState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
    )


def event_values(event: ChangeEvent) -> dict[str, Any]:
    """Return a row's values; not by `asdict`, whose deep copy costs as much as writing the row."""
    values = {**vars(event), "actor": vars(event.actor)}
    del values["unusable"]
    return values


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
