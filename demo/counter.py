"""Ids as a database gives them out: one after the other, from where its table stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counter:
    """`following` is the next id. Unlike `itertools.count` it can be copied with the rows it belongs to."""

    following: int

    def take(self) -> int:
        taken, self.following = self.following, self.following + 1
        return taken
