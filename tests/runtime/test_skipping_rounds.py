"""Rounds in which items fail: which are skipped, until when, and what happens when too many fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime.worker.rounds import ItemsFailed
from runtime.worker.skipping_rounds import MAX_SKIPPED, SkippingRounds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from reviews.ports.failure_isolation import FailureIsolation

AT_ONCE = 300


class DueItems:
    """Items that are due, the first ones first; those that fail stay due."""

    def __init__(self, *, failing: Iterable[str], sound: Iterable[str] = ()) -> None:
        self.failing, self.sound = list(failing), list(sound)
        self.tried: list[str] = []
        self.restarts = 0

    def process_due(self, *, exclude: Collection[str], isolate: FailureIsolation) -> int:
        due = [each for each in (*self.failing, *self.sound) if each not in exclude][:AT_ONCE]
        for item in due:
            with isolate(item):
                self.tried.append(item)
                if item in self.failing:
                    raise ValueError(item)
                self.sound.remove(item)
        return len(due)

    def note_restart(self) -> None:
        self.restarts += 1


def run_failing(rounds: SkippingRounds, count: int) -> None:
    for _ in range(count):
        with pytest.raises(ItemsFailed):
            rounds.process_some()


def test_what_failed_is_skipped_until_all_others_were_processed() -> None:
    items = DueItems(failing=["a"], sound=["b"])
    rounds = SkippingRounds("items", items.process_due, before_restart=items.note_restart)

    run_failing(rounds, 2)
    tried = list(items.tried)
    run_failing(rounds, 1)

    assert (tried, items.tried) == (["a", "b"], ["a", "b", "a"])
    assert items.restarts == 0


def test_with_too_many_failures_the_rounds_begin_again_with_the_first_item() -> None:
    items = DueItems(failing=[str(number) for number in range(MAX_SKIPPED + AT_ONCE)])
    rounds = SkippingRounds("items", items.process_due, before_restart=items.note_restart)

    run_failing(rounds, -(-MAX_SKIPPED // AT_ONCE))
    restarts, count = items.restarts, len(items.tried)
    run_failing(rounds, 1)

    assert (restarts, items.restarts) == (1, 1)
    assert items.tried[count] == "0"
