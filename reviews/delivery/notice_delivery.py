"""Delivery of a notice in a card's thread, to one person, or in a channel: posted once.

Only the card of a campaign is redrawn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.campaign import CampaignStage
from reviews.campaign_notices import CampaignNotice
from reviews.cards.notifier import RedrawingNotifier
from reviews.delivery.post_once import BUSY_WAIT_SECONDS, SECOND, PostLookup, is_up_to_date
from reviews.errors import MessageGone, Unreachable
from reviews.kinds import CardState
from reviews.notice import NoticeKind, NoticeShownByCard, ReviewNotice, parse_person_target

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.notifier import Notifier
    from reviews.delivery.post_once import PostAttempts, PostResult
    from reviews.model import Post
    from reviews.notice import Notice

MIN_WAIT_FOR_CARD_SECONDS, MAX_WAIT_FOR_CARD_SECONDS = (
    2.0,
    300.0,
)  # seconds until a notice checks again whether its card is posted
NOT_POSTED = "shown by the card"
OVER = "no longer needed"
"""Stored in place of a message's id for a reminder that was not sent, as everyone had answered by then."""


def post_notice(
    post: Post, notice: Notice, *, thread_card: Post | None, notifier: Notifier, attempts: PostAttempts
) -> PostResult:
    """Post a notice once, after the card `thread_card`; not at all if the card shows it anyway.

    A notice for a person who can't get a direct message is posted beside the card.
    """
    is_redrawn = isinstance(notice, CampaignNotice) and notice.is_redrawn
    redrawing = notifier if is_redrawn and isinstance(notifier, RedrawingNotifier) else None
    if is_up_to_date(post) or (post.message_id is not None and redrawing is None):
        return post.message_id, 0.0
    if _is_shown_by_card(notice, notifier) and parse_person_target(post.target) is None:
        return NOT_POSTED, 0.0
    if thread_card is not None and thread_card.message_id is None and thread_card.state is not CardState.DEAD:
        return None, _compute_card_wait(notice, attempts.clock())
    notice = replace(notice, key=str(post.id), thread=thread_card.message_id if thread_card else None)
    if isinstance(notice, ReviewNotice):
        notice = replace(notice, review_id=post.review_id or "")
    if redrawing is not None:
        return _redraw_or_post(post, notice, notifier=redrawing, attempts=attempts)
    try:
        return _post_once(post, notice, notifier=notifier, attempts=attempts)
    except Unreachable:
        if thread_card is None or parse_person_target(post.target) is None:
            raise
        attempts.readdress(post, thread_card.target)
        return None, BUSY_WAIT_SECONDS


def _is_shown_by_card(notice: Notice, notifier: Notifier) -> bool:
    """Return whether a card shows the same: each of its stages, or as it is redrawn, how a campaign ended."""
    if isinstance(notifier, RedrawingNotifier):
        return notice.kind is NoticeKind.CAMPAIGN_RESULT
    return isinstance(notice, NoticeShownByCard)


def _post_once(post: Post, notice: Notice, *, notifier: Notifier, attempts: PostAttempts) -> PostResult:
    lookup = attempts.look_up_post(post, notifier, notice)
    if lookup.message_id is not None:
        return lookup.message_id, 0.0
    return _post(post, notice, notifier=notifier, attempts=attempts, lookup=lookup)


def _redraw_or_post(
    post: Post, notice: Notice, *, notifier: RedrawingNotifier, attempts: PostAttempts
) -> PostResult:
    """Redraw the card of a campaign; post it if it has no message, or if a running one's was deleted."""
    lookup = PostLookup(message_id=post.message_id)
    if post.message_id is None:
        lookup = attempts.look_up_post(post, notifier, notice)
    if lookup.message_id is not None:
        try:
            notifier.update_notice(post.target, lookup.message_id, notice)
        except MessageGone:
            if not isinstance(notice, CampaignNotice) or notice.stage is not CampaignStage.RUNNING:
                return lookup.message_id, 0.0
            post, lookup = attempts.forget_message(post), PostLookup(message_id=None)
        else:
            return lookup.message_id, 0.0
    return _post(post, notice, notifier=notifier, attempts=attempts, lookup=lookup)


def _post(
    post: Post, notice: Notice, *, notifier: Notifier, attempts: PostAttempts, lookup: PostLookup
) -> PostResult:
    wait = attempts.begin_post(post, notifier, lookup)
    if wait:
        return None, wait
    with attempts.pace.measure_call(post.notifier):
        try:
            return notifier.post_notice(post.target, notice), 0.0
        except MessageGone:  # the card was deleted: post without a thread
            return notifier.post_notice(post.target, replace(notice, thread=None)), 0.0


def _compute_card_wait(notice: Notice, now: datetime) -> float:
    """Return how long a notice waits for its card, with backoff, in seconds."""
    return min(max(MIN_WAIT_FOR_CARD_SECONDS, (now - notice.at) / SECOND), MAX_WAIT_FOR_CARD_SECONDS)
