"""Taking single files out of a bulk review, to be reviewed apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.permission import Wish


@dataclass(frozen=True, kw_only=True)
class TakeOut:
    """Gives a file of a bulk review a review of its own. Every refusal is a `Refused` with a sentence."""

    def take_out(self, wish: Wish, *, file_id: str) -> Review:
        """Take a file out of the open bulk review of the wish, and return the new review of that file."""
        raise NotImplementedError
