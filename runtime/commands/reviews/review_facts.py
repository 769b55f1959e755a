"""All that `reviews show` says of a review as it stands, a label and a value each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.cards.answer_progress import describe_outdated, describe_recovery
from reviews.cards.card_stand_ins import list_stand_in_lines
from reviews.cards.card_state import describe_remarks, list_state_lines, show_answer
from reviews.kinds import Decision, ReviewState
from reviews.ledger.history import describe_identity
from reviews.quorum import list_missing_owners
from reviews.routes.route import Target
from reviews.wording.comparison_sentences import describe_summary
from reviews.wording.labels import describe_contents, format_people, split_answer_note
from runtime.commands.printing.table_layout import Styled
from runtime.commands.reviews.review_status import describe_status, format_minute, is_overdue
from runtime.commands.reviews.review_steps import describe_step, list_next_steps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Answer, Post, Review
    from reviews.routes.route import Route

    Facts = Iterator[tuple[str, object]]

MAX_LISTED_TITLES = 10
_DECISIONS = {Decision.ACKNOWLEDGE: "acknowledged", Decision.REQUEST_CHANGES: "changes requested"}


def list_facts(
    review: Review, card: Card, *, route: Route | None, earlier: Review | None, now: datetime
) -> Facts:
    """Yield what there is to say of a review; times are in UTC."""
    yield from _list_identity(review, card)
    yield from _list_change(review, card)
    yield from _list_duty(review, card, route=route, now=now)
    yield from _list_answers(review, card)
    yield from _list_neighbours(review, earlier)
    for post in review.cards:
        yield "card", _describe_post(post)


def _list_identity(review: Review, card: Card) -> Facts:
    yield "review", review.id
    yield "route", review.route
    if review.campaign:
        yield "campaign", f"{review.campaign.name} ({review.campaign.id})"
    yield "file", f"{card.title} ({review.file_id})"
    yield from _list_if("previous name", card.title_before)
    yield "folder", card.path
    yield from _list_if("previous folder", card.path_before)
    yield from _list_if("moved to", card.moved_to)
    yield from _list_if("link", card.link)


def _list_change(review: Review, card: Card) -> Facts:
    yield "change", ", ".join(filter(None, (f"{card.verb} by {card.who}", card.other_acts)))
    yield "changed at", " ".join(filter(None, (format_minute(card.changed_at), _describe_recovery(card))))
    if card.is_versioned:
        yield "version", card.version
    else:
        yield "files", card.files
    if card.contents:
        yield "contents", describe_contents(card.contents, limit=MAX_LISTED_TITLES)
    yield "revision", review.revision
    if review.saves:
        yield "saves", review.saves
    if review.changes:
        yield from _list_if("comparison", describe_summary(review.changes) or review.changes.state)


def _describe_recovery(card: Card) -> str:
    recovery = describe_recovery(card, format_minute)
    return f"({recovery})" if recovery else ""


def _list_duty(review: Review, card: Card, *, route: Route | None, now: datetime) -> Facts:
    is_open = review.state is ReviewState.OPEN
    style = "red" if is_overdue(review, now) else "yellow" if is_open else ""
    yield "status", Styled(describe_status(card, review, now), style)
    yield "opened", format_minute(review.opened_at)
    yield "due", format_minute(review.due_at) if review.due_at else "no deadline"
    if review.closed_at:
        yield "closed", format_minute(review.closed_at)
    yield from (("owner", owner) for owner in review.owners)
    yield from (("deputy", deputy) for deputy in (route.deputies if route else ()))
    yield "needed", f"{card.needed} of {len(review.owners)}" if card.needed > 1 else "one answer"
    if is_open and card.needed > 1:
        yield from (("missing", owner) for owner in list_missing_owners(review))
    yield from _list_state(card)
    for at, step in list_next_steps(review, route):
        yield "next", f"{format_minute(at)}: {describe_step(step)} ({step.label})"


def _list_state(card: Card) -> Facts:
    """Yield who is away, and what else the card says of the state; the status says that it is overdue."""
    absences = _list_stand_ins(card)
    yield from (("away", line) for line in absences)
    lines = list_state_lines(card, render_time=format_minute)[bool(card.overdue_since) :]
    yield from (("state", line) for line in lines if line not in absences)
    yield from _list_if("outdated", describe_outdated(card))


def _list_stand_ins(card: Card) -> list[str]:
    return list_stand_in_lines(
        card.stand_ins,
        render_time=format_minute,
        render_name=str,
        render_stand_in=lambda person: person.name,
    )


def _list_answers(review: Review, card: Card) -> Facts:
    for answer in review.answers:
        yield "answer", _describe_answer(card, answer)
        yield from (("note", f"“{line}”") for line in split_answer_note(answer))
    if review.carried:
        carried, names = review.carried, format_people(review.carried.people)
        acknowledged = f"version {carried.version} in {carried.review_id} was acknowledged by {names}"
        yield (
            "carried over",
            f"{format_minute(carried.at)}: {acknowledged}, {format_minute(carried.acknowledged_at)}",
        )


def _describe_answer(card: Card, answer: Answer) -> str:
    """Return an answer with all that is stored of it, in the order in which one asks."""
    reviewer = show_answer(answer).reviewer
    address = f" <{reviewer.email}>" if reviewer.email else ""
    version = f", version {answer.version}" if answer.version is not None else ""
    proven = describe_identity(answer.identity)
    decision = _DECISIONS.get(answer.decision, answer.decision)
    who = f"{decision} by {reviewer.name}{address}"
    parts = (
        f"{format_minute(answer.at)}: {who}, revision {answer.revision}{version}.",
        f"({proven})" if proven else "",
        describe_remarks(card, answer),
        f"Withdrawn {format_minute(answer.withdrawn_at)}." if answer.withdrawn_at else "",
    )
    return " ".join(filter(None, parts))


def _list_neighbours(review: Review, earlier: Review | None) -> Facts:
    if earlier:
        yield "supersedes", earlier.id
    if review.superseded_by:
        yield "superseded by", review.superseded_by


def _describe_post(post: Post) -> object:
    """Return where a card is, since when, and why it is not where it should be."""
    what = f" {post.notice.kind}" if post.notice else ""
    posted = f" since {format_minute(post.posted_at)}" if post.posted_at else ""
    message = f", message {post.message_id}" if post.message_id else ""
    error = f": {post.error}" if post.error else ""
    target = Target(notifier=post.notifier, address=post.target)
    return Styled(
        f"{target}{what}: {post.state}{posted}{message}{error}", "red" if post.state == "dead" else ""
    )


def _list_if(label: str, text: str | None) -> Facts:
    if text:
        yield label, text
