"""Ledger entries of campaigns, and of reviews that are no longer asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import begin_entry, describe_reviewer, format_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.campaign import Campaign
    from reviews.identity import ProvenPerson
    from reviews.model import Review


CLOSED_WITH_CAMPAIGN = "campaign_ended"
"""The reason of a review that was closed because its campaign ended; else it is the kind of a change."""


def build_started(campaign: Campaign, *, by: ProvenPerson | None) -> dict[str, Any]:
    """Return the entry of a campaign that begins; `by` is `None` for the command line."""
    return {
        **_begin_entry(EntryType.CAMPAIGN_STARTED, campaign, campaign.started_at),
        "folder_id": campaign.folder_id,
        "path": campaign.path,
        "owners": list(campaign.people),
        "due_at": format_moment(campaign.due_at),
        **_describe_actor(by),
    }


def build_ended(campaign: Campaign, *, by: ProvenPerson | None) -> dict[str, Any]:
    """Return the entry of a campaign that was ended, or could not begin: then with the `problem`."""
    return {
        **_begin_entry(EntryType.CAMPAIGN_ENDED, campaign, campaign.ended_at),
        "documents": campaign.documents,
        "problem": campaign.problem or None,
        **_describe_actor(by),
    }


def build_removed(campaign: Campaign, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a campaign that was removed, after all of its reviews: its entries stay."""
    return _begin_entry(EntryType.CAMPAIGN_REMOVED, campaign, at)


def build_closed(
    review: Review, *, reason: str, at: datetime, with_folder: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the entry of a review of a campaign that is no longer asked for.

    `reason` is `CLOSED_WITH_CAMPAIGN`, or the kind of change by which the document went. `with_folder` names
    the folder with which it went.
    """
    return {
        **begin_entry(EntryType.REVIEW_CLOSED, review, at),
        "revision": review.revision,
        "reason": reason,
        **({"with_folder": with_folder} if with_folder else {}),
    }


def _begin_entry(kind: EntryType, campaign: Campaign, at: datetime | None) -> dict[str, Any]:
    return {
        "type": kind.value,
        "at": format_moment(at),
        "review_id": None,
        "route": campaign.route,
        "campaign": {"id": campaign.id, "name": campaign.name},
    }


def _describe_actor(person: ProvenPerson | None) -> dict[str, Any]:
    if person is None:
        return {"by": None, "identity": None}
    proof = {"proof": dict(person.proof)} if person.proof else {}
    return {"by": describe_reviewer(person.aliases[0]), "identity": person.identity.value, **proof}
