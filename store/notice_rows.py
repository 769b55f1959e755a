"""Notices and digest lines as JSON, in the members that all releases read (decision 46).

An earlier release has one type for all notices, and asks for every member. So each notice is written with all
of them, under the names that they had in that type.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from reviews.campaign import CampaignStage
from reviews.campaign_notices import CampaignTotals, NamedProgress
from reviews.digest_notices import DigestFigures, DigestLine, WeekMedian
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.notice import Notice, NoticeKind, ReminderLine
from reviews.notice_types import get_notice_type
from reviews.stored_enums import read_enum
from store.unknown_members import list_field_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STORED_NAMES = {
    "bulk_review_id": "bulk",
    "campaign_id": "campaign",
    "canary_id": "canary",
    "change_kind": "change",
    "complete_until": "until",
    "due_at": "until",
    "new_owner": "to",
    "problem": "note",
    "started_by": "by",
    "omitted_count": "more",
    "still_answered": "answered",
    "subscribed_above": "from_above",
    "who": "people",
}
"""The members of fields that have another name in a row."""
_OF_STAND_INS = frozenset({"stand_in_for", "stand_in_until"})
NOT_STORED = (
    frozenset({"thread", "key", "review_id", "files", "is_overdue", "may_answer", "unlisted_count"})
    | _OF_STAND_INS
)
"""Fields of a notice that are set when it is sent."""
NOT_STORED_OF_REMINDERS = frozenset({"files", "is_overdue", "page_url", "documents"}) | _OF_STAND_INS
"""The same of a line in a list of reminders."""
UNUSED_MEMBERS: Mapping[str, Any] = {
    "kind": None,
    "title": "",
    "path": "",
    "link": None,
    "at": None,
    "who": "",
    "whom": "",
    "note": None,
    "revision": 1,
    "version": "",
    "change": None,
    "mention": [],
    "until": None,
    "lines": [],
    "route": "",
    "broadcast": False,
    "is_folder": False,
    "answered": False,
    "from_above": False,
    "more": 0,
    "bulk": "",
    "canary": "",
    "reminders": [],
    "requested_at": None,
    "urgent": False,
    "since": None,
    "figures": None,
    "weeks": [],
    "page_url": "",
    "campaign": "",
    "stage": None,
    "is_late": False,
    "progress": None,
    "most_left": [],
    "private": False,
    "people": [],
    "to": None,
    "by": None,
}
"""All members in their order, with the value of a member that a notice's type does not have."""


def build_notice_values(item: Notice) -> dict[str, Any]:
    """Return a notice as JSON, without the members that follow from its target."""
    fields = {name: value for name, value in vars(item).items() if name not in NOT_STORED}
    return {**UNUSED_MEMBERS, **_rename_fields(fields)}


def build_line_values(item: DigestLine) -> dict[str, Any]:
    return _rename_fields(vars(item))


def build_notice(members: Mapping[str, Any]) -> Notice:
    kind = read_enum(NoticeKind, members["kind"])
    notice_type = get_notice_type(kind)
    fields = _select_fields(notice_type, members)
    return notice_type(**{name: value for name, value in fields.items() if name not in NOT_STORED}, kind=kind)


def build_line(members: Mapping[str, Any]) -> DigestLine:
    fields = _select_fields(DigestLine, members)
    return DigestLine(**fields, kind=read_enum(ChangeKind, members["kind"]))


def build_reminder_line(members: Mapping[str, Any]) -> ReminderLine:
    fields = _select_fields(ReminderLine, members)
    return ReminderLine(**fields, kind=read_enum(NoticeKind, members["kind"]))


def _rename_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {STORED_NAMES.get(name, name): _write(value) for name, value in fields.items()}


def _write(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    if isinstance(value, Reviewer):
        return value.to_stored()
    if isinstance(value, DigestLine):
        return build_line_values(value)
    if isinstance(value, ReminderLine):
        stored = vars(value).items()
        return _rename_fields({name: each for name, each in stored if name not in NOT_STORED_OF_REMINDERS})
    if isinstance(value, DigestFigures | WeekMedian | CampaignTotals | NamedProgress):
        return {name: _write(each) for name, each in vars(value).items()}
    return value.isoformat() if isinstance(value, datetime) else value


def _select_fields(kind: Any, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row has of a dataclass's fields, without `kind`, whose words depend on the dataclass."""
    stored = {name: STORED_NAMES.get(name, name) for name in list_field_names(kind) - {"kind"}}
    return {
        name: _READERS[name](members[member]) if name in _READERS else members[member]
        for name, member in stored.items()
        if member in members
    }


def _read_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read_lines(lines: list[dict[str, Any]]) -> tuple[DigestLine, ...]:
    return tuple(map(build_line, lines))


def _read_reminders(lines: list[dict[str, Any]]) -> tuple[ReminderLine, ...]:
    return tuple(map(build_reminder_line, lines))


def _read_figures(members: dict[str, int]) -> DigestFigures:
    return DigestFigures(**{name: members.get(name, 0) for name in list_field_names(DigestFigures)})


def _read_progress(members: dict[str, int]) -> CampaignTotals:
    return CampaignTotals(**{name: members.get(name, 0) for name in list_field_names(CampaignTotals)})


def _read_people(people: list[dict[str, Any]]) -> tuple[Reviewer, ...]:
    return tuple(map(Reviewer.from_stored, people))


def _read_starter(person: dict[str, Any] | None) -> Reviewer | None:
    return Reviewer.from_stored(person) if person else None


def _read_most_left(people: list[dict[str, Any]]) -> tuple[NamedProgress, ...]:
    return tuple(
        NamedProgress(
            person=Reviewer.from_stored(each["person"]),
            acknowledged=each["acknowledged"],
            needed=each["needed"],
        )
        for each in people
    )


def _read_weeks(weeks: list[dict[str, Any]]) -> tuple[WeekMedian, ...]:
    return tuple(
        WeekMedian(begin=datetime.fromisoformat(week["begin"]), seconds=week["seconds"]) for week in weeks
    )


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "at": datetime.fromisoformat,
    "change_kind": partial(read_enum, ChangeKind),
    "complete_until": _read_moment,
    "due_at": _read_moment,
    "figures": _read_figures,
    "lines": _read_lines,
    "mention": tuple,
    "progress": _read_progress,
    "most_left": _read_most_left,
    "new_owner": Reviewer.from_stored,
    "recipients": tuple,
    "reminders": _read_reminders,
    "requested_at": _read_moment,
    "since": datetime.fromisoformat,
    "stage": partial(read_enum, CampaignStage),
    "started_by": _read_starter,
    "weeks": _read_weeks,
    "who": _read_people,
}
