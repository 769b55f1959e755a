"""Each cause of the trigger table (facts on DocSpace, 2.5), to be done on the stand-in portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER, QUARTER, ROOM, FilledContent
from reviews.kinds import ChangeKind
from reviews.tree import FOLDER_ID_PREFIX
from tests.reviews.portal_desk import FILE, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo import DemoPortal, EntryId

K = ChangeKind
Q_ID, R_ID, O_ID = (f"{FOLDER_ID_PREFIX}{folder}" for folder in (QUARTER, ROOM, OTHER))


@dataclass(frozen=True)
class TriggerCase:
    """Something that a person does; `kind` is what the review says of it, `None` where there is none."""

    name: str
    act: Callable[[DemoPortal], object]
    kind: ChangeKind | None
    about: EntryId | None = FILE
    why: str = ""
    before: Callable[[DemoPortal], object] = lambda _portal: None


def locked(portal: DemoPortal) -> None:
    portal.lock(FILE, by=BOB.id)


def trashed(portal: DemoPortal) -> None:
    portal.trash(FILE, by=BOB.id)


def trashed_folder(portal: DemoPortal) -> None:
    portal.trash_folder(QUARTER, by=BOB.id)


def unlocked(portal: DemoPortal) -> None:
    portal.unlock(FILE, by=BOB.id)


CASES = [
    TriggerCase("a new blank file", lambda p: p.create_file("New.docx", DEEP, by=BOB.id), K.CREATED, None),
    TriggerCase("a file saved as PDF", lambda p: p.save_as_pdf(FILE, QUARTER, by=BOB.id), K.CREATED, None),
    TriggerCase("an upload", lambda p: p.upload("Scan.pdf", COMPLIANCE, by=BOB.id), K.CREATED, None),
    TriggerCase(
        "an overwriting upload",
        lambda p: p.upload("Policy.docx", COMPLIANCE, by=BOB.id),
        K.CONTENT,
    ),
    TriggerCase(
        "a chunked upload", lambda p: p.upload_in_chunks("Film.mp4", DEEP, by=BOB.id), K.CREATED, None
    ),
    TriggerCase(
        "a chunked upload over a file",
        lambda p: p.upload_in_chunks("Policy.docx", COMPLIANCE, by=BOB.id),
        K.CONTENT,
    ),
    TriggerCase("another owner of the file", lambda p: p.change_owner(FILE, ALICE.id, by=BOB.id), K.CONTENT),
    TriggerCase(
        "a folder's order", lambda p: p.reorder_folder(QUARTER, 2, by=BOB.id), None, why="nothing happened"
    ),
    TriggerCase(
        "another owner of a folder",
        lambda p: p.change_folder_owner(QUARTER, ALICE.id, by=BOB.id),
        None,
        why="nothing happened",
    ),
    TriggerCase(
        "a room out of the archive",
        lambda p: p.restore_room(ROOM, by=BOB.id),
        K.RESTORED,
        R_ID,
        before=lambda p: p.archive_room(ROOM, by=BOB.id),
    ),
    TriggerCase(
        "a room copied", lambda p: p.copy_room(ROOM, by=BOB.id), None, why="room.copied is not a change"
    ),
    TriggerCase("a session's end", lambda p: p.save(FILE, by=BOB.id), K.CONTENT),
    TriggerCase("a force-save", lambda p: p.save(FILE, by=BOB.id, force_save=True), K.CONTENT),
    TriggerCase(
        "a save within the version of the last one",
        lambda p: p.save(FILE, by=BOB.id, content=FilledContent(7726, "b")),
        K.CONTENT,
        before=lambda p: p.save(FILE, by=BOB.id, force_save=True, content=FilledContent(7726, "a")),
    ),
    TriggerCase("a save by a program", lambda p: p.save_by_api(FILE, by=BOB.id), K.CONTENT),
    TriggerCase("a new name", lambda p: p.rename(FILE, "Renamed.docx", by=BOB.id), K.RENAMED),
    TriggerCase(
        "an old version made the current one",
        lambda p: p.restore_version(FILE, 1, by=BOB.id),
        K.CONTENT,
    ),
    TriggerCase(
        "a comment on the version",
        lambda p: p.comment(FILE, "Fine.", by=BOB.id),
        None,
        why="only the comment of its version changed",
    ),
    TriggerCase("a lock", lambda p: p.lock(FILE, by=BOB.id), None, why="it was locked"),
    TriggerCase("an unlock, told twice", unlocked, None, why="it was unlocked", before=locked),
    TriggerCase("another order", lambda p: p.reorder(FILE, 3, by=BOB.id), None, why="neither its content"),
    TriggerCase(
        "an old version deleted",
        lambda p: p.delete_version(FILE, 1, by=BOB.id),
        None,
        why="neither its content",
        before=lambda p: p.save(FILE, by=BOB.id),
    ),
    TriggerCase("the trash", lambda p: p.trash(FILE, by=BOB.id), K.TRASHED),
    TriggerCase("deleted out of the trash", lambda p: p.delete(FILE, by=BOB.id), K.DELETED, before=trashed),
    TriggerCase("deleted straight away", lambda p: p.delete(FILE, by=BOB.id), K.DELETED),
    TriggerCase("out of the trash", lambda p: p.restore(FILE, by=BOB.id), K.RESTORED, before=trashed),
    TriggerCase(
        "out of the trash to elsewhere",
        lambda p: p.restore(FILE, by=BOB.id, to=OTHER),
        K.MOVED_OUT,
        before=trashed,
    ),
    TriggerCase(
        "a move within",
        lambda p: p.move(FILE, DEEP, by=BOB.id),
        None,
        why="it moved within the watched folder",
    ),
    TriggerCase("a move in", lambda p: p.move(OUTSIDE, DEEP, by=BOB.id), K.MOVED_IN, OUTSIDE),
    TriggerCase("a move out", lambda p: p.move(FILE, OTHER, by=BOB.id), K.MOVED_OUT),
    TriggerCase("a copy", lambda p: p.copy(FILE, DEEP, by=BOB.id), K.CREATED, None),
    TriggerCase(
        "a download", lambda p: p.download(FILE, by=BOB.id), None, why="file.downloaded is not a change"
    ),
    TriggerCase(
        "an edit elsewhere", lambda p: p.save(OUTSIDE, by=BOB.id), None, why="not under a watched folder"
    ),
    TriggerCase(
        "a form submitted as a copy", lambda p: p.submit_form(OUTSIDE, DEEP, by=BOB.id), K.CREATED, None
    ),
    TriggerCase(
        "a form submitted elsewhere", lambda p: p.submit_form(FILE, OTHER, by=BOB.id), None, why="not under"
    ),
    TriggerCase("a form submitted in place", lambda p: p.submit_form(FILE, by=BOB.id), K.CONTENT),
    TriggerCase("a form filled out", lambda p: p.fill_out_form(FILE, by=BOB.id), K.CONTENT),
    TriggerCase(
        "a form stopped", lambda p: p.stop_form(FILE, by=BOB.id), None, why="is not a change of a file"
    ),
    TriggerCase(
        "a new folder", lambda p: p.create_folder("New", COMPLIANCE, by=BOB.id), None, why="nothing happened"
    ),
    TriggerCase(
        "a new name of a folder",
        lambda p: p.rename_folder(QUARTER, "Q2", by=BOB.id),
        None,
        why="nothing happened",
    ),
    TriggerCase("a folder in the trash", lambda p: p.trash_folder(QUARTER, by=BOB.id), K.TRASHED, Q_ID),
    TriggerCase("a folder deleted", lambda p: p.delete_folder(QUARTER, by=BOB.id), K.DELETED, Q_ID),
    TriggerCase(
        "a folder deleted out of the trash",
        lambda p: p.delete_folder(QUARTER, by=BOB.id),
        K.DELETED,
        Q_ID,
        before=trashed_folder,
    ),
    TriggerCase(
        "a folder out of the trash",
        lambda p: p.restore_folder(QUARTER, by=BOB.id),
        K.RESTORED,
        Q_ID,
        before=trashed_folder,
    ),
    TriggerCase("a folder moved out", lambda p: p.move_folder(QUARTER, OTHER, by=BOB.id), K.MOVED_OUT, Q_ID),
    TriggerCase(
        "a folder moved within",
        lambda p: p.move_folder(DEEP, COMPLIANCE, by=BOB.id),
        None,
        why="nothing happened",
    ),
    TriggerCase("a folder moved in", lambda p: p.move_folder(OTHER, QUARTER, by=BOB.id), K.MOVED_IN, O_ID),
    TriggerCase("a folder copied in", lambda p: p.copy_folder(OTHER, QUARTER, by=BOB.id), K.CREATED, None),
    TriggerCase(
        "a folder elsewhere",
        lambda p: p.rename_folder(OTHER, "X", by=BOB.id),
        None,
        why="the folder is not under",
    ),
    TriggerCase("a room's settings", lambda p: p.update_room(ROOM, by=BOB.id), None, why="nothing happened"),
    TriggerCase("a room in the archive", lambda p: p.archive_room(ROOM, by=BOB.id), K.MOVED_OUT, R_ID),
    TriggerCase("a room deleted", lambda p: p.delete_folder(ROOM, by=BOB.id), K.DELETED, R_ID),
]
