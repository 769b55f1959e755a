"""The event of an answer: a worker then asks DocSpace whether the document still is what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.acts import REMOVAL_KINDS
from reviews.kinds import SweepSource
from reviews.sightings import Sighting
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from reviews.model import Answer, ChangeEvent, Review

ANSWER_TRIGGER = "review.answered"
"""No delivery has this trigger."""
ANSWER_ID_PREFIX = "answer:"
"""Prefix of the event's subject, which is a review and not a file."""


def build_answer_event(review: Review, answer: Answer) -> ChangeEvent | None:
    """Return the event; `None` where there is no document left to ask about, or more than one."""
    is_file = review.bulk is None and not review.file_id.startswith(FOLDER_ID_PREFIX)
    if not is_file or review.kind in REMOVAL_KINDS:
        return None
    sighting = Sighting(
        found_in=SweepSource.ANSWER,
        trigger=ANSWER_TRIGGER,
        subject=f"{ANSWER_ID_PREFIX}{review.id}",
        at=answer.at,
        title=review.title,
    )
    return sighting.build_event("answered", review.id, str(answer.revision), answer.at.isoformat())
