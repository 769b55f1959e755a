"""Campaigns: by a command, in a chat, and in a worker."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from reviews.campaigns.campaign_cards import CampaignCards
from reviews.campaigns.campaign_work import CampaignWork
from reviews.campaigns.document_listing import DocumentListing
from reviews.campaigns.starting import Campaigns
from reviews.intake.review_opening import generate_review_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from runtime.wiring.wiring import Wiring


def build_campaigns(wiring: Wiring, wake: Callable[[], None] = lambda: None) -> Campaigns:
    """Return the use case that starts and ends them; `wake` is called when a worker has something to do."""
    return Campaigns(
        transactions=wiring.request_transactions,
        routes=wiring.routes,
        clock=wiring.clock,
        new_id=generate_review_id,
        wake=wake,
    )


def build_manual_campaign_work(wiring: Wiring) -> CampaignWork:
    """Return what opens the reviews of a campaign that a command starts."""
    return _build_campaign_work(wiring, wiring.docspace_http)


def build_worker_campaign_work(wiring: Wiring) -> CampaignWork:
    """Return the worker's: to list a folder it takes a part of the calls that DocSpace allows."""
    return _build_campaign_work(wiring, wiring.connect_for_sweeps())


def _build_campaign_work(wiring: Wiring, http: Http) -> CampaignWork:
    listing = DocumentListing(portal=wiring.build_portal(http), routes=wiring.routes, clock=wiring.clock)
    cards = CampaignCards(transactions=wiring.transactions, routes=wiring.routes, clock=wiring.clock)
    return CampaignWork(
        transactions=wiring.transactions,
        routes=wiring.routes,
        clock=wiring.clock,
        listing=listing,
        cards=cards,
        new_id=generate_review_id,
        random=random.random,
    )
