"""The acts that a burst of events reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.acts import MOVES, Act, ActKind, merge_acts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.changes.burst import Burst
    from reviews.identity import Person
    from reviews.kinds import ChangeKind


_ACT_KIND_BY_VERB = {"trashed": ActKind.TRASHED, "deleted": ActKind.DELETED, "restored": ActKind.RESTORED}


def list_acts(
    burst: Burst, judged: ChangeKind, *, renamers: Sequence[Person] | None, moved: bool
) -> tuple[Act, ...]:
    """Return the acts of a burst, in the order in which they happened.

    `renamers` is `None` if the document has the same name as before, and empty if it is unclear who renamed
    it. `moved` means that it moved within the watched folder.
    """
    acts: list[Act] = [] if renamers is None else [Act(kind=ActKind.RENAMED, people=tuple(renamers))]
    for event in burst.attributed_events:
        kind = _find_act_kind(event.trigger.partition(".")[2], judged, moved=moved)
        if kind is not None:
            acts.append(Act(kind=kind, people=(event.actor,)))
    return merge_acts(acts)


def _find_act_kind(verb: str, judged: ChangeKind, *, moved: bool) -> ActKind | None:
    if verb in {"moved", "restored", "archived"} and judged in MOVES:
        return MOVES[judged]
    if verb == "moved":
        return ActKind.MOVED if moved else None
    return _ACT_KIND_BY_VERB.get(verb)
