"""Channels that remember what they drew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.notice import Notice

if TYPE_CHECKING:
    from reviews.cards.card import Card


@dataclass
class AppendOnlyChannel:
    """A channel that keeps every post and changes none; `trouble` is raised before anything happens."""

    posts: list[tuple[str, Card]] = field(default_factory=list)
    updates: list[tuple[str, str, Card]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    notices: list[tuple[str, Notice]] = field(default_factory=list)
    redrawn_notices: list[tuple[str, str, Notice]] = field(default_factory=list)
    search_error: Exception | None = None
    public: set[str] = field(default_factory=set)
    unwilling: Exception | None = None
    post_interval = timedelta()

    def post_notice(self, target: str, notice: Notice) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.notices.append((target, notice))
        return f"n{len(self.notices)}"

    def is_public(self, target: str) -> bool:
        if self.unwilling is not None:
            raise self.unwilling
        return target in self.public

    def find_message(self, target: str, posted: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        if self.search_error is not None:
            raise self.search_error
        if isinstance(posted, Notice):
            keys = [(to, notice.key) for to, notice in self.notices]
            return f"n{keys.index((target, posted.key)) + 1}" if (target, posted.key) in keys else None
        message_ids = (f"m{n}" for n, (to, _) in enumerate(self.posts, 1) if to == target)
        return next(message_ids, None)

    def post(self, target: str, card: Card) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.posts.append((target, card))
        return card.stage


class PaperChannel(AppendOnlyChannel):
    """A channel that can redraw, too."""

    def post(self, target: str, card: Card) -> str:
        super().post(target, card)
        return f"m{len(self.posts)}"

    def update(self, target: str, message_id: str, card: Card) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.updates.append((target, message_id, card))

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.redrawn_notices.append((target, message_id, notice))
