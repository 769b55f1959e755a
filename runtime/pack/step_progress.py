"""How far the writing or the check of a pack is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows how far a step is."""

    def begin(self, title: str, *, unit: str = ...) -> None: ...

    def update(self, done: int, total: int) -> None: ...
