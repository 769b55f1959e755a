"""Campaigns as one person may see them, by name, with their figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.campaign import CampaignState
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.people.answerers import is_among
from reviews.privacy.channel_visibility import is_owner_or_deputy
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from reviews.campaign import Campaign, CampaignProgress
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_SEARCHED = 200
"""How many of the newest campaigns a list for one person is made of."""


@dataclass(frozen=True, kw_only=True)
class CampaignFigures:
    """A campaign and how far it has come; `names` are its people's, by casefolded address, where known.

    `shows_people` says whether the reader is an owner or deputy of its route, who see how far each person is.
    """

    campaign: Campaign
    progress: CampaignProgress
    names: dict[str, str]
    shows_people: bool = False


@dataclass(frozen=True, kw_only=True)
class GroupMembers:
    """The members of a user group; `without_address` counts those whom a campaign can't ask."""

    name: str
    addresses: tuple[str, ...]
    without_address: int


@dataclass(frozen=True, kw_only=True)
class CampaignLookup:
    """Looks campaigns up. Of a private route only its owners, deputies and the campaign's people see one."""

    transactions: Transactions
    routes: Routes

    def list_visible(self, reader: ProvenPerson, limit: int) -> list[CampaignFigures]:
        """Return the campaigns that a person may see, running ones first, and the newest of each first."""
        with self.transactions(reading=True) as work:
            recent = work.campaigns.list_recent(MAX_SEARCHED)
            recent.sort(key=lambda campaign: campaign.state is CampaignState.ENDED)
            visible = (each for each in recent if may_see_campaign(work, self.routes, each, reader))
            chosen = [each for each, _index in zip(visible, range(limit), strict=False)]
            return [_load_figures(work, each) for each in chosen]

    def find(self, name: str, reader: ProvenPerson) -> CampaignFigures:
        """Return a campaign by its id or name; raise `Refused` for one that the person may not see."""
        with self.transactions(reading=True) as work:
            campaign = require_campaign(work, name)
            if not may_see_campaign(work, self.routes, campaign, reader):
                raise refuse_unknown_campaign(name)
            route = self.routes.find_route(campaign.route)
            shows_people = route is not None and is_owner_or_deputy(work, route, reader)
            return replace(_load_figures(work, campaign), shows_people=shows_people)

    def find_group(self, name: str, group_id: str = "") -> GroupMembers | None:
        """Return the members of a user group by its name or the chat's id; `None` for one that is not read.

        Read are those that the routing file names.
        """
        with self.transactions(reading=True) as work:
            names = [each for each in self.routes.groups if _is_group(work, each, name, group_id)]
            members = work.groups.list_members(names[:1])
        if not names or not any(members.values()):
            return None
        group = next(iter(members.values()))
        addresses = tuple(sorted(each for each in group if "@" in each))
        # Each member has an id, and an address where one is known.
        missing = max(len(group) - 2 * len(addresses), 0)
        return GroupMembers(name=names[0], addresses=addresses, without_address=missing)


def require_campaign(work: UnitOfWork, name: str) -> Campaign:
    """Return the campaign with this id or name, or raise `Refused`."""
    campaign = work.campaigns.find(clean_text(strip_unstorable(name)))
    if campaign is None:
        raise refuse_unknown_campaign(name)
    return campaign


def may_see_campaign(work: UnitOfWork, routes: Routes, campaign: Campaign, person: ProvenPerson) -> bool:
    """Return whether a person may see a campaign, its name and figures.

    Of a route that is no longer in the routing file, it is not clear whether it was private.
    """
    route = routes.find_route(campaign.route)
    if not (route.private if route else routes.private):
        return True
    entries = (*(route.owners if route else ()), *(route.deputies if route else ()), *campaign.people)
    return is_among(work, person, entries)


def refuse_unknown_campaign(name: str) -> Refused:
    sentence = _("There is no campaign with the name or id {name}.")
    return Refused(RefusalReason.UNKNOWN, sentence.format(name=clean_text(name)))


def _is_group(work: UnitOfWork, stored: str, name: str, group_id: str) -> bool:
    if group_id:
        description = work.groups.get_description(stored) or {}
        return description.get("id") == group_id
    return stored.casefold() == name.casefold()


def _load_figures(work: UnitOfWork, campaign: Campaign) -> CampaignFigures:
    progress = work.campaigns.compute_progress(campaign)
    return CampaignFigures(
        campaign=campaign, progress=progress, names=work.people.find_names(campaign.people)
    )
