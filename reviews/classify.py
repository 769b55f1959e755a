"""What a trigger means for a file: the kind of change (facts on DocSpace, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.model import ChangeKind

if TYPE_CHECKING:
    from datetime import datetime

FILE_TRIGGERS = frozenset(
    f"file.{what}"
    for what in ("created", "uploaded", "updated", "trashed", "deleted", "restored", "copied", "moved")
)
GONE = frozenset({"file.trashed", "file.deleted"})

_FIXED = {
    "file.trashed": ChangeKind.TRASHED,
    "file.deleted": ChangeKind.DELETED,
    "file.restored": ChangeKind.RESTORED,
    "file.copied": ChangeKind.CREATED,
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The state of a file that an earlier review covers."""

    title: str
    version: int | None
    modified_at: datetime | None
    inside: bool


def why_ignored(trigger: str) -> str | None:
    """Return why a trigger asks for nothing, or `None` where it may."""
    if not trigger:
        return "the body names no trigger: a portal older than 3.1, or not a DocSpace delivery"
    if trigger not in FILE_TRIGGERS:
        return f"{trigger} is not a change of a file"
    return None


def classify(
    trigger: str, *, title: str, version: int | None, modified_at: datetime | None, seen: Seen | None
) -> ChangeKind:
    """Return the kind of a change inside a watched folder. An unknown state before counts as content."""
    if trigger in _FIXED:
        return _FIXED[trigger]
    if trigger == "file.moved":
        return ChangeKind.METADATA if seen and seen.inside else ChangeKind.MOVED_IN
    if trigger in {"file.created", "file.uploaded"} and version in {None, 1} and seen is None:
        return ChangeKind.CREATED
    if seen and version is not None and version == seen.version:
        if title != seen.title:
            return ChangeKind.RENAMED
        if modified_at is not None and modified_at == seen.modified_at:
            return ChangeKind.METADATA
    return ChangeKind.CONTENT


def combined(kinds: list[ChangeKind]) -> ChangeKind:
    """Return the one kind that several changes of a file in a row amount to; the last decides where it ends.

    A file that was created or brought in stays so while it is edited; otherwise the most telling wins.
    """
    last = kinds[-1]
    if last in {ChangeKind.TRASHED, ChangeKind.DELETED, ChangeKind.MOVED_OUT, ChangeKind.RESTORED}:
        return last
    telling = (
        ChangeKind.CREATED,
        ChangeKind.MOVED_IN,
        ChangeKind.RESTORED,
        ChangeKind.CONTENT,
        ChangeKind.RENAMED,
    )
    return next((kind for kind in telling if kind in kinds), last)
