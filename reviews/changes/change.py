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
    from reviews.routes.route import Route
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
    """The people who wrote its content, or made the change if there is no new content."""
    acts: tuple[Act, ...] = ()
    saves: int | None = 0
    """How often the content was saved; `None` if that can't be counted."""
    title_before: str | None = None
    path_before: str | None = None
    """The previous title and path, where they differ and are available."""
    moved_to: str | None = None
    """The path it moved to outside the route, if readers of the route may see it."""
    contents: FolderContents | None = None
    folders: tuple[str, ...] = ()
    """The folders above it, from the top down; of something that left, those of its old place."""
    seen_late: timedelta | None = None
    """The delay until the gap sweep reported it; `None` if DocSpace delivered it."""
    happened_at: datetime | None = None
    """When an event of the gap sweep happened in DocSpace, if its log or the file says so."""
    before: Place | None = None
    """Its previous place on this route, if available and if it is still on this route."""
    arrived_at: datetime | None = None
    """When its first event was received."""
    flood: Flood | None = None
    """The flood that it is part of."""

    @property
    def kind(self) -> ChangeKind:
        """The kind for the route. A kind that the route doesn't review must not hide new content."""
        judgement = self.judgement
        by_content = judgement.kind not in self.route.review and judgement.content
        return ChangeKind.CONTENT if by_content else judgement.kind

    @property
    def people(self) -> tuple[Person, ...]:
        """All people who took part in it."""
        return (*self.contributors, *(person for act in self.acts for person in act.people))

    @property
    def doers(self) -> tuple[Person, ...]:
        """The people who did what its kind says."""
        return list_doers(self.kind, self.acts, self.contributors)

    @property
    def asks_for_review(self) -> bool:
        return self.kind in self.route.review and not self.judgement.own_comment

    @property
    def is_unrouted(self) -> bool:
        """Whether it is more than a lock or a comment, and the route asks no review for it."""
        is_metadata = self.kind is ChangeKind.METADATA or self.judgement.own_comment
        return not (is_metadata or self.asks_for_review)

    def add_unseen_content(self, review: Review | None) -> Change:
        """Return the change, marked as content if its route has not seen the current content.

        `review` is the latest on the route. The file may have been saved while another route watched it.
        """
        if review is None or None in {self.version, review.version_to}:
            return self
        moved_in_changed = (
            self.judgement.kind is ChangeKind.MOVED_IN and self.modified_at != review.modified_at
        )
        if self.version == review.version_to and not moved_in_changed:
            return self
        return replace(self, judgement=replace(self.judgement, content=True))


@dataclass(frozen=True, kw_only=True)
class Flood:
    """A flood that a change is part of, for people who are notified once of all of it.

    `recurrence` is empty for the flood that the bulk review gathered; otherwise it names a later one over the
    same files.
    """

    review: Review
    recurrence: str = ""

    @property
    def key(self) -> str:
        return f"{self.review.file_id}:{self.recurrence}" if self.recurrence else self.review.file_id
