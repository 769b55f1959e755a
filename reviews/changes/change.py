"""A change: the classified, coalesced difference of one file or folder, as one route sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.acts import list_doers
from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from reviews.acts import Act
    from reviews.changes.classification import Judgement
    from reviews.identity import Person
    from reviews.model import Review
    from reviews.routes.routing import Route
    from reviews.tree import FolderContents, Place


@dataclass(frozen=True, kw_only=True)
class Change:
    """The classified, coalesced difference of one file or folder, as one route sees it."""

    subject: str
    route: Route
    judgement: Judgement
    title: str
    path: str
    link: str | None
    version_before: int | None
    version: int | None
    modified_at: datetime | None
    events: list[int]
    contributors: tuple[Person, ...] = ()
    """Who wrote its content, or made it where there is none."""
    acts: tuple[Act, ...] = ()
    saves: int | None = 0
    """How often the content was saved; `None` where that can't be counted."""
    title_before: str | None = None
    path_before: str | None = None
    """What it was called, and where it was, if that is another and is known."""
    moved_to: str | None = None
    """Where it went from the route, if people there may know."""
    contents: FolderContents | None = None
    folders: tuple[str, ...] = ()
    """The folders above, from the top down; those where it was, of what left."""
    seen_late: timedelta | None = None
    """How long after the fact the gap sweep found it; `None` where DocSpace told of it."""
    happened_at: datetime | None = None
    """When what the gap sweep found happened in DocSpace, where a record says so."""
    before: Place | None = None
    """Where it was on this route before, where that is known and it is on it still."""
    arrived: datetime | None = None
    """When the first event of it was received."""
    flood: Flood | None = None
    """The flood of which it is a part."""

    @property
    def kind(self) -> ChangeKind:
        """What the route takes the change for: content is not hidden by a kind that it does not review."""
        judged = self.judgement
        by_content = judged.kind not in self.route.review and judged.content
        return ChangeKind.CONTENT if by_content else judged.kind

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who had a hand in it."""
        return (*self.contributors, *(who for act in self.acts for who in act.people))

    @property
    def doers(self) -> tuple[Person, ...]:
        """Who did what its kind says."""
        return list_doers(self.kind, self.acts, self.contributors)

    @property
    def asks_for_review(self) -> bool:
        return self.kind in self.route.review and not self.judgement.ours

    def add_unseen_content(self, review: Review | None) -> Change:
        """Return the change with content where its route has not seen the content that there is.

        `review` is the latest on the route. The file may have been saved where another route watches it.
        """
        if review is None or None in {self.version, review.version_to}:
            return self
        came_touched = self.judgement.kind is ChangeKind.MOVED_IN and self.modified_at != review.modified_at
        if self.version == review.version_to and not came_touched:
            return self
        return replace(self, judgement=replace(self.judgement, content=True))


@dataclass(frozen=True, kw_only=True)
class Flood:
    """A flood of which a change is a part, for those who are told of all of it at once.

    `again` is empty for the one that the bulk review has gathered; it names a later one over the same files.
    """

    review: Review
    again: str = ""

    @property
    def key(self) -> str:
        return f"{self.review.file_id}:{self.again}" if self.again else self.review.file_id
