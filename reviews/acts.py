"""What people did with a document other than editing it: who renamed it, moved it or deleted it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.identity import Person


class ActKind(StrEnum):
    """`moved` is a move within the watched folder."""

    RENAMED = "renamed"
    MOVED = "moved"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    TRASHED = "trashed"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One kind of act, and who did it; `people` is empty where that can't be determined."""

    kind: ActKind
    people: tuple[Person, ...]


MOVES = {ChangeKind.MOVED_IN: ActKind.MOVED_IN, ChangeKind.MOVED_OUT: ActKind.MOVED_OUT}
_ACT_BY_CHANGE_KIND = {
    ChangeKind.RENAMED: ActKind.RENAMED,
    ChangeKind.TRASHED: ActKind.TRASHED,
    ChangeKind.DELETED: ActKind.DELETED,
    ChangeKind.RESTORED: ActKind.RESTORED,
    ChangeKind.METADATA: ActKind.MOVED,
    **MOVES,
}
"""The act that a change of each kind consists of; content and creation are no acts."""
REMOVAL_KINDS = frozenset({ChangeKind.TRASHED, ChangeKind.DELETED})


def merge_acts(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Return each kind of act once, with everyone who did it."""
    people: dict[ActKind, list[Person]] = {}
    for act in acts:
        people.setdefault(act.kind, []).extend(act.people)
    return tuple(Act(kind=kind, people=merge_people(doers)) for kind, doers in people.items())


def merge_people(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return each person once; an entry without an address doesn't replace one that has it."""
    unique: dict[str, Person] = {}
    for person in people:
        key = person.id or person.name
        if key not in unique or person.email or not unique[key].email:
            unique[key] = person
    return tuple(unique.values())


def find_act(kind: ChangeKind, acts: Iterable[Act]) -> Act | None:
    """Return the act that a change of this kind consists of; `None` for one of content."""
    return next((act for act in acts if act.kind is _ACT_BY_CHANGE_KIND.get(kind) and act.people), None)


def list_doers(kind: ChangeKind, acts: Iterable[Act], contributors: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return the people who made a change of this kind."""
    act = find_act(kind, acts)
    return act.people if act else contributors
