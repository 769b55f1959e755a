"""The refusals of answers that come too late; each says who was faster, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.card import names
from reviews.errors import RefusalReason, Refused
from reviews.language import _, dated
from reviews.model import Decision
from reviews.nameless import called
from reviews.standing import deciding
from reviews.text import plain

if TYPE_CHECKING:
    from reviews.model import Answer, Review


def refuse_second_answer(review: Review, given: Answer) -> Refused:
    """Return the refusal for somebody who has given this answer already."""
    sentence = {
        Decision.ACKNOWLEDGE: _("{title} was already reviewed by you on {when}. Your click changed nothing."),
        Decision.REQUEST_CHANGES: _(
            "You already requested changes to {title} on {when}. Your click changed nothing."
        ),
    }[given.decision].format(title=plain(review.title), when=dated(given.at))
    return Refused(RefusalReason.ALREADY_ANSWERED, sentence)


def refuse_superseded(review: Review) -> Refused:
    """Return the refusal for somebody who wants to take back an answer that a newer review has overtaken."""
    sentence = _("{title} has changed since and has a newer review: what was said of this one stands.")
    return Refused(RefusalReason.SUPERSEDED, sentence.format(title=plain(review.title)))


def refuse_late_answer(review: Review, *, seen: int) -> Refused:
    """Return the refusal for somebody who saw this revision, after others have answered or changed it."""
    answer = deciding(review)
    if answer is not None:
        words = {
            Decision.ACKNOWLEDGE: _(
                "{title} was already reviewed by {name} on {when}. Your click changed nothing."
            ),
            Decision.REQUEST_CHANGES: _(
                "{title} already has changes requested by {name} on {when}. Your click changed nothing."
            ),
        }[answer.decision]
        name, when = called(answer.reviewer.name), dated(answer.at)
        sentence = words.format(title=plain(review.title), name=name, when=when)
        return Refused(RefusalReason.ALREADY_ANSWERED, sentence)
    sentence = _(
        "{title} was changed again by {names} after the card that you saw (you saw revision {seen}, it is "
        "now at revision {revision}). Open the document again and answer on the fresh card."
    )
    told = sentence.format(
        title=plain(review.title), names=names(review.contributors), seen=seen, revision=review.revision
    )
    return Refused(RefusalReason.STALE, told)
