"""The card of a campaign in the channels of its route, which shows how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.campaign import CampaignState

if TYPE_CHECKING:
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class CampaignCards:
    """Shows the progress of campaigns."""

    transactions: Transactions
    routes: Routes
    clock: Clock

    def show_progress(self, campaign_id: str) -> None:
        """Show a campaign as it is now, and plan when a worker looks at it next."""
        with self.transactions() as work:
            campaign = work.campaigns.get(campaign_id, lock=True)
            if campaign is None:
                return
            is_before_deadline = campaign.state is CampaignState.RUNNING and self.clock() < campaign.due_at
            next_at = campaign.due_at if is_before_deadline else None
            work.campaigns.save(replace(campaign, next_at=next_at))
            work.commit()
