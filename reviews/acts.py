"""What people did with a document beside writing into it: who renamed it, moved it or threw it away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.model import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.burst import Burst
    from reviews.model import Person


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
    """One kind of act, and who did it; nobody is named where that can't be told."""

    kind: ActKind
    people: tuple[Person, ...]


_MOVES = {ChangeKind.MOVED_IN: ActKind.MOVED_IN, ChangeKind.MOVED_OUT: ActKind.MOVED_OUT}
_ACTS = {
    ChangeKind.RENAMED: ActKind.RENAMED,
    ChangeKind.TRASHED: ActKind.TRASHED,
    ChangeKind.DELETED: ActKind.DELETED,
    ChangeKind.RESTORED: ActKind.RESTORED,
    ChangeKind.METADATA: ActKind.MOVED,
    **_MOVES,
}
"""The act that a change of a kind consists of; content and what was created are no acts."""
REMOVALS = frozenset({ChangeKind.TRASHED, ChangeKind.DELETED})
_BY_VERB = {"trashed": ActKind.TRASHED, "deleted": ActKind.DELETED, "restored": ActKind.RESTORED}


def acts_of(
    burst: Burst, judged: ChangeKind, *, renamers: Sequence[Person] | None, moved: bool
) -> tuple[Act, ...]:
    """Return the acts of a burst, as they happened.

    `renamers` is `None` where the document has the name that it had, and empty where it can't be told who
    renamed it. `moved` says that it is elsewhere within the watched folder.
    """
    found: list[Act] = [] if renamers is None else [Act(kind=ActKind.RENAMED, people=tuple(renamers))]
    for event in burst.said:
        kind = _kind(event.trigger.partition(".")[2], judged, moved=moved)
        if kind is not None:
            found.append(Act(kind=kind, people=(event.actor,)))
    return merge_acts(found)


def merge_acts(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Return each kind of act once, with all who did it."""
    people: dict[ActKind, list[Person]] = {}
    for act in acts:
        people.setdefault(act.kind, []).extend(act.people)
    return tuple(Act(kind=kind, people=merge_people(found)) for kind, found in people.items())


def merge_people(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return each person once; what is known of one is not lost to one without an address."""
    found: dict[str, Person] = {}
    for person in people:
        key = person.id or person.name
        if key not in found or person.email or not found[key].email:
            found[key] = person
    return tuple(found.values())


def act_behind(kind: ChangeKind, acts: Iterable[Act]) -> Act | None:
    """Return the act of which a change of this kind consists; `None` for one of content."""
    return next((act for act in acts if act.kind is _ACTS.get(kind) and act.people), None)


def doers(kind: ChangeKind, acts: Iterable[Act], contributors: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return who did what the kind of a change says."""
    act = act_behind(kind, acts)
    return act.people if act else contributors


def _kind(verb: str, judged: ChangeKind, *, moved: bool) -> ActKind | None:
    if verb in {"moved", "restored", "archived"} and judged in _MOVES:
        return _MOVES[judged]
    if verb == "moved":
        return ActKind.MOVED if moved else None
    return _BY_VERB.get(verb)
