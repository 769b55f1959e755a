"""The part of a card about a bulk review: its first files, what happened to how many, a link to all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.acts import merge_people
from reviews.kinds import ChangeKind
from reviews.language import _, format_number
from reviews.text import clean_text, sanitize_link
from reviews.wording.change_sentences import describe_omitted
from reviews.wording.phrases import CHANGE_VERBS
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.bulk import BulkFile, BulkSummary
    from reviews.identity import Person
    from reviews.model import Review

MAX_NAMED_PEOPLE = 3  # how many people the card names, of all who changed one of the files
_PATH_SEPARATOR = " / "


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """One file of a bulk review as a line; its texts are one line each, and hostile until escaped."""

    file_id: str
    title: str
    path_below: str
    """The folders between that of the review and the file; empty where there are none."""
    link: str | None
    verb: str


@dataclass(frozen=True, kw_only=True)
class BulkCard:
    """`folder` is the title of the folder that the files share, `count` how many they are."""

    count: int
    folder: str
    kinds: str
    """What happened to how many files, in words: 8,214 added, 1,786 changed."""
    is_mixed: bool
    """Whether different things happened to the files."""
    first: tuple[ListedFile, ...]
    page_url: str = ""
    """The address of the page that lists all files; empty where this installation has no such page."""

    def list_first(self, limit: int) -> tuple[ListedFile, ...]:
        return self.first[:limit]

    def describe_omitted(self, listed: Sequence[ListedFile]) -> str:
        """Return how many files are not shown; empty where all are."""
        omitted = self.count - len(listed)
        return describe_omitted(omitted) if listed and omitted > 0 else ""


def draw_bulk(review: Review) -> BulkCard | None:
    """Return what a card shows of a bulk review's files; `None` for any other review."""
    bulk = review.bulk
    if bulk is None:
        return None
    return BulkCard(
        count=bulk.count,
        folder=clean_text(review.title),
        kinds=count_kinds(bulk),
        is_mixed=len(bulk.kinds) > 1,
        first=tuple(list_file(file, review) for file in bulk.sample_files),
    )


def list_file(file: BulkFile, review: Review) -> ListedFile:
    """Return a file of a bulk review as a line."""
    return ListedFile(
        file_id=file.file_id,
        title=format_title(file.title),
        path_below=_find_path_below(file.path, review),
        link=sanitize_link(file.link),
        verb=_(CHANGE_VERBS[file.kind]),
    )


def count_kinds(bulk: BulkSummary) -> str:
    """Return what happened to how many files, the most frequent first."""
    template = _("{count} {happened}")
    return ", ".join(
        template.format(count=format_number(count), happened=_(CHANGE_VERBS[kind]))
        for kind, count in bulk.kinds
    )


def choose_verb(bulk: BulkSummary) -> str:
    """Return what happened to all files, or "changed" where it was not the same for all."""
    kinds = [kind for kind, _count in bulk.kinds]
    return _(CHANGE_VERBS[kinds[0]] if len(kinds) == 1 else CHANGE_VERBS[ChangeKind.BULK])


def list_people(review: Review) -> tuple[Person, ...]:
    """Return each person once who wrote, moved or deleted one of the files."""
    acting: Iterable[Person] = (person for act in review.acts for person in act.people)
    return merge_people((*review.contributors, *acting))


def _find_path_below(path: str, review: Review) -> str:
    """Return the folders of a path below the review's folder (the review's own path ends above it)."""
    plain_path, folder = (
        clean_text(path),
        _PATH_SEPARATOR.join(filter(None, (clean_text(review.path), clean_text(review.title)))),
    )
    return "" if plain_path == folder else plain_path.removeprefix(f"{folder}{_PATH_SEPARATOR}")
