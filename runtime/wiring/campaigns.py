"""What opens the reviews of campaigns: by a command, and in a worker."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from reviews.campaigns.campaign_work import CampaignWork
from reviews.campaigns.document_listing import DocumentListing
from reviews.intake.review_opening import generate_review_id
from runtime.call_limits.call_allowance import MAX_TURN_WAIT_SECONDS, TurnWait

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from runtime.wiring.wiring import Wiring
    from webhook.accounts import OwnerAccountFinder


def build_manual_campaign_work(wiring: Wiring, wait: Callable[[float], bool]) -> CampaignWork:
    """Return what opens the reviews of a campaign that a command starts; its calls `wait` for their turn."""
    return _build_campaign_work(wiring, wiring.connect_for_command(_build_turn_wait(wait)))


def build_account_finder(wiring: Wiring, wait: Callable[[float], bool]) -> OwnerAccountFinder:
    """Return what looks for the accounts of a campaign's people; its calls `wait` for their turn."""
    return wiring.build_command_account_finder(_build_turn_wait(wait))


def build_worker_campaign_work(wiring: Wiring, wait: Callable[[float], bool]) -> CampaignWork:
    """Return the worker's: to list a folder it takes a part of the calls that DocSpace allows.

    They `wait` for their turn: a listing that was given up in the middle would begin anew each time.
    """
    return _build_campaign_work(wiring, wiring.connect_for_sweeps(_build_turn_wait(wait)))


def _build_turn_wait(wait: Callable[[float], bool]) -> TurnWait:
    return TurnWait(seconds=MAX_TURN_WAIT_SECONDS, wait=wait)


def _build_campaign_work(wiring: Wiring, http: Http) -> CampaignWork:
    listing = DocumentListing(
        transactions=wiring.transactions,
        portal=wiring.build_portal(http),
        routes=wiring.routes,
        clock=wiring.clock,
    )
    return CampaignWork(
        transactions=wiring.transactions,
        routes=wiring.routes,
        clock=wiring.clock,
        listing=listing,
        cards=wiring.campaign_cards,
        new_id=generate_review_id,
        random=random.random,
    )
