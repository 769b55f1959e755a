"""Ledger entries on the cards and notices of a review that were given up, and delivered after all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.text import clean_text, shorten_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.model import Post
    from reviews.ports.reviews import ReviewSubject

CARD = "card"
MAX_REASON_LENGTH = 300
"""Characters. A remote service may have written part of a reason, and each entry stays for ever."""
MAX_REDACTED_LENGTH = 2000
"""Characters of an error's text that are redacted: the time that takes grows with their square."""


def build_given_up(
    subject: ReviewSubject, post: Post, *, attempts: int, reason: str, was_posted: bool | None, at: datetime
) -> dict[str, Any]:
    """Return the entry of a card or notice that is not delivered any more, unless an operator replays it.

    `was_posted` says whether it stands in its channel as it was before, `None` where that is not known.
    """
    return {
        **_begin_entry(EntryType.DELIVERY_GIVEN_UP, subject, post, at),
        "due_since": format_moment(post.due_since),
        "attempts": attempts,
        "reason": reason,
        "was_posted": was_posted,
    }


def build_recovered(subject: ReviewSubject, post: Post, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a card or notice that was delivered after it had been given up."""
    return _begin_entry(EntryType.DELIVERY_RECOVERED, subject, post, at)


def clean_reason(error_text: str, redact: Callable[[str], str]) -> str:
    """Return the reason of a failure as one line without secrets.

    It is redacted before and after it is cleaned: what is removed may be part of a secret, or hide one.
    """
    return shorten_text(redact(clean_text(redact(_cut_words(error_text)))), MAX_REASON_LENGTH)


def _cut_words(text: str) -> str:
    """Return the beginning of a long text up to a space: half a secret would not be recognized as one."""
    if len(text) <= MAX_REDACTED_LENGTH:
        return text
    words = text[:MAX_REDACTED_LENGTH].rsplit(maxsplit=1)
    return words[0] if len(words) > 1 else ""


def _begin_entry(kind: EntryType, subject: ReviewSubject, post: Post, at: datetime) -> dict[str, Any]:
    """Return what both have; `what` is the kind of a notice as its cause names it: no JSON is read."""
    return {
        "type": kind.value,
        "at": format_moment(at),
        "review_id": subject.id,
        "route": subject.route,
        "file_id": subject.file_id,
        "title": subject.title,
        "revision": subject.revision,
        "what": post.cause.partition(":")[0] or CARD,
        "notifier": post.notifier,
        "target": post.target,
    }
