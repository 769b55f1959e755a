"""Refusals of answers that come too late; each names who answered first, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision, ReviewState
from reviews.language import _, format_date, ngettext
from reviews.quorum import find_deciding_answer
from reviews.wording.labels import format_people
from reviews.wording.placeholders import format_name
from reviews.wording.subject import count_subject, name_subject

if TYPE_CHECKING:
    from reviews.model import Answer, Review


def refuse_second_answer(review: Review, previous_answer: Answer) -> Refused:
    """Return the refusal for a person who has already given this answer."""
    subject_count = count_subject(review)
    sentence = {
        Decision.ACKNOWLEDGE: ngettext(
            "{title} was already reviewed by you on {when}. Your click changed nothing.",
            "{title} were already reviewed by you on {when}. Your click changed nothing.",
            subject_count,
        ),
        Decision.REQUEST_CHANGES: _(
            "You already requested changes to {title} on {when}. Your click changed nothing."
        ),
    }[previous_answer.decision].format(title=name_subject(review), when=format_date(previous_answer.at))
    return Refused(RefusalReason.ALREADY_ANSWERED, sentence)


def refuse_represented(previous_answer: Answer) -> Refused:
    """Return the refusal for an owner for whom their stand-in has already answered, while they were away."""
    sentence = _("{name} already reviewed this for you on {when}. Your click changed nothing.")
    name, when = format_name(previous_answer.reviewer.name), format_date(previous_answer.at)
    return Refused(RefusalReason.ALREADY_ANSWERED, sentence.format(name=name, when=when))


def refuse_superseded(review: Review) -> Refused:
    """Return the refusal for withdrawing an answer after a newer review replaced this one."""
    sentence = ngettext(
        "{title} has changed since and has a newer review. The answers to this review can't be "
        "changed any more.",
        "{title} have changed since and have a newer review. The answers to this review can't be "
        "changed any more.",
        count_subject(review),
    )
    return Refused(RefusalReason.SUPERSEDED, sentence.format(title=name_subject(review)))


def refuse_carried(review: Review) -> Refused:
    """Return the refusal for a person who acts on a review that needs no answer."""
    sentence = _("{title} needs no answer any more: it is the same document as acknowledged.")
    return Refused(RefusalReason.ALREADY_ANSWERED, sentence.format(title=name_subject(review)))


def refuse_closed(review: Review) -> Refused:
    """Return the refusal for a person who acts on a review that its campaign no longer asks for."""
    sentence = _("{title} is no longer asked for: its campaign was ended, or the document is gone.")
    return Refused(RefusalReason.SUPERSEDED, sentence.format(title=name_subject(review)))


def refuse_ended_campaign() -> Refused:
    """Return the refusal for a person who acts on a review after its campaign's end; it names nothing."""
    sentence = _("This campaign has ended. Nothing was recorded: its answers stay as they were at the end.")
    return Refused(RefusalReason.SUPERSEDED, sentence)


def refuse_late_answer(review: Review, *, seen_revision: int) -> Refused:
    """Return the refusal for a person who saw a revision that was answered or replaced since."""
    title, answer = name_subject(review), find_deciding_answer(review)
    if answer is not None:
        name, when = format_name(answer.reviewer.name), format_date(answer.at)
        sentence = _describe_answered(answer, count_subject(review)).format(title=title, name=name, when=when)
        return Refused(RefusalReason.ALREADY_ANSWERED, sentence)
    if review.state is ReviewState.CARRIED:
        return refuse_carried(review)
    if review.state is ReviewState.CLOSED:
        return refuse_closed(review)
    if review.state is ReviewState.REPLACED:
        sentence = _(
            "{title} is reviewed together with many other files that changed at the same time. "
            "Answer on their card."
        )
        return Refused(RefusalReason.STALE, sentence.format(title=title))
    if review.bulk is not None:
        sentence = _(
            "Files were added, changed or removed after the card that you saw. The review now covers "
            "{title}. Look at the files again and answer on the new card."
        )
        return Refused(RefusalReason.STALE, sentence.format(title=title))
    sentence = _(
        "{title} was changed again by {names} after the card that you saw (revision {seen}, now "
        "revision {revision}). Open the document again and answer on the new card."
    )
    explanation = sentence.format(
        title=title, names=format_people(review.contributors), seen=seen_revision, revision=review.revision
    )
    return Refused(RefusalReason.STALE, explanation)


def _describe_answered(answer: Answer, subject_count: int) -> str:
    return {
        Decision.ACKNOWLEDGE: ngettext(
            "{title} was already reviewed by {name} on {when}. Your click changed nothing.",
            "{title} were already reviewed by {name} on {when}. Your click changed nothing.",
            subject_count,
        ),
        Decision.REQUEST_CHANGES: ngettext(
            "{title} already has changes requested by {name} on {when}. Your click changed nothing.",
            "{title} already have changes requested by {name} on {when}. Your click changed nothing.",
            subject_count,
        ),
    }[answer.decision]
