"""Campaigns as commands print them: in words, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.ledger_entries import format_moment
from reviews.routes.route import find_zone
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.campaign import Campaign, CampaignProgress, DocumentProgress
    from reviews.campaigns.acknowledgement_rows import AcknowledgementRow
    from reviews.routes.route import Routes


def format_campaign_time(at: datetime, campaign: Campaign, routes: Routes) -> str:
    """Return a time in the zone of a campaign's route."""
    zone = find_zone(routes.find_route(campaign.route))
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone}"


def describe_acknowledged(progress: CampaignProgress) -> str:
    return f"{progress.acknowledged:,} of {progress.needed:,}"


def build_campaign_json(campaign: Campaign, progress: CampaignProgress) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state,
        "route": campaign.route,
        "folder_id": campaign.folder_id,
        "path": campaign.path,
        "due_at": format_moment(campaign.due_at),
        "started_at": format_moment(campaign.started_at),
        "started_by": clean_text(campaign.started_by.name) if campaign.started_by else None,
        "ended_at": format_moment(campaign.ended_at),
        "problem": campaign.problem or None,
        "documents": len(progress.documents),
        "people": len(progress.people),
        "acknowledged": progress.acknowledged,
        "needed": progress.needed,
        "percent": progress.percent,
    }


def build_details_json(progress: CampaignProgress, rows: Iterable[AcknowledgementRow]) -> dict[str, Any]:
    """Return each person with their figures, and each document with its people."""
    by_review: dict[str, list[AcknowledgementRow]] = {}
    names: dict[str, str] = {}
    for row in rows:
        by_review.setdefault(row.review_id, []).append(row)
        names[row.person] = row.name or names.get(row.person, "")
    return {
        "people": [
            {
                "address": each.address,
                "name": names.get(each.address) or None,
                "acknowledged": each.acknowledged,
                "needed": each.needed,
            }
            for each in progress.people
        ],
        "documents": [
            _build_document_json(document, by_review.get(document.review_id, []))
            for document in progress.documents
        ],
    }


def _build_document_json(document: DocumentProgress, rows: Iterable[AcknowledgementRow]) -> dict[str, Any]:
    return {
        "review_id": document.review_id,
        "file_id": document.file_id,
        "title": document.title,
        "path": document.path,
        "link": document.link,
        "version": document.version,
        "acknowledged": document.count.acknowledged,
        "needed": document.count.needed,
        "people": [
            {
                "address": row.person,
                "acknowledged_at": format_moment(row.acknowledged_at),
                "version": row.answered_version,
                "identity": row.identity,
                "late": row.late,
                "sha256": row.sha256,
            }
            for row in rows
        ],
    }


def describe_state(campaign: Campaign) -> str:
    """Return the state of a campaign, with why it could not begin."""
    return f"{campaign.state}: {clean_text(campaign.problem)}" if campaign.problem else str(campaign.state)
