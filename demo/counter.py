"""Ids as a database assigns them: consecutive, from its table's counter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counter:
    """A counter; `following` is the next id. Unlike `itertools.count` it can be copied with its rows."""

    following: int

    def take(self) -> int:
        taken, self.following = self.following, self.following + 1
        return taken
