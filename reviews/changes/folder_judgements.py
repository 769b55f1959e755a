"""Judgements of folder events, and of a folder's move from one place to another for each route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.changes.classification import Judgement
from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from reviews.changes.burst import Burst
    from reviews.routes.routing import Route
    from reviews.tree import FolderState

REMOVAL_JUDGEMENTS = {
    "folder.trashed": Judgement(kind=ChangeKind.TRASHED, why="the folder was thrown away"),
    "folder.deleted": Judgement(kind=ChangeKind.DELETED, why="the folder was deleted"),
    "room.deleted": Judgement(kind=ChangeKind.DELETED, why="the room was deleted"),
    "agent.deleted": Judgement(kind=ChangeKind.DELETED, why="the agent was deleted"),
}
ARCHIVE_JUDGEMENTS = {"room.archived": Judgement(kind=ChangeKind.MOVED_OUT, why="the room was archived")}
ARRIVAL_JUDGEMENTS = {
    "folder.copied": Judgement(kind=ChangeKind.CREATED, why="the folder was copied here"),
    "folder.restored": Judgement(kind=ChangeKind.RESTORED, why="the folder came back from the trash"),
    "room.restored": Judgement(kind=ChangeKind.RESTORED, why="the room came back from the archive"),
    "folder.moved": Judgement(kind=ChangeKind.MOVED_IN, why="the folder came from elsewhere"),
}
ARRIVAL_KINDS = frozenset({ChangeKind.MOVED_IN, ChangeKind.CREATED, ChangeKind.RESTORED})
DEPARTURE_KINDS = frozenset({ChangeKind.MOVED_OUT, ChangeKind.TRASHED, ChangeKind.DELETED})
LEFT_JUDGEMENT = Judgement(kind=ChangeKind.MOVED_OUT, why="the folder left the watched folder")
NO_CHANGE_JUDGEMENT = Judgement(kind=ChangeKind.METADATA, why="nothing happened to the files in the folder")


def list_arrival_judgements(burst: Burst, known: FolderState | None, *, has_moved: bool) -> list[Judgement]:
    """Return the possible judgements of a folder's arrival, the best one first.

    A rename may be reported after the event of the move before it was lost.
    """
    judgements = [
        ARRIVAL_JUDGEMENTS[each] for each in reversed(burst.ordered_triggers) if each in ARRIVAL_JUDGEMENTS
    ]
    if not judgements and known is not None and known.gone in {ChangeKind.TRASHED, ChangeKind.DELETED}:
        return [ARRIVAL_JUDGEMENTS["folder.restored"]]
    return judgements or ([ARRIVAL_JUDGEMENTS["folder.moved"]] if has_moved else [])


def compare_routes(
    names: list[Judgement], was: list[Route], now: list[Route]
) -> list[tuple[Route, Judgement]]:
    """Judge by where the folder was and is; its events decide only the name of the change."""
    came = names[0] if names else NO_CHANGE_JUDGEMENT
    again = next((each for each in names if each.kind is not ChangeKind.MOVED_IN), NO_CHANGE_JUDGEMENT)
    return [
        *((route, LEFT_JUDGEMENT) for route in was if route not in now),
        *((route, again if route in was else came) for route in now),
    ]
