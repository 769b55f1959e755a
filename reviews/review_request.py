"""A person's request about a review, and where it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson


@dataclass(frozen=True, kw_only=True)
class ReviewRequest:
    """What a person wants to do with a review, and where.

    `place` is the (notifier, target) of the card that was clicked, also where a form was opened from it. It
    is `None` on pages, in mails and in personal lists.
    """

    review_id: str
    person: ProvenPerson
    place: tuple[str, str] | None = None
    request_name: str = ""
    """The name of the request that carries it, as in `reviews.repeated_requests`."""
