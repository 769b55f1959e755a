"""Drawing of a review's card in its current state and context."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.acts import list_doers
from reviews.cards.bulk_card import draw_bulk, list_people
from reviews.cards.card import Card, CardAction
from reviews.cards.card_campaign import MAX_NAMED_PEOPLE, draw_campaign, name_missing
from reviews.cards.card_context import NO_CONTEXT, CardContext, find_request, make_neighbour
from reviews.cards.card_snippets import draw_snippets
from reviews.cards.card_stand_ins import draw_absent_owners, draw_stand_ins
from reviews.cards.card_state import (
    count_outdated,
    describe_status,
    describe_status_inline,
    find_overdue_since,
    find_snoozed_until,
    show_answer,
    show_request,
)
from reviews.cards.card_subject import (
    draw_changes,
    draw_contents,
    draw_other_acts,
    draw_title,
    draw_verb,
    draw_versions,
)
from reviews.cards.meaning import draw_meaning
from reviews.kinds import ChangeKind, ReviewState
from reviews.language import _, gettext_noop
from reviews.quorum import (
    count_required_answers,
    find_deciding_answer,
    list_acknowledgements,
    list_missing_owners,
)
from reviews.text import clean_text, sanitize_link
from reviews.wording.campaign_sentences import count_people
from reviews.wording.comparison_sentences import has_differences
from reviews.wording.durations import format_duration
from reviews.wording.placeholders import format_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Answer, Review

    PageOf = Callable[[Card], str]
    """Returns the address of the page with all files, or with the differences; empty where there is none."""


# Texts about a review, translated when they are shown.
NEWER_REVIEW_TEXT = gettext_noop(
    "The content reviewed here is no longer the newest: there is a newer review."
)


BULK_REVIEW_TEXT = gettext_noop("Many files changed at once: this one is reviewed together with the others.")


def draw_card(review: Review, context: CardContext = NO_CONTEXT) -> Card:
    """Draw the card of a review in its current state and context.

    Snippets of the document help to answer: once it is answered they go, and the number of differences stays.
    """
    if context.has_ended and review.state is ReviewState.OPEN:
        review = replace(review, state=ReviewState.CLOSED)
    deciding_answer = find_deciding_answer(review)
    names = context.names
    answer = show_answer(deciding_answer, names) if deciding_answer else None
    is_open = review.state is ReviewState.OPEN
    is_current = review.superseded_by is None
    earlier_request = find_request(context.earlier) if is_current else None
    snoozed_until = find_snoozed_until(review, context.now)
    return Card(
        review_id=review.id,
        file_id=review.file_id,
        revision=review.revision,
        title=draw_title(review),
        path=clean_text(review.path),
        link=sanitize_link(review.link),
        verb=draw_verb(review),
        contributors=review.contributors,
        changed_at=review.happened_at or review.changed_at,
        version=draw_versions(review),
        owners=_draw_owners(review, context),
        due_at=review.due_at if review.carried is None else None,
        status=describe_status(review),
        status_inline=describe_status_inline(review),
        answer=answer,
        duration=format_duration(answer.at - review.opened_at) if answer else None,
        actions=_choose_actions(review),
        contents=draw_contents(review.contents),
        bulk=draw_bulk(review),
        has_left=review.kind is ChangeKind.MOVED_OUT,
        superseded=not is_current,
        is_part=review.state is ReviewState.REPLACED,
        superseded_text=""
        if is_current
        else _(BULK_REVIEW_TEXT if review.state is ReviewState.REPLACED else NEWER_REVIEW_TEXT),
        newer=make_neighbour(context.newer),
        other_acknowledgements=tuple(
            show_answer(reply, names)
            for reply in _list_shown_acknowledgements(review, context)
            if reply is not deciding_answer
        ),
        needed=count_required_answers(review),
        missing=_draw_missing(review, context),
        snoozed_until=snoozed_until,
        outdated_count=count_outdated(review) if is_open else 0,
        answer_count=sum(reply.revision == review.revision for reply in review.answers),
        redacted=review.redacted,
        doers=list_people(review)
        if review.bulk
        else list_doers(review.kind, review.acts, review.contributors),
        other_acts=draw_other_acts(review),
        title_before=clean_text(review.title_before or ""),
        path_before=clean_text(review.path_before or ""),
        moved_to=clean_text(review.moved_to or ""),
        seen_late=timedelta(seconds=review.seen_late) if review.seen_late is not None else None,
        seen_at=review.changed_at if review.seen_late is not None else None,
        is_dated=review.happened_at is not None,
        stand_ins=draw_stand_ins(review, names) if is_open and is_current else (),
        absent=draw_absent_owners(review, names),
        deputies=tuple(map(clean_text, context.deputies)) if is_open else (),
        earlier=make_neighbour(context.earlier) if earlier_request else None,
        earlier_request=show_request(earlier_request, names, redacted=review.redacted),
        overdue_since=find_overdue_since(review, context.now),
        snoozed_by=review.snoozed_by if snoozed_until else None,
        last_reassignment=review.last_reassignment if is_open and is_current else None,
        last_step=review.last_step if is_open and is_current and review.campaign is None else None,
        lapsed_at=review.lapsed_at if is_open and is_current else None,
        changes=draw_changes(review),
        is_carried=review.carried is not None,
        meaning=draw_meaning(review, context.reviewed_bytes) if is_open and context.reviewed_bytes else None,
        snippets=draw_snippets(context.snippets)
        if is_open and is_current and review.changes and review.campaign is None
        else (),
        campaign=draw_campaign(review),
    )


def _draw_owners(review: Review, context: CardContext) -> tuple[str, ...]:
    if review.campaign is not None:
        return (count_people(len(review.owners)),)  # their names would fill a card
    return tuple(format_name(clean_text(owner)) for owner in context.owners or review.owners)


def _draw_missing(review: Review, context: CardContext) -> tuple[str, ...]:
    if review.state is not ReviewState.OPEN:
        return ()
    missing = list_missing_owners(review)
    if review.campaign is not None:
        return name_missing(missing) if context.shows_people else ()
    return tuple(map(clean_text, missing))


def _list_shown_acknowledgements(review: Review, context: CardContext) -> tuple[Answer, ...]:
    """Return the valid acknowledgements; of a campaign for those who may see them, and only few."""
    answers = list_acknowledgements(review)
    if review.campaign is None:
        return answers
    return answers if context.shows_people and len(answers) <= MAX_NAMED_PEOPLE else ()


def _choose_actions(review: Review) -> tuple[CardAction, ...]:
    answers = (CardAction.ACKNOWLEDGE, CardAction.REQUEST_CHANGES) if review.state is ReviewState.OPEN else ()
    if review.bulk:
        return (*answers, CardAction.FILES, CardAction.MORE)
    open_action = (CardAction.OPEN,) if sanitize_link(review.link) else ()
    if review.campaign is not None:
        return (*answers[:1], *open_action, CardAction.MORE)
    changes_action = (CardAction.CHANGES,) if has_differences(review.changes) else ()
    return (*answers, *changes_action, *open_action, CardAction.MORE)


def add_page(card: Card, get_page_url: PageOf) -> Card:
    """Return a card with a link to the page that has what it has no room for.

    That is all files of a bulk review, or the differences of a document.
    """
    if card.bulk:
        return replace(card, bulk=replace(card.bulk, page_url=get_page_url(card)))
    return replace(card, changes_url=get_page_url(card)) if CardAction.CHANGES in card.actions else card


def omit_page(_card: Card) -> str:
    return ""
