"""The repository of claims of rounds that one worker makes at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta


class RoundClaimRepository(Protocol):
    """Which worker makes a round that one worker makes at a time."""

    def claim(self, name: str, *, lease: timedelta) -> bool:
        """Claim the round, for at most so long; `False` while another worker has it."""
        ...
