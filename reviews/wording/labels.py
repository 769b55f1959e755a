"""Labels of versions, people and files on a card, and how it quotes a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.acts import REMOVAL_KINDS, find_act
from reviews.identity import ERASED
from reviews.language import _, format_number, join_first, join_with_and, ngettext
from reviews.text import clean_text
from reviews.wording.phrases import ACT_VERBS
from reviews.wording.placeholders import UNKNOWN_PERSON, format_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.acts import Act
    from reviews.identity import Person, Reviewer
    from reviews.kinds import ChangeKind
    from reviews.model import Answer
    from reviews.tree import FolderContents


def split_answer_note(answer: Answer) -> list[str]:
    """Return the lines of an answer's note, each a single plain line."""
    return split_note(answer.note)


def split_note(note: str | None) -> list[str]:
    if note == ERASED:
        return [format_name(note)]
    return [line for line in map(clean_text, (note or "").splitlines()) if line]


def format_versions(before: int | None, after: int | None) -> str:
    """Return the range of versions in words."""
    if after is None:
        return _("unknown") if before is None else _("{before}, now gone").format(before=before)
    return str(after) if before is None or before == after else f"{before} → {after}"


def describe_contents(contents: FolderContents, *, limit: int) -> str:
    """Return what was in a folder, in words, with at most `limit` titles."""
    if not contents.count:
        return _("no known files")
    files = count_files(contents.count)
    if not contents.titles[:limit]:
        return files
    return f"{files}: {join_first(contents.titles[:limit], total=contents.count)}"


def count_files(count: int) -> str:
    return ngettext("{count} file", "{count} files", count).format(count=format_number(count))


def format_people(people: Sequence[Person | Reviewer], *, limit: int | None = None) -> str:
    """Return the names of people as a list in words; with `limit`, the number of others after those.

    One person more than `limit` is named all the same: "and 1 more" is no shorter than a name.
    """
    shown_names = filter(None, (clean_text(person.name) for person in people))
    names = [format_name(name) for name in shown_names] or [format_name(UNKNOWN_PERSON)]
    if limit is None or len(names) <= limit + 1:
        return join_with_and(names)
    return join_first(names[:limit], total=len(names))


def describe_other_acts(
    kind: ChangeKind, acts: Sequence[Act], contributors: tuple[Person, ...], *, content: bool
) -> str:
    """Return who edited a moved or renamed document, and who moved or renamed an edited one."""
    main_act = find_act(kind, acts)
    # The person who deleted the document is among the contributors, and is named for that already.
    removers = main_act.people if main_act and kind in REMOVAL_KINDS else ()
    editors = tuple(person for person in contributors if person not in removers) or contributors
    acts_by_people: dict[tuple[Person, ...], list[str]] = (
        {editors: [_("edited")]} if main_act and content else {}
    )
    for act in acts:
        if act != main_act and act.people:
            acts_by_people.setdefault(act.people, []).append(_(ACT_VERBS[act.kind]))
    phrase = _("{happened} by {who}")
    return ", ".join(
        phrase.format(happened=join_with_and(verbs), who=format_people(people))
        for people, verbs in acts_by_people.items()
    )


def explain_note_visibility(*, private: bool) -> str:
    if private:
        return _("Your note is recorded in the ledger. A card shows it only where no outsider can read it.")
    return _(
        "Your note is shown on the card, where the whole channel can read it, and recorded in the ledger."
    )
