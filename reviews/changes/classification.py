"""Classification of a change, by the state before and after and by DocSpace's triggers.

DocSpace's `file.updated` also fires for locks, renames, comments and more (facts on DocSpace, 2.5), so the
trigger alone says little. An unclear change counts as content: one review too many is better than one too
few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.answer_events import ANSWER_TRIGGER
from reviews.cards.docspace_comment import is_own_comment
from reviews.kinds import ChangeKind
from reviews.ports.alarms import CANARY_TRIGGER
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from reviews.model import ChangeEvent
    from reviews.tree import FileState

FILE_TRIGGERS = frozenset(
    f"file.{what}"
    for what in ("created", "uploaded", "updated", "trashed", "deleted", "restored", "copied", "moved")
) | {"form.submit", "form.filled.out"}
FOLDER_TRIGGERS = frozenset(
    f"folder.{what}" for what in ("created", "updated", "trashed", "deleted", "restored", "copied", "moved")
) | frozenset(
    {"room.updated", "room.archived", "room.deleted", "room.restored", "agent.updated", "agent.deleted"}
)
LISTED_TRIGGER, MISSING_TRIGGER = "file.listed", "file.missing"
"""Triggers of missed events that only a listing showed. No delivery has such a trigger."""
COMPARED_TRIGGERS = FILE_TRIGGERS | FOLDER_TRIGGERS | {LISTED_TRIGGER, MISSING_TRIGGER}
"""Events whose file is compared with its stored state. A download and a stopped form are not compared."""
DELIVERED_TRIGGERS = FILE_TRIGGERS | FOLDER_TRIGGERS | {CANARY_TRIGGER}
FOUND_TRIGGERS = frozenset({LISTED_TRIGGER, MISSING_TRIGGER, ANSWER_TRIGGER})
"""Triggers of our own events. No delivery has one of them."""
HANDLED_TRIGGERS = DELIVERED_TRIGGERS | FOUND_TRIGGERS
"""Triggers of the events that are handled. All others are ignored at once."""
SAVE_TRIGGERS = frozenset({"file.created", "file.uploaded", "file.updated", "form.submit", "form.filled.out"})
"""Triggers that may bring new content: a submitted or filled out form is saved (facts on DocSpace, 10.4)."""
PRESENCE_AFTER_REMOVAL = {"file.trashed": FilePresence.TRASHED, "file.deleted": FilePresence.DELETED}
PRESENCE_AFTER_CHANGE = {
    ChangeKind.TRASHED: FilePresence.TRASHED,
    ChangeKind.DELETED: FilePresence.DELETED,
    ChangeKind.RESTORED: FilePresence.PRESENT,
    ChangeKind.MOVED_OUT: None,  # it is no longer tracked
}

_KIND_BY_PRESENCE = {standing: kind for kind, standing in PRESENCE_AFTER_CHANGE.items()}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The kind of a change, and the reason in words.

    `content` means that there may also be new content, whatever the kind; `own_comment` that the change is
    this app's own comment; `comment_lost` that an unlock overwrote that comment.
    """

    kind: ChangeKind
    reason: str
    content: bool = False
    own_comment: bool = False
    comment_lost: bool = False

    @property
    def has_content(self) -> bool:
        """Whether there is or may be new content."""
        return self.content or self.kind is ChangeKind.CONTENT


def explain_ignored(event: ChangeEvent) -> str | None:
    """Return why an event is ignored, or `None` if it is handled."""
    trigger = event.trigger
    if event.unusable or (event.found_in and trigger in FOUND_TRIGGERS):
        return event.unusable
    if not trigger:
        return "the body names no trigger: a portal older than 3.1, or not a DocSpace delivery"
    if trigger not in DELIVERED_TRIGGERS:
        return f"{trigger} is not a change of a file or folder"
    return None


def judge_removed(presence: FilePresence, triggers: AbstractSet[str]) -> Judgement:
    """Judge a file that was trashed or deleted. Its earlier saves can't be examined any more."""
    return Judgement(
        kind=_KIND_BY_PRESENCE[presence], reason="it was thrown away", content=bool(triggers & SAVE_TRIGGERS)
    )


def judge_moved_out(triggers: AbstractSet[str]) -> Judgement:
    """Judge a file that has left the watched folder."""
    return Judgement(
        kind=ChangeKind.MOVED_OUT, reason="it left the watched folder", content=bool(triggers & SAVE_TRIGGERS)
    )


@dataclass(frozen=True, kw_only=True)
class Clues:
    """What distinguishes changes besides the state before and after.

    `was_inside`: the file was under the same route before. `save_was_late`: whether a save happened before
    what was already handled or seen, and its content or author is in no review. `content_logged`: whether
    DocSpace's log of the file has new content since; `None` if it is unclear. `by_us`: whether the API key's
    user made all of the changes. `unlocked`: whether that log has an unlock. The last four are queried only
    if nothing else decides.
    """

    triggers: AbstractSet[str]
    was_inside: bool
    save_was_late: Callable[[], bool]
    content_logged: Callable[[], bool | None]
    by_us: Callable[[], bool]
    unlocked: Callable[[], bool] = lambda: False


def judge_present(before: FileState | None, after: FileState, clues: Clues) -> Judgement:
    """Judge a file that is in the watched folder now; `before` is its stored state, if any."""
    if before is None:
        return _judge_unknown(after, clues.triggers)
    if before.presence is FilePresence.DELETED:
        return _judge_undeleted(after, clues.triggers)
    difference = _judge_difference(before, after, clues)
    content = difference.kind is ChangeKind.CONTENT
    if before.presence is FilePresence.TRASHED:
        return Judgement(kind=ChangeKind.RESTORED, reason="it came back from the trash", content=content)
    if not clues.was_inside:
        reason = "it came from outside the watched folder"
        return Judgement(kind=ChangeKind.MOVED_IN, reason=reason, content=content)
    if not content and "file.restored" in clues.triggers:
        return Judgement(kind=ChangeKind.RESTORED, reason="it went to the trash and came back")
    return difference


def _judge_unknown(after: FileState, triggers: AbstractSet[str]) -> Judgement:
    reason = "nothing was known of the file before"
    if "file.restored" in triggers:
        return Judgement(kind=ChangeKind.RESTORED, reason=reason, content=True)
    if "file.copied" in triggers or (
        triggers & {"file.created", "file.uploaded", "form.submit"} and after.version in {None, 1}
    ):
        return Judgement(kind=ChangeKind.CREATED, reason=reason, content=True)
    kind = ChangeKind.MOVED_IN if triggers - {LISTED_TRIGGER} == {"file.moved"} else ChangeKind.CONTENT
    return Judgement(kind=kind, reason=reason, content=True)


def _judge_undeleted(after: FileState, triggers: AbstractSet[str]) -> Judgement:
    """Judge a file that was deleted before: the portal was restored, or another file got its id."""
    if triggers & (SAVE_TRIGGERS | {"file.copied", "file.moved"}):
        return _judge_unknown(after, triggers)
    return Judgement(kind=ChangeKind.RESTORED, reason="it is there again after it was deleted", content=True)


def _judge_difference(before: FileState, after: FileState, clues: Clues) -> Judgement:
    if after.version is None or before.version is None or after.version != before.version:
        return Judgement(kind=ChangeKind.CONTENT, reason="it has another version")
    if after.size is None or after.size != before.size:
        return Judgement(kind=ChangeKind.CONTENT, reason="the same version has another size")
    if clues.save_was_late():
        return Judgement(kind=ChangeKind.CONTENT, reason="a save was reported late, after something newer")
    # A rename changes the modification time too, and a save may keep the size.
    touched = after.modified_at is None or after.modified_at != before.modified_at
    is_ours = after.comment != before.comment and is_own_comment(after.comment) and clues.by_us()
    if touched and not is_ours and clues.content_logged() is not False:
        return Judgement(kind=ChangeKind.CONTENT, reason="it was saved again within the same version")
    comment_lost = _is_comment_lost(before, after, clues)
    if after.title != before.title:
        return Judgement(kind=ChangeKind.RENAMED, reason="only its name changed", comment_lost=comment_lost)
    return Judgement(
        kind=ChangeKind.METADATA,
        reason=_explain_metadata(before, after),
        own_comment=is_ours,
        comment_lost=comment_lost,
    )


def _is_comment_lost(before: FileState, after: FileState, clues: Clues) -> bool:
    """Return whether DocSpace overwrote our comment, as each unlock does (facts on DocSpace, 10.4).

    A person's own comment in place of ours remains.
    """
    if after.locked or not is_own_comment(before.comment) or is_own_comment(after.comment):
        return False
    return before.locked or clues.unlocked()


def _explain_metadata(before: FileState, after: FileState) -> str:
    if after.locked != before.locked:
        return "it was locked" if after.locked else "it was unlocked"
    if after.comment != before.comment:
        return "only the comment of its version changed"
    if after.parent_id != before.parent_id:
        return "it moved within the watched folder"
    return "neither its content nor its name changed"


def combine_kinds(earlier: ChangeKind, later: ChangeKind) -> ChangeKind:
    """Return the one kind for an open review and a later change; the later one decides the final place.

    A file that was created or moved in keeps that kind while it is edited.
    """
    if later in PRESENCE_AFTER_CHANGE:
        return later
    informative = (
        ChangeKind.CREATED,
        ChangeKind.MOVED_IN,
        ChangeKind.RESTORED,
        ChangeKind.CONTENT,
        ChangeKind.RENAMED,
    )
    return next((kind for kind in informative if kind in {earlier, later}), later)
