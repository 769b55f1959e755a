"""A campaign is found by its name among those that a person may see; a name betrays no private one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.campaigns.campaign_lookup import CampaignLookup, require_campaign
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.lists.campaign_pages import CampaignPages
from reviews.routes.route import Routes
from reviews.tree import Place
from tests.reviews.campaigns import ANNA, draft_campaign, put_documents, start_campaign, work_on_campaigns
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, route

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from reviews.routes.route import Route
    from tests.reviews.desk import Desk

SECRET = route(name="secret", watch=("777",), owners=("boss@example.com",), deputies=(), private=True)
BOARD = Place(folders=(("777", "Board"),))
DANA = make_proven_person(Reviewer(name="Dana", email=OWNER))
READER = make_proven_person(ANNA)


@pytest.fixture(autouse=True)
def _two_routes(desk: Desk) -> None:
    desk.follow(Routes([route(), SECRET]))
    put_documents(desk)


def start_secret(desk: Desk, name: str) -> Campaign:
    """Start one of the private route, for whose documents no worker has looked yet."""
    return desk.campaigns.start(
        draft_campaign(desk, name=name, place=BOARD, people=("ceo@example.com",)), by=None
    )


def look_up(desk: Desk) -> CampaignLookup:
    return CampaignLookup(transactions=desk.transactions, routes=desk.campaigns.routes)


def test_a_private_campaign_does_not_hide_another_one_of_its_name(desk: Desk) -> None:
    public = start_campaign(desk)
    desk.campaigns.end(public.id, by=None)
    work_on_campaigns(desk)
    desk.clock.advance(hours=1)
    secret = start_secret(desk, public.name)

    assert look_up(desk).find(public.name.upper(), READER).line.campaign.id == public.id
    with pytest.raises(Refused, match="no campaign with the name"):
        look_up(desk).find(secret.id, READER)


def test_a_name_that_is_taken_does_not_tell_of_a_private_campaign(desk: Desk) -> None:
    secret = start_secret(desk, "Merger")

    public = desk.campaigns.start(draft_campaign(desk, name="Merger"), by=DANA)
    with pytest.raises(Refused, match="has not ended"):
        desk.campaigns.start(draft_campaign(desk, name="merger"), by=DANA)

    assert desk.campaigns.end("Merger", by=DANA).id == public.id
    with desk.transactions(reading=True) as work:
        assert require_campaign(work, "Merger").id == secret.id


def test_a_name_of_two_running_campaigns_ends_neither(desk: Desk) -> None:
    both = start_campaign(desk, name="Policies"), start_secret(desk, "Policies")

    with pytest.raises(Refused) as refused:
        desk.campaigns.end("Policies", by=None)

    assert all(each.id in refused.value.sentence for each in both)


def test_a_page_does_not_begin_at_a_campaign_that_is_not_seen(desk: Desk) -> None:
    public, secret = start_campaign(desk), start_secret(desk, "Merger")
    pages = CampaignPages(transactions=desk.transactions, routes=desk.campaigns.routes, clock=desk.clock)

    for before_id in (secret.id, "no-such-id"):
        seen = pages.list_campaigns(DANA, before_id=before_id)
        assert [line.campaign.id for line in seen.running] == [public.id]


@pytest.mark.parametrize(
    "later",
    [
        pytest.param((replace(SECRET, private=False),), id="no longer private"),
        pytest.param((replace(SECRET, name="board", private=False),), id="renamed"),
        pytest.param((), id="removed"),
    ],
)
def test_the_routing_file_makes_no_private_campaign_public(desk: Desk, later: tuple[Route, ...]) -> None:
    secret = start_secret(desk, "Merger")
    desk.follow(Routes([route(), *later]))

    assert look_up(desk).list_visible(READER, 10) == ()
    with pytest.raises(Refused, match="no campaign with the name"):
        look_up(desk).find(secret.id, READER)
