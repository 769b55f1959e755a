"""What happens in a year, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

from tests.year.model import HOUR

DAY = 24 * HOUR
OPENING = frozenset({"open", "change", "create", "rename", "delete", "move", "restore"})
"""What opens the review of a change; all but the first is done to the document of a campaign."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that a person does, or a look of the clock (without a review).

    Where someone goes away or comes back, `who` is the name of the absence; where a campaign begins, its own.
    Who acknowledges what is `outdated` does not see the newest revision.
    """

    at: int
    what: str
    review: str = ""
    """Its name; of a campaign, also the beginning of the name: the newest review of a document is meant."""
    who: str = ""
    until: int = 0
    document: str = ""
    """The document of a campaign that changes."""
