"""An edit of a document: its two files, and what a comparison of them has to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["inserted", "deleted", "replaced", "moved"]
State = Literal["compared", "same_text", "unreadable"]


@dataclass(frozen=True)
class Difference:
    """A part of what is said, by fragments; an insertion has an empty before, a deletion an empty after."""

    kind: Kind
    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Edit:
    """An edit of one file into another, by their names in `corpus/`; no part has an `untouched` text."""

    name: str
    before: str
    after: str
    says: tuple[Difference, ...] = ()
    untouched: tuple[str, ...] = ()
    state: State = "compared"


def inserted(where: str, after: str) -> Difference:
    return Difference("inserted", where, "", after)


def deleted(where: str, before: str) -> Difference:
    return Difference("deleted", where, before, "")


def replaced(where: str, before: str, after: str) -> Difference:
    return Difference("replaced", where, before, after)


def moved(where: str, text: str) -> Difference:
    return Difference("moved", where, text, text)


def edit_files(change: str, files: str, *says: Difference, untouched: tuple[str, ...] = ()) -> list[Edit]:
    """Return the edit in each of the files, named by writer and ending: `docx libreoffice.odt`.

    The files of LibreOffice are `story-change-libreoffice.odt`, those of a library `story-change.odt`.
    """
    story = change.partition("-")[0]
    state: State = "compared" if says else "same_text"
    edits = []
    for file in files.split():
        writer, _, extension = file.rpartition(".")
        ending = f"-{writer}.{extension}" if writer else f".{extension}"
        edits.append(
            Edit(change + ending, story + ending, change + ending, says, untouched=untouched, state=state)
        )
    return edits
