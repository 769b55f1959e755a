"""Ids as a database assigns them: consecutive, from its table's counter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counter:
    """A counter; `next_value` is the next id. Unlike `itertools.count` it can be copied with its rows."""

    next_value: int

    def take(self) -> int:
        value, self.next_value = self.next_value, self.next_value + 1
        return value
