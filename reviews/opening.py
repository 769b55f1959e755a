"""What a person has opened of a review through our links, which is no claim that they read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class OpenedItem(StrEnum):
    """What can be opened of a review; of a folder or a bulk review, `DOCUMENT` is the folder."""

    DOCUMENT = "document"
    COMPARISON = "comparison"
    PAGE = "page"


@dataclass(frozen=True, kw_only=True)
class OpenedRevision:
    """The review of which something was opened, at the revision that the person saw."""

    review_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The first time that a person opened something of a review at one revision."""

    item: OpenedItem
    at: datetime
