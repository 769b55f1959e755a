"""The canonical log lines: one for each event, card and answer, with all that is looked up later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from reviews.changes.classification import explain_ignored
from reviews.comparison import ComparisonState
from reviews.kinds import EventState
from reviews.notice import parse_person_target
from reviews.ports.reports import (
    CardDelivered,
    CardWithoutChannel,
    CodeNotMailed,
    ComparisonSettled,
    EarlierStateLeftOut,
    EventSettled,
    EventsGivenUp,
    KeysShared,
    OpeningNotRecorded,
    ReviewAnswered,
)
from runtime.observe.log_redaction import mask_addresses

if TYPE_CHECKING:
    from datetime import timedelta

    from reviews.model import ChangeEvent
    from reviews.ports.reports import Report

PERSON_TARGET = "somebody"
UNFINISHED_STATES = (ComparisonState.WAITING, ComparisonState.UNREADABLE, ComparisonState.TOO_LARGE)

log = structlog.get_logger()


def write(report: Report) -> None:
    match report:
        case EventSettled():
            _log_event(report)
        case EventsGivenUp():
            for event_id in report.ids:
                log.warning(
                    "event_settled", id=event_id, state=EventState.DEAD, reason=report.reason,
                    attempts=report.attempts,
                )  # fmt: skip
        case KeysShared():
            _log_shared_keys(report)
        case CardDelivered():
            _log_card(report)
        case ReviewAnswered():
            _log_answer(report)
        case CardWithoutChannel() | CodeNotMailed() | OpeningNotRecorded():
            _log_failure(report)
        case ComparisonSettled() | EarlierStateLeftOut():
            _log_comparison(report)


def log_ignored_event(event: ChangeEvent) -> None:
    """Log an event that is settled as soon as it is received; other events are logged later."""
    reason = explain_ignored(event)
    if reason:
        log.info(
            "event_settled", trigger=event.trigger, file_id=event.file_id, state=EventState.IGNORED,
            reason=reason, attempts=0, ms=0,
        )  # fmt: skip


def _log_event(report: EventSettled) -> None:
    event = report.event
    write_line = log.warning if report.state is EventState.DEAD else log.info
    write_line(
        "event_settled",
        id=event.id,
        trigger=event.event.trigger,
        file_id=event.event.file_id,
        state=report.state,
        reason=report.reason,
        attempts=report.attempts,
        ms=_count_milliseconds(report.duration),
    )


def _log_failure(report: CardWithoutChannel | CodeNotMailed | OpeningNotRecorded) -> None:
    match report:
        case CardWithoutChannel():
            log.warning("channel_missing", channel=report.channel, reason=report.reason)
        case CodeNotMailed():
            log.warning("code_not_mailed", reason=report.reason)
        case OpeningNotRecorded():
            log.warning("opening_not_recorded", review_id=report.review_id, reason=report.reason)


def _log_shared_keys(report: KeysShared) -> None:
    event = report.event
    log.warning(
        "event_keys_shared",
        trigger=event.trigger,
        file_id=event.file_id,
        webhook_id=event.webhook_id,
        event_id=event.event_id,
        found_in=event.found_in,
    )


def _log_comparison(report: ComparisonSettled | EarlierStateLeftOut) -> None:
    if isinstance(report, EarlierStateLeftOut):
        log.warning(
            "earlier_state_left_out",
            review_id=report.review_id,
            revision=report.revision,
            answered_review_id=report.answered_review_id,
            answered_revision=report.answered_revision,
            reason=report.reason,
        )
        return
    write_line = log.warning if report.state in UNFINISHED_STATES else log.info
    write_line(
        "document_compared",
        review_id=report.review_id,
        revision=report.revision,
        state=report.state,
        reason=report.reason,
        attempts=report.attempts,
    )


def _log_card(report: CardDelivered) -> None:
    card = report.card
    write_line = log.warning if report.error else log.info
    write_line(
        "card_delivered",
        card=card.id,
        review_id=card.review_id,
        route=report.route,
        what=card.notice.kind if card.notice else "card",
        channel=card.notifier,
        target=PERSON_TARGET if parse_person_target(card.target) is not None else mask_addresses(card.target),
        outcome=_describe_outcome(report),
        attempts=report.attempts,
        ms=_count_milliseconds(report.duration),
        **({"reason": mask_addresses(report.error)} if report.error else {}),
    )


def _describe_outcome(report: CardDelivered) -> str:
    if report.error:
        return "given_up"
    return "redrawn" if report.card.message_id else "posted"


def _log_answer(report: ReviewAnswered) -> None:
    review, answer = report.review, report.answer
    log.info(
        "review_answered",
        review_id=review.id,
        route=review.route,
        decision=answer.decision,
        identity=answer.identity,
        revision=answer.revision,
        state=review.state,
        late=answer.late,
        ms=_count_milliseconds(report.duration),
    )


def _count_milliseconds(duration: timedelta | None) -> int | None:
    return None if duration is None else max(round(duration.total_seconds() * 1000), 0)
