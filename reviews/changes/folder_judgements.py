"""What a folder's events are called, and what its way from one place to another is to the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.changes.classification import Judgement
from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from reviews.changes.burst import Burst
    from reviews.routes.routing import Route
    from reviews.tree import FolderState

GONE = {
    "folder.trashed": Judgement(kind=ChangeKind.TRASHED, why="the folder was thrown away"),
    "folder.deleted": Judgement(kind=ChangeKind.DELETED, why="the folder was deleted"),
    "room.deleted": Judgement(kind=ChangeKind.DELETED, why="the room was deleted"),
    "agent.deleted": Judgement(kind=ChangeKind.DELETED, why="the agent was deleted"),
}
ARCHIVED = {"room.archived": Judgement(kind=ChangeKind.MOVED_OUT, why="the room was archived")}
CAME = {
    "folder.copied": Judgement(kind=ChangeKind.CREATED, why="the folder was copied here"),
    "folder.restored": Judgement(kind=ChangeKind.RESTORED, why="the folder came back from the trash"),
    "room.restored": Judgement(kind=ChangeKind.RESTORED, why="the room came back from the archive"),
    "folder.moved": Judgement(kind=ChangeKind.MOVED_IN, why="the folder came from elsewhere"),
}
ARRIVES = frozenset({ChangeKind.MOVED_IN, ChangeKind.CREATED, ChangeKind.RESTORED})
LEAVES = frozenset({ChangeKind.MOVED_OUT, ChangeKind.TRASHED, ChangeKind.DELETED})
LEFT = Judgement(kind=ChangeKind.MOVED_OUT, why="the folder left the watched folder")
NOTHING = Judgement(kind=ChangeKind.METADATA, why="nothing happened to the files in the folder")


def name_arrival(burst: Burst, known: FolderState | None, *, has_moved: bool) -> list[Judgement]:
    """Return what the coming of the folder may be called, the best name first.

    A rename may be told where the move before it was lost.
    """
    told = [CAME[each] for each in reversed(burst.in_order) if each in CAME]
    if not told and known is not None and known.gone in {ChangeKind.TRASHED, ChangeKind.DELETED}:
        return [CAME["folder.restored"]]
    return told or ([CAME["folder.moved"]] if has_moved else [])


def compare_routes(
    names: list[Judgement], was: list[Route], now: list[Route]
) -> list[tuple[Route, Judgement]]:
    """Judge by where the folder was and is; its events only tell what to call that."""
    came = names[0] if names else NOTHING
    again = next((each for each in names if each.kind is not ChangeKind.MOVED_IN), NOTHING)
    return [
        *((route, LEFT) for route in was if route not in now),
        *((route, again if route in was else came) for route in now),
    ]
