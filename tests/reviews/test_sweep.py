"""What no delivery told of is found in DocSpace's own records, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER, QUARTER
from reviews.cards.answer_progress import describe_recovery
from reviews.cards.card_drawing import draw_card
from reviews.kinds import ChangeKind, SweepSource
from reviews.ledger.ledger_entries import format_moment
from tests.reviews.lost import (
    ACTS,
    HALF_AN_HOUR,
    Act,
    K,
    copy,
    delete,
    hide_logs,
    lose,
    move_in,
    move_out,
    rename,
    save,
    trash,
    unsubscribe,
)
from tests.reviews.portal_desk import FILE, INNER, OUTSIDE, acts, kinds, names

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk


@pytest.mark.parametrize(("act", "kind"), ACTS)
def test_what_was_lost_on_its_way_is_found_among_the_deliveries(
    portal_desk: PortalDesk, act: Act, kind: ChangeKind
) -> None:
    before = lose(portal_desk, act)
    events = portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert review.kind == kind
    assert "Bob Chen" in names(review).union(*acts(review).values())
    assert {each.event.found_in for each in events} == {SweepSource.DELIVERY_LOG}
    assert review.seen_late is not None
    assert HALF_AN_HOUR <= review.seen_late <= HALF_AN_HOUR + 1


@pytest.mark.parametrize(("act", "kind"), ACTS)
def test_what_was_never_to_be_delivered_is_found_in_the_folder_s_log(
    portal_desk: PortalDesk, act: Act, kind: ChangeKind
) -> None:
    unsubscribe(portal_desk)
    before = lose(portal_desk, act)
    events = portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert review.kind == kind
    assert "Bob Chen" in names(review).union(*acts(review).values())
    assert {each.event.found_in for each in events} == {SweepSource.FOLDER_LOG}
    assert review.seen_late is not None
    assert HALF_AN_HOUR <= review.seen_late <= HALF_AN_HOUR + 2


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (save, {K.CONTENT}),
        (move_out, {K.MOVED_OUT}),
        (move_in, {K.CONTENT}),
        (trash, {K.TRASHED, K.MOVED_OUT}),
        (delete, {K.MOVED_OUT, K.DELETED}),
        (rename, {K.RENAMED}),
        (copy, {K.CONTENT}),
    ],
)
def test_what_no_log_tells_is_found_by_comparing(
    portal_desk: PortalDesk, act: Act, kind: set[ChangeKind]
) -> None:
    hide_logs(portal_desk)
    before = lose(portal_desk, act)
    events = portal_desk.recover()

    [review] = portal_desk.reviews_since(before)
    assert review.kind in kind
    assert review.title in {"Policy.docx", "Renamed.docx", "Draft.docx"}
    assert {each.event.found_in for each in events} == {SweepSource.LISTING}
    assert review.seen_late is not None
    assert portal_desk.recover() == []


def test_a_folder_that_left_or_came_without_a_trace_is_one_review(portal_desk: PortalDesk) -> None:
    hide_logs(portal_desk)
    came = portal_desk.portal.add_folder("Contracts", OTHER)
    for number in range(3):
        portal_desk.portal.add_file(f"Contract {number}.docx", came.id, by=BOB.id)
    before = lose(
        portal_desk,
        lambda of: of.portal.move_folder(QUARTER, OTHER, by=BOB.id),
        lambda of: of.portal.move_folder(came.id, COMPLIANCE, by=BOB.id),
    )
    portal_desk.recover()

    reviews = portal_desk.reviews_since(before)
    assert {(review.kind, review.title) for review in reviews} == {
        (K.MOVED_OUT, "2026 Q1"),
        (K.MOVED_IN, "Contracts"),
    }
    assert {review.contents.count for review in reviews if review.contents} == {1, 3}
    assert portal_desk.recover() == []


def test_the_record_and_the_review_say_how_late_it_was_seen(portal_desk: PortalDesk) -> None:
    lose(portal_desk, save)
    portal_desk.recover(minutes=42)

    [opened] = [each for each in portal_desk.desk.entries() if each.get("seen_late")]
    assert opened["type"] == "review:opened"
    assert opened["seen_late"] == portal_desk.desk.latest(str(FILE)).seen_late
    assert portal_desk.desk.verdict().intact


def test_a_change_that_was_found_carries_the_time_at_which_it_happened(portal_desk: PortalDesk) -> None:
    happened = portal_desk.desk.clock().replace(microsecond=0)
    lose(portal_desk, save)
    portal_desk.recover(minutes=42)

    review = portal_desk.desk.latest(str(FILE))
    card = draw_card(review)
    [opened] = [each for each in portal_desk.desk.entries() if each.get("happened_at")]
    assert review.happened_at == card.changed_at == happened
    assert card.seen_at == review.changed_at
    assert opened["happened_at"] == format_moment(happened)
    assert describe_recovery(card, lambda _at: "14:47") == "seen 14:47, 42 minutes late"


def test_what_no_record_dates_is_said_to_be_late_at_most(portal_desk: PortalDesk) -> None:
    portal_desk.recover(minutes=10)
    hide_logs(portal_desk)
    lose(portal_desk, move_out)
    portal_desk.recover(minutes=42)

    review = portal_desk.desk.latest(str(FILE))
    assert (review.happened_at, draw_card(review).changed_at) == (None, review.changed_at)
    assert "at most" in describe_recovery(draw_card(review), lambda _at: "14:47")


def test_kinds_of_many_at_once(portal_desk: PortalDesk) -> None:
    unsubscribe(portal_desk)
    before = lose(
        portal_desk,
        save,
        lambda of: of.portal.trash(INNER, by=ALICE.id),
        lambda of: of.portal.move(OUTSIDE, DEEP, by=BOB.id),
    )
    portal_desk.recover()

    assert kinds(portal_desk.reviews_since(before)) == {
        str(FILE): K.CONTENT,
        str(INNER): K.TRASHED,
        str(OUTSIDE): K.MOVED_IN,
    }
