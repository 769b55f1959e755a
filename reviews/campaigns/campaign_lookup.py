"""Campaigns as one person may see them, by name, with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.campaign import CampaignState
from reviews.campaigns.campaign_access import CampaignAccess
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.campaign import Campaign, PersonProgress
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_SEARCHED = 200
"""How many of the newest campaigns a list for one person is made of."""


@dataclass(frozen=True, kw_only=True)
class CampaignOverview:
    """A campaign with how far each of its people is, who has most left first, and their names.

    The people are empty for a reader who is no owner or deputy of its route. `names` are by casefolded
    address, where known.
    """

    line: CampaignLine
    people_left: Sequence[PersonProgress]
    names: Mapping[str, str]


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

    def list_visible(self, reader: ProvenPerson, limit: int) -> tuple[CampaignLine, ...]:
        """Return the campaigns that a person may see, running ones first, and the newest of each first."""
        with self.transactions(reading=True) as work:
            access = CampaignAccess.find(work, self.routes, reader)
            visible = list(filter(access.may_see_figures, work.campaigns.list_recent(MAX_SEARCHED)))
            visible.sort(key=lambda campaign: campaign.state is CampaignState.ENDED)
            return access.make_lines(work, visible[:limit])

    def find(self, name: str, reader: ProvenPerson) -> CampaignOverview:
        """Return a campaign by its id or name; raise `Refused` for one that the person may not see."""
        with self.transactions(reading=True) as work:
            access = CampaignAccess.find(work, self.routes, reader)
            campaign = require_visible(work, access, name)
            [line] = access.make_lines(work, [campaign])
            people_left = work.campaigns.compute_progress(campaign).people_left if line.sees_all else ()
            names = work.people.find_names([each.address for each in people_left])
            return CampaignOverview(line=line, people_left=people_left, names=names)

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
    return _choose(_list_named(work, name), name)


def require_visible(work: UnitOfWork, access: CampaignAccess, name: str) -> Campaign:
    """Return the campaign with this id or name if chats may tell of it, else raise `Refused`."""
    return _choose(list(filter(access.may_see_figures, _list_named(work, name))), name)


def _list_named(work: UnitOfWork, name: str) -> list[Campaign]:
    return work.campaigns.list_named(clean_text(strip_unstorable(name)))


def _choose(campaigns: Sequence[Campaign], name: str) -> Campaign:
    """Return the one that has not ended, else the newest."""
    running = [each for each in campaigns if each.state is not CampaignState.ENDED]
    if len(running) > 1:
        sentence = _("Several campaigns with the name {name} have not ended. Use an id: {ids}.")
        ids = ", ".join(each.id for each in running)
        raise Refused(RefusalReason.UNKNOWN, sentence.format(name=clean_text(name), ids=ids))
    for campaign in campaigns:
        return campaign
    sentence = _("There is no campaign with the name or id {name}.")
    raise Refused(RefusalReason.UNKNOWN, sentence.format(name=clean_text(name)))


def _is_group(work: UnitOfWork, stored: str, name: str, group_id: str) -> bool:
    if group_id:
        description = work.groups.get_description(stored) or {}
        return description.get("id") == group_id
    return stored.casefold() == name.casefold()
