"""Judgements of folder events, and of a folder's move from one place to another for each route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.changes.classification import Judgement
from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from reviews.changes.burst import Burst
    from reviews.routes.route import Route
    from reviews.tree import FolderState

REMOVAL_JUDGEMENTS = {
    "folder.trashed": Judgement(kind=ChangeKind.TRASHED, reason="the folder was thrown away"),
    "folder.deleted": Judgement(kind=ChangeKind.DELETED, reason="the folder was deleted"),
    "room.deleted": Judgement(kind=ChangeKind.DELETED, reason="the room was deleted"),
    "agent.deleted": Judgement(kind=ChangeKind.DELETED, reason="the agent was deleted"),
}
ARCHIVE_JUDGEMENTS = {"room.archived": Judgement(kind=ChangeKind.MOVED_OUT, reason="the room was archived")}
ARRIVAL_JUDGEMENTS = {
    "folder.copied": Judgement(kind=ChangeKind.CREATED, reason="the folder was copied here"),
    "folder.restored": Judgement(kind=ChangeKind.RESTORED, reason="the folder came back from the trash"),
    "room.restored": Judgement(kind=ChangeKind.RESTORED, reason="the room came back from the archive"),
    "folder.moved": Judgement(kind=ChangeKind.MOVED_IN, reason="the folder came from elsewhere"),
}
ARRIVAL_KINDS = frozenset({ChangeKind.MOVED_IN, ChangeKind.CREATED, ChangeKind.RESTORED})
DEPARTURE_KINDS = frozenset({ChangeKind.MOVED_OUT, ChangeKind.TRASHED, ChangeKind.DELETED})
LEFT_JUDGEMENT = Judgement(kind=ChangeKind.MOVED_OUT, reason="the folder left the watched folder")
NO_CHANGE_JUDGEMENT = Judgement(
    kind=ChangeKind.METADATA, reason="nothing happened to the files in the folder"
)


def list_arrival_judgements(burst: Burst, state: FolderState | None, *, has_moved: bool) -> list[Judgement]:
    """Return the possible judgements of a folder's arrival, the best one first.

    A rename may be reported after the event of the move before it was lost. DocSpace's log calls a return
    from the trash a move (facts on DocSpace, 4.4).
    """
    judgements = [
        ARRIVAL_JUDGEMENTS[each] for each in reversed(burst.ordered_triggers) if each in ARRIVAL_JUDGEMENTS
    ]
    is_named = any(each.kind is not ChangeKind.MOVED_IN for each in judgements)
    if not is_named and state is not None and state.gone in {ChangeKind.TRASHED, ChangeKind.DELETED}:
        return [ARRIVAL_JUDGEMENTS["folder.restored"]]
    return judgements or ([ARRIVAL_JUDGEMENTS["folder.moved"]] if has_moved else [])


def compare_routes(
    arrival_judgements: list[Judgement], routes_before: list[Route], routes_now: list[Route]
) -> list[tuple[Route, Judgement]]:
    """Judge by where the folder was and is; its events decide only the name of the change."""
    arrival = arrival_judgements[0] if arrival_judgements else NO_CHANGE_JUDGEMENT
    return_judgement = next(
        (each for each in arrival_judgements if each.kind is not ChangeKind.MOVED_IN), NO_CHANGE_JUDGEMENT
    )
    return [
        *((route, LEFT_JUDGEMENT) for route in routes_before if route not in routes_now),
        *((route, return_judgement if route in routes_before else arrival) for route in routes_now),
    ]
