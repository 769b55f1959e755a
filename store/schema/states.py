"""States as they stand in the conditions of partial indexes.

As a parameter a state would hide from a plan for all values, and from SQLite, that such an index is of use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.comparison import ComparisonState
from reviews.kinds import CardState, EventState, ReviewState

if TYPE_CHECKING:
    from enum import StrEnum


def _write_out(state: StrEnum) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'", sa.Text)


PENDING, DEAD_EVENT = _write_out(EventState.RECEIVED), _write_out(EventState.DEAD)
DEAD_CARD = _write_out(CardState.DEAD)
OPEN = _write_out(ReviewState.OPEN)
WAITING = _write_out(ComparisonState.WAITING)
