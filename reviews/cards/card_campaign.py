"""The part of a card about the campaign that asks for a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.language import _
from reviews.quorum import count_required_answers, list_acknowledgements
from reviews.text import clean_text
from reviews.wording.change_sentences import describe_omitted
from reviews.wording.placeholders import format_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.model import Review

MAX_NAMED_PEOPLE = 10
"""People whom a card names, of all who have not acknowledged, and of all who have."""


@dataclass(frozen=True, kw_only=True)
class CardCampaign:
    """The campaign, and how many of how many people have acknowledged this version.

    `name` is one line, hostile until escaped, and empty where the reader may not see it. `is_closed` says
    that it no longer asks for the document.
    """

    name: str
    acknowledged: int
    needed: int
    is_closed: bool = False

    @property
    def label(self) -> str:
        """The campaign, for use after "by"."""
        return _("the campaign {name}").format(name=self.name) if self.name else _("a campaign")


def draw_campaign(review: Review) -> CardCampaign | None:
    """Return what a card shows of the campaign; `None` for the review of a change."""
    if review.campaign is None:
        return None
    return CardCampaign(
        name=clean_text(review.campaign.name),
        acknowledged=len(list_acknowledgements(review)),
        needed=count_required_answers(review),
        is_closed=review.state is ReviewState.CLOSED,
    )


def name_missing(missing: Sequence[str]) -> tuple[str, ...]:
    """Return who has not acknowledged, of many the first and how many more there are."""
    names = tuple(format_name(clean_text(entry)) for entry in missing[:MAX_NAMED_PEOPLE])
    omitted = len(missing) - len(names)
    return (*names, describe_omitted(omitted)) if omitted else names


def explain_request() -> str:
    """Return what to acknowledge means where nothing has changed."""
    return _("The campaign asks you to know this version. No change is approved.")


def explain_closed() -> str:
    """Return why a campaign no longer asks for a document."""
    return _("The campaign was ended, or the document left its folder. Nothing has to be acknowledged.")
