"""Conversion of rows to the product's dataclasses, which happens nowhere else."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reviews.acts import Act, ActKind
from reviews.bulk import BulkFile, BulkSummary
from reviews.campaign import CampaignReference
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import CardState, ChangeKind, Decision, EventState, ReviewState, StepAction, SweepSource
from reviews.model import (
    Answer,
    CarriedAcknowledgement,
    ChangeEvent,
    LastReassignment,
    LastStep,
    Post,
    Review,
    StandIn,
    StoredEvent,
)
from reviews.stored_enums import read_enum
from reviews.tree import FilePresence, FileState, FolderContents, FolderState
from store.comparison_rows import build_shown_summary
from store.notice_rows import build_notice
from store.unknown_members import select_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import RowMapping

    Row = RowMapping | Mapping[str, Any]


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MAX_PLACE_LENGTH = 200
UNREADABLE_ERRORS = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""Errors for a row with a value that was never written: SQLite stores any value in any column."""


def build_members(item: Any, *, exclude: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the fields of a dataclass and of those it contains; `asdict` also copies every value."""
    return {name: _convert_value(value) for name, value in vars(item).items() if name not in exclude}


def _convert_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_convert_value(each) for each in value]
    return build_members(value) if is_dataclass(value) else value


def build_stored_event(row: RowMapping) -> StoredEvent:
    content = row["said"]
    return StoredEvent(
        id=row["id"],
        event=ChangeEvent(
            delivery_key=row["delivery_key"],
            semantic_key=row["semantic_key"],
            webhook_id=content["webhook_id"],
            event_id=content["event_id"],
            trigger=content["trigger"],
            file_id=row["file_id"],
            parent_id=content["parent_id"],
            title=content["title"],
            actor=build_person(content["actor"]),
            occurred_at=_parse_moment(content["occurred_at"]),
            modified_at=_parse_moment(content["modified_at"]),
            version=content["version"],
            link=content["link"],
            in_trash=content.get("in_trash", False),
            found_in=read_enum(SweepSource, content["found_in"]) if content.get("found_in") else None,
            moved_from=content.get("moved_from", ""),
        ),
        received_at=row["received_at"],
        state=read_enum(EventState, row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        of_many=row["of_many"],
    )


def build_event_values(event: ChangeEvent) -> list[Any]:
    """Return the columns of an event's row: its two keys, the file, and the rest as one object."""
    content = {
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
        "in_trash": event.in_trash,
        **({"found_in": event.found_in} if event.found_in else {}),
        **({"moved_from": event.moved_from} if event.moved_from else {}),
    }
    return [event.delivery_key, event.semantic_key, event.file_id, content]


def _parse_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def build_review(
    row: Row,
    answers: tuple[Answer, ...],
    cards: tuple[Post, ...],
    bulk: BulkSummary | None = None,
) -> Review:
    return Review(
        id=row["id"],
        route=row["route"],
        state=read_enum(ReviewState, row["state"]),
        revision=row["revision"],
        kind=read_enum(ChangeKind, row["kind"]),
        file_id=row["file_id"],
        title=row["title"],
        path=row["path"],
        link=row["link"],
        version_from=row["version_from"],
        version_to=row["version_to"],
        modified_at=row["modified_at"],
        contributors=tuple(map(build_person, row["contributors"])),
        owners=tuple(row["owners"]),
        opened_at=row["opened_at"],
        changed_at=row["changed_at"],
        due_at=row["due_at"],
        saves=row["saves"] if row["saves_known"] else None,
        contents=_build_contents(row["contents"]),
        superseded_by=row["superseded_by"],
        required=row["required"],
        snoozed_until=row["snoozed_until"],
        folders=tuple(row["folders"]),
        remind_at=row["remind_at"],
        reminders=row["reminders"],
        steps_taken=row["steps_taken"],
        last_step=_build_last_step(row["last_step"]),
        follow_ups=row["follow_ups"],
        stand_ins=tuple(map(_build_stand_in, row["stand_ins"])),
        lapsed_at=row["lapsed_at"],
        seen_late=row["seen_late"],
        happened_at=row["happened_at"],
        snoozed_by=_build_known(row["snoozer"]),
        last_reassignment=_build_reassignment(row["handed_over"]),
        reassigned_to=tuple(row["reassigned_to"]),
        private=row["private"],
        content=row["content"],
        acts=tuple(build_act(each) for each in row["acts"]),
        title_before=row["title_before"],
        path_before=row["path_before"],
        moved_to=row["moved_to"],
        answers=answers,
        cards=cards,
        bulk=bulk,
        changes=build_shown_summary(row["changes"], revision=row["revision"]),
        carried=_build_carried(row["carried"]),
        closed_at=row["closed_at"],
        campaign=CampaignReference(id=row["campaign"], name=row["campaign_name"])
        if row["campaign"] or row["campaign_name"]
        else None,
    )


def build_bulk_file(row: Row) -> BulkFile:
    return BulkFile(
        file_id=row["file_id"],
        title=row["title"],
        path=row["path"],
        link=row["link"],
        kind=read_enum(ChangeKind, row["kind"]),
        version_from=row["version_from"],
        version_to=row["version_to"],
        modified_at=row["modified_at"],
        contributors=tuple(map(build_person, row["contributors"])),
        acts=tuple(build_act(each) for each in row["acts"]),
        folders=tuple(row["folders"]),
        joined_at=row["joined_at"],
        position=row["position"],
        apart=row["apart"],
        content=row["content"],
        saves=row["saves"],
        title_before=row["title_before"],
        path_before=row["path_before"],
        moved_to=row["moved_to"],
        seen_late=row["seen_late"],
        happened_at=row["happened_at"],
    )


def build_bulk_file_values(item: BulkFile) -> dict[str, Any]:
    """Return the columns of a file of a bulk review; the database assigns its number."""
    values = build_members(item)
    del values["position"]
    return {**values, "place": f"{item.path} / {item.title}".casefold()[:MAX_PLACE_LENGTH]}


def _build_known(value: dict[str, Any] | None) -> Reviewer | None:
    return Reviewer.from_stored(value) if value else None


def build_act(value: dict[str, Any]) -> Act:
    return Act(kind=read_enum(ActKind, value["kind"]), people=tuple(map(build_person, value["people"])))


def build_person(value: dict[str, Any]) -> Person:
    return Person(id=value["id"], name=value["name"], email=value.get("email"))


def _build_contents(value: dict[str, Any] | None) -> FolderContents | None:
    return FolderContents(count=value["count"], titles=tuple(value["titles"])) if value else None


def build_file_state(row: Row) -> FileState:
    members = {name: value for name, value in row.items() if name != "standing"}
    return FileState(**members, presence=read_enum(FilePresence, row["standing"]))


def build_folder_state(row: RowMapping) -> FolderState:
    return FolderState(
        known_since=row["known_since"],
        seen_at=row["seen_at"],
        settled_at=row["settled_at"],
        gone=read_enum(ChangeKind, row["gone"]) if row["gone"] else None,
        listed_to=row["listed_to"],
    )


def build_file_values(state: FileState) -> dict[str, Any]:
    return {**build_members(state, exclude=frozenset({"presence"})), "standing": state.presence}


_CARRIED_TIMES = ("acknowledged_at", "at")
_NOT_IN_REVIEW_ROW = frozenset(
    {
        "answers",
        "cards",
        "redacted",
        "bulk",
        "is_file_view",
        "snoozed_by",
        "last_reassignment",
        "last_step",
        "carried",
        "stand_ins",
        "campaign",
    }
)


def build_review_values(item: Review) -> dict[str, Any]:
    values = build_members(item, exclude=_NOT_IN_REVIEW_ROW)
    values["snoozer"] = item.snoozed_by and item.snoozed_by.to_stored()
    values["handed_over"] = build_reassignment_values(item.last_reassignment)
    values["last_step"] = build_last_step_values(item.last_step)
    values["stand_ins"] = build_stand_in_values(item.stand_ins)
    values["carried"] = build_carried_values(item.carried)
    values["campaign"] = item.campaign.id if item.campaign else ""
    values["campaign_name"] = item.campaign.name if item.campaign else ""
    return {**values, "saves": item.saves or 0, "saves_known": item.saves is not None}


def build_reassignment_values(item: LastReassignment | None) -> dict[str, Any] | None:
    if item is None:
        return None
    people = {"by": item.by.to_stored(), "to": item.to.to_stored()}
    return {**people, "at": item.at.astimezone(UTC).isoformat()}


def build_last_step_values(item: LastStep | None) -> dict[str, Any] | None:
    return {**build_members(item), "at": item.at.astimezone(UTC).isoformat()} if item else None


def _build_last_step(value: dict[str, Any] | None) -> LastStep | None:
    if not value:
        return None
    members = select_known(LastStep, value)
    return LastStep(
        **{
            **members,
            "action": read_enum(StepAction, value["action"]),
            "at": datetime.fromisoformat(value["at"]),
            "whom": tuple(value["whom"]),
        }
    )


def build_stand_in_values(items: Iterable[StandIn]) -> list[dict[str, Any]]:
    return [{**build_members(each), "until": each.until.astimezone(UTC).isoformat()} for each in items]


def _build_stand_in(value: dict[str, Any]) -> StandIn:
    return StandIn(
        absent=value["absent"], people=tuple(value["people"]), until=datetime.fromisoformat(value["until"])
    )


def build_carried_values(item: CarriedAcknowledgement | None) -> dict[str, Any] | None:
    if item is None:
        return None
    times = {name: getattr(item, name).astimezone(UTC).isoformat() for name in _CARRIED_TIMES}
    people = [each.to_stored() for each in item.people]
    return {**build_members(item, exclude=frozenset({"people"})), "people": people, **times}


def _build_carried(value: dict[str, Any] | None) -> CarriedAcknowledgement | None:
    if not value:
        return None
    members = select_known(CarriedAcknowledgement, value)
    times = {name: datetime.fromisoformat(value[name]) for name in _CARRIED_TIMES}
    people = tuple(map(Reviewer.from_stored, value["people"]))
    return CarriedAcknowledgement(**{**members, **times, "people": people})


def _build_reassignment(value: dict[str, Any] | None) -> LastReassignment | None:
    if not value:
        return None
    by, to = (Reviewer.from_stored(value[name]) for name in ("by", "to"))
    return LastReassignment(by=by, to=to, at=datetime.fromisoformat(value["at"]))


def build_answer_values(item: Answer) -> dict[str, Any]:
    reviewer = {**item.reviewer.to_stored(), "proven_by": dict(item.reviewer.proven_by)}
    return {**build_members(item), "reviewer": reviewer}


def build_answer(row: Row) -> Answer:
    return Answer(
        decision=read_enum(Decision, row["decision"]),
        reviewer=Reviewer.from_stored(row["reviewer"]),
        identity=read_enum(Identity, row["identity"]),
        revision=row["revision"],
        version=row["version"],
        at=row["at"],
        note=row["note"],
        late=row["late"],
        own_change=row["own_change"],
        proof=row["proof"],
        owner=row["owner"],
        stand_in_for=row["stand_in_for"],
        withdrawn_at=row["withdrawn_at"],
        sha256=row["sha256"],
        size=row["size"],
        not_read=row["not_read"],
    )


def build_card(row: RowMapping) -> Post:
    return Post(
        id=row["id"],
        review_id=row["review_id"],
        notifier=row["notifier"],
        target=row["target"],
        state=read_enum(CardState, row["state"]),
        message_id=row["message_id"],
        requested_drawing=row["wanted"],
        finished_drawing=row["drawn"],
        attempts=row["attempts"],
        error=row["error"],
        attempted_at=row["attempted_at"],
        maybe_posted=row["maybe_posted"],
        not_before=row["not_before"],
        cause=row["cause"],
        notice=build_notice(row["notice"]) if row["notice"] else None,
        drawn_at=row["drawn_at"],
        due_since=row["due_since"],
        posted_at=row["posted_at"],
        given_up=row["given_up"],
    )
