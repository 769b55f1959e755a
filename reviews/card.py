"""The neutral card: what every channel shows, in the same words. Channels render it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.model import Answer, ChangeKind, Decision, Person, Review, ReviewState
from reviews.text import plain, web_link

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_VERBS = {
    ChangeKind.CONTENT: "changed",
    ChangeKind.CREATED: "added",
    ChangeKind.RENAMED: "renamed",
    ChangeKind.MOVED_IN: "moved in",
    ChangeKind.MOVED_OUT: "moved out",
    ChangeKind.TRASHED: "moved to the trash",
    ChangeKind.DELETED: "deleted for good",
    ChangeKind.RESTORED: "restored",
    ChangeKind.METADATA: "touched",
}


class Action(StrEnum):
    """The buttons, in their order; the value is the button's words."""

    ACKNOWLEDGE = "Acknowledge review"
    REQUEST_CHANGES = "Request changes"
    OPEN = "Open document"


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything a channel may show of one review at one revision.

    All text but the note is one line, and all of it is hostile until escaped.
    """

    review_id: str
    revision: int
    title: str
    path: str
    link: str | None
    happened: str
    contributors: tuple[Person, ...]
    changed_at: datetime
    version: str
    owners: tuple[str, ...]
    due_at: datetime | None
    status: str
    answer: Answer | None
    took: str | None
    actions: tuple[Action, ...]

    @property
    def who(self) -> str:
        return names(self.contributors)

    @property
    def summary(self) -> str:
        """One sentence that makes sense alone: on a lock screen, in a screen reader."""
        told = f"{self.title} was {self.happened} by {self.who} in {self.path}."
        return f"{told} {outcome(self)}" if self.answer else f"{told} Please review it."


def card_of(review: Review) -> Card:
    """Draw the card of a review as it stands now."""
    answer = _shown(review.answers[-1]) if review.answers else None
    return Card(
        review_id=review.id,
        revision=review.revision,
        title=plain(review.title) or "a document without a title",
        path=plain(review.path),
        link=web_link(review.link),
        happened=_VERBS[review.kind],
        contributors=review.contributors,
        changed_at=review.changed_at,
        version=versions(review.version_from, review.version_to),
        owners=tuple(map(plain, review.owners)),
        due_at=review.due_at,
        status=_status(review),
        answer=answer,
        took=span(answer.at - review.opened_at) if answer else None,
        actions=_actions(review),
    )


def outcome(card: Card) -> str:
    """Return the sentence that says how the review was answered, by whom and after how long."""
    answer = card.answer
    if answer is None:
        return card.status
    verb = {
        Decision.ACKNOWLEDGE: "Reviewed by",
        Decision.REQUEST_CHANGES: "Changes requested by",
    }[answer.decision]
    return f"{verb} {answer.reviewer.name} after {card.took}."


def versions(before: int | None, after: int | None) -> str:
    """Return the range of versions in words."""
    if after is None:
        return "unknown" if before is None else f"{before}, now gone"
    return str(after) if before is None or before == after else f"{before} → {after}"


def names(people: tuple[Person, ...]) -> str:
    """Return the names of people as one would say them."""
    listed = [plain(person.name) for person in people] or ["somebody"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def span(length: timedelta) -> str:
    """Return a length of time with its two largest units."""
    seconds = max(int(length.total_seconds()), 0)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if seconds >= size:
            parts.append(f"{seconds // size} {unit}")
            seconds %= size
    return " ".join(parts[:2]) or "less than a second"


def _shown(answer: Answer) -> Answer:
    return replace(answer, reviewer=replace(answer.reviewer, name=plain(answer.reviewer.name)))


def _status(review: Review) -> str:
    return {
        ReviewState.OPEN: "Waiting for review",
        ReviewState.ACKNOWLEDGED: "Reviewed",
        ReviewState.CHANGES_REQUESTED: "Changes requested",
    }[review.state]


def _actions(review: Review) -> tuple[Action, ...]:
    answers = (Action.ACKNOWLEDGE, Action.REQUEST_CHANGES) if review.state is ReviewState.OPEN else ()
    opens = (Action.OPEN,) if web_link(review.link) else ()
    return answers + opens
