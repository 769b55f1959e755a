"""Which campaigns a person may see, and what of them.

The owners and deputies of a campaign's route see all of it. One of its people sees the figures and their own
documents. In chat everyone learns its name and figures, as its card in the channel shows them, unless its
route is private or was when the campaign was started.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.campaign import CampaignFigures, CampaignStage, CampaignState, find_stage
from reviews.privacy.channel_visibility import is_owner_or_deputy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.campaign import Campaign
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class CampaignLine:
    """A campaign in a list. `sees_all` is for owners and deputies, `is_asked` for one of its people."""

    campaign: Campaign
    figures: CampaignFigures
    sees_all: bool
    is_asked: bool

    @property
    def stage(self) -> CampaignStage:
        return find_stage(self.campaign, is_complete=self.figures.is_complete)

    @property
    def own_remaining(self) -> int:
        """How many documents this person still has to acknowledge."""
        is_running = self.campaign.state is CampaignState.RUNNING
        return self.figures.documents - self.figures.own if self.is_asked and is_running else 0


@dataclass(frozen=True, kw_only=True)
class CampaignAccess:
    """What one person may see: `owned_routes` are those of which they are an owner or deputy."""

    routes: Routes
    owned_routes: frozenset[str]
    addresses: frozenset[str]
    """Their proven addresses, casefolded."""

    @classmethod
    def find(cls, work: UnitOfWork, routes: Routes, reader: ProvenPerson) -> CampaignAccess:
        return cls(
            routes=routes,
            owned_routes=frozenset(
                route.name for route in routes.all if is_owner_or_deputy(work, route, reader)
            ),
            addresses=frozenset(address.casefold() for address in reader.addresses),
        )

    def list_entries(self, campaign: Campaign) -> list[str]:
        """Return the entries by which a campaign asks this person."""
        return [person for person in campaign.people if person.casefold() in self.addresses]

    def sees_all(self, campaign: Campaign) -> bool:
        return campaign.route in self.owned_routes

    def may_open_page(self, campaign: Campaign) -> bool:
        return self.sees_all(campaign) or bool(self.list_entries(campaign))

    def may_see_figures(self, campaign: Campaign) -> bool:
        """Return whether chats tell this person the name and figures of a campaign."""
        is_private = self.routes.find_private(campaign.route, stored=campaign.private) is not None
        return not is_private or self.may_open_page(campaign)

    def make_lines(self, work: UnitOfWork, campaigns: Sequence[Campaign]) -> tuple[CampaignLine, ...]:
        own = {entry for campaign in campaigns for entry in self.list_entries(campaign)}
        figures = work.campaigns.compute_figures(campaigns, own=own)
        return tuple(
            CampaignLine(
                campaign=campaign,
                figures=figures[campaign.id],
                sees_all=self.sees_all(campaign),
                is_asked=bool(self.list_entries(campaign)),
            )
            for campaign in campaigns
        )
