"""What a card calls versions, people and files, and how it quotes a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.acts import REMOVALS, act_behind
from reviews.language import _, counted, listed, number, some
from reviews.text import plain
from reviews.wording.phrases import ACTS
from reviews.wording.placeholders import SOMEBODY, called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.acts import Act
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.model import Answer
    from reviews.tree import Contents


def note_lines(answer: Answer) -> list[str]:
    """Return the lines of an answer's note, each of them one honest line."""
    return note_lines_of(answer.note)


def note_lines_of(note: str | None) -> list[str]:
    return [line for line in map(plain, (note or "").splitlines()) if line]


def versions(before: int | None, after: int | None) -> str:
    """Return the range of versions in words."""
    if after is None:
        return _("unknown") if before is None else _("{before}, now gone").format(before=before)
    return str(after) if before is None or before == after else f"{before} → {after}"


def inside(contents: Contents, *, most: int) -> str:
    """Return what was in a folder, in words, with at most so many titles."""
    if not contents.count:
        return _("no file that is known here")
    files = count_files(contents.count)
    if not contents.titles[:most]:
        return files
    return f"{files}: {some(contents.titles[:most], of=contents.count)}"


def count_files(count: int) -> str:
    return counted("{count} file", "{count} files", count).format(count=number(count))


def names(people: tuple[Person, ...], *, most: int | None = None) -> str:
    """Return the names of people as one would say them; with `most`, how many others there are after those.

    One person more than `most` is named all the same: "and 1 more" is no shorter than a name.
    """
    said = [called(plain(person.name)) for person in people] or [called(SOMEBODY)]
    if most is None or len(said) <= most + 1:
        return listed(said)
    return some(said[:most], of=len(said))


def said_apart(
    kind: ChangeKind, acts: Sequence[Act], contributors: tuple[Person, ...], *, content: bool
) -> str:
    """Return who edited what was moved or renamed, and who moved or renamed what was edited."""
    shown = act_behind(kind, acts)
    # Whoever threw the document away is among the contributors, and is named for that already.
    removers = shown.people if shown and kind in REMOVALS else ()
    editors = tuple(who for who in contributors if who not in removers) or contributors
    done: dict[tuple[Person, ...], list[str]] = {editors: [_("edited")]} if shown and content else {}
    for act in acts:
        if act != shown and act.people:
            done.setdefault(act.people, []).append(_(ACTS[act.kind]))
    told = _("{happened} by {who}")
    return ", ".join(told.format(happened=listed(did), who=names(people)) for people, did in done.items())
