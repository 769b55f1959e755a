"""The figures of a campaign in a pack: at its deadline, and at the end of the period."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.pack.campaign_report import CampaignCount, PackedCampaign
    from reviews.pack.report import PackReport


@dataclass(frozen=True, kw_only=True)
class PackedCampaignFigures:
    """Counts of acknowledgements.

    `at_deadline` is `None` while the deadline is not over, or if the campaign was ended before. `at_end` is
    at the end of the period, or before if the campaign was ended then, which closes what is open.
    """

    at_deadline: CampaignCount | None
    at_end: CampaignCount
    counted_at: datetime


def compute_campaign_figures(campaign: PackedCampaign, report: PackReport) -> PackedCampaignFigures:
    counted_at = find_count_time(campaign, report)
    is_over = campaign.due_at <= counted_at
    return PackedCampaignFigures(
        at_deadline=campaign.count_at(campaign.due_at) if is_over else None,
        at_end=campaign.count_at(counted_at),
        counted_at=counted_at,
    )


def find_count_time(campaign: PackedCampaign, report: PackReport) -> datetime:
    """Return the end of the period, or when the pack was made, or when the campaign ended."""
    times = (report.until, report.made_at, campaign.ended_at)
    return min(at for at in times if at is not None)


def describe_campaign(campaign: PackedCampaign, report: PackReport) -> dict[str, Any]:
    """Return the members of a campaign for programs."""
    figures = compute_campaign_figures(campaign, report)
    return {
        "id": campaign.id,
        "name": campaign.name,
        "folder_id": campaign.folder_id,
        "started_at": campaign.started_at,
        "due_at": campaign.due_at,
        "ended_at": campaign.ended_at,
        "people": len(campaign.people),
        "at_deadline": asdict(figures.at_deadline) if figures.at_deadline else None,
        "at_end": asdict(figures.at_end),
        "late": campaign.late,
        "asked_again": campaign.asked_again,
        "closed": len(campaign.closed),
    }
