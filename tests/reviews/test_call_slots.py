"""How many calls may be under way to one channel and to one target, and how those who wait come again."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.delivery.call_slots import CallLimits, CallSlots
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk


class LocalChannel(PaperChannel):
    """A channel that calls no remote service."""

    calls_nothing = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slots(clock: Clock) -> CallSlots:
    return CallSlots(
        posts=CallLimits(per_channel=3, per_target=2),
        redraws=CallLimits(per_channel=2, per_target=1),
        monotonic=clock.seconds,
    )


def ask(slots: CallSlots, channel: str = "mail", target: str = "a", *, redraw: bool = False) -> float:
    """Enter and leave at once; return how long one would have to wait instead."""
    with slots.take_slot(channel, target, redraw=redraw) as wait:
        return wait


def test_a_target_has_room_for_so_many_calls_and_no_more(slots: CallSlots) -> None:
    with ExitStack() as under_way:
        waits = [under_way.enter_context(slots.take_slot("mail", "a", redraw=False)) for _ in range(3)]

        assert [wait > 0 for wait in waits] == [False, False, True]
        assert ask(slots, target="b") == 0


def test_a_channel_that_hangs_at_all_its_targets_leaves_room_for_the_others(slots: CallSlots) -> None:
    with ExitStack() as under_way:
        for target in ("a", "a", "b"):
            assert under_way.enter_context(slots.take_slot("mail", target, redraw=False)) == 0

        assert ask(slots, "mail", "c") > 0
        assert ask(slots, "slack", "C1") == 0


def test_a_lane_is_free_again_when_a_call_ends_also_by_an_error(slots: CallSlots) -> None:
    with slots.take_slot("mail", "a", redraw=False):
        with pytest.raises(OSError, match="dropped"), slots.take_slot("mail", "a", redraw=False):
            raise OSError("dropped")

        assert ask(slots) == 0


def test_those_who_wait_come_one_after_the_other_and_take_no_slot(slots: CallSlots) -> None:
    with slots.take_slot("mail", "a", redraw=False), slots.take_slot("mail", "a", redraw=False):
        waits = [ask(slots) for _ in range(3)]

    assert waits == [0.5, 1.0, 1.5]
    assert ask(slots) == 0


def test_the_longer_the_calls_of_a_channel_take_the_longer_is_the_wait(
    slots: CallSlots, clock: Clock
) -> None:
    with ExitStack() as under_way:
        for target in ("a", "b", "c"):
            under_way.enter_context(slots.take_slot("mail", target, redraw=False))
        clock.advance(seconds=9)
        assert ask(slots, target="d") == 3.0
    with slots.take_slot("mail", "a", redraw=False), slots.take_slot("mail", "a", redraw=False):
        assert ask(slots) == 4.5


def test_a_target_that_hangs_gets_no_further_call(slots: CallSlots, clock: Clock) -> None:
    with slots.take_slot("mail", "a", redraw=False):
        clock.advance(seconds=1.999999)
        assert ask(slots) == 0
        clock.advance(seconds=0.000001)
        assert ask(slots) == 2.0
        assert ask(slots, target="b") == 0
    assert ask(slots) == 0


def test_a_call_that_hangs_does_not_lengthen_the_waits_for_other_targets(
    slots: CallSlots, clock: Clock
) -> None:
    def make_call() -> None:
        with slots.take_slot("mail", "b", redraw=False):
            clock.advance(seconds=0.02)

    make_call()
    with slots.take_slot("mail", "a", redraw=False):
        clock.advance(seconds=100)
        make_call()
        with slots.take_slot("mail", "b", redraw=False), slots.take_slot("mail", "c", redraw=False):
            assert ask(slots, target="d") == pytest.approx(0.1)
    with ExitStack() as under_way:  # the call that hung is the last that has ended
        for target in ("a", "b", "c"):
            under_way.enter_context(slots.take_slot("mail", target, redraw=False))
        assert ask(slots, target="d") == pytest.approx(0.1)


def test_where_calls_are_quick_a_lane_is_looked_for_soon(slots: CallSlots) -> None:
    ask(slots)
    with slots.take_slot("mail", "a", redraw=False), slots.take_slot("mail", "a", redraw=False):
        assert ask(slots) == pytest.approx(0.1)


def test_a_redraw_does_not_wait_for_first_posts_nor_these_for_redraws(slots: CallSlots) -> None:
    with ExitStack() as under_way:
        posts = [under_way.enter_context(slots.take_slot("mail", "a", redraw=False)) for _ in range(3)]
        redraws = [under_way.enter_context(slots.take_slot("mail", "a", redraw=True)) for _ in range(2)]

        assert [wait > 0 for wait in posts] == [False, False, True]
        assert [wait > 0 for wait in redraws] == [False, True]
        assert ask(slots, target="b", redraw=True) == 0
        assert ask(slots, target="b") == 0


def test_nothing_is_kept_of_a_target_that_no_call_is_under_way_to(slots: CallSlots) -> None:
    for number in range(100):
        ask(slots, target=f"{number}@example.com")
    with slots.take_slot("mail", "a", redraw=False), slots.take_slot("mail", "a", redraw=False):
        assert ask(slots) > 0
        with slots.take_slot("mail", "b", redraw=False):
            assert ask(slots, target="c") > 0

    targets = [target for _, _, target in slots._slots if target is not None]  # noqa: SLF001 - not shown elsewhere
    assert targets == []


@pytest.mark.parametrize(("kind", "posts"), [(PaperChannel, 0), (LocalChannel, 1)])
def test_a_channel_that_calls_nothing_needs_no_slot(
    desk: Desk, review: Review, kind: type[PaperChannel], posts: int
) -> None:
    channel, slots = kind(), CallSlots(posts=CallLimits(per_channel=1, per_target=1))
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel}, call_slots=slots)

    with slots.take_slot("paper", "C1", redraw=False):
        wait = deliver_card(desk.delivery, review.cards[0].id)

    assert (wait is None, len(channel.posts)) == (posts == 1, posts)
