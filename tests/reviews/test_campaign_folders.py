"""Campaigns whose documents go and come back, alone and with their folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reviews.campaigns import (
    FILES,
    draft_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
)
from tests.reviews.samples import ELSEWHERE, WATCHED, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

FOLDER = f"folder:{WATCHED}"


def put_folder(desk: Desk) -> None:
    """Let the folder and its documents be known, as the first look at it leaves them."""
    put_documents(desk)
    with desk.transactions() as work:
        work.folders.put(desk.portal.get_place(WATCHED), at=desk.clock())
        work.commit()


def happen(desk: Desk, trigger: str, file_id: str, **members: object) -> None:
    """Let something happen a minute later, and the intake handle its event."""
    desk.clock.advance(seconds=60)
    change = event(trigger=trigger, file_id=file_id, occurred_at=desk.clock(), **members)
    number = desk.receive(change)
    for _ in range(20):
        if desk.intake.process(number) is None:
            return
        desk.clock.advance(seconds=60)
    raise AssertionError("the event is not handled")


@pytest.mark.parametrize(("trigger", "parent"), [("file.trashed", WATCHED), ("file.moved", ELSEWHERE)])
def test_a_document_that_went_alone_does_not_come_back_with_its_folder(
    desk: Desk, trigger: str, parent: str
) -> None:
    put_folder(desk)
    campaign = start_campaign(desk)
    happen(desk, trigger, FILES[0], parent_id=parent)
    assert [each.file_id for each in list_campaign_reviews(desk, campaign)] == list(FILES[1:])

    happen(desk, "folder.trashed", FOLDER)
    happen(desk, "folder.restored", FOLDER)

    assert [each.file_id for each in list_campaign_reviews(desk, campaign)] == list(FILES[1:])
    assert desk.verdict().findings == ()


def test_documents_that_go_with_their_folder_while_a_campaign_is_prepared_are_not_asked_for(
    desk: Desk,
) -> None:
    put_folder(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    listed = desk.campaign_work.listing.list_documents(campaign.folder_id, campaign.route)
    happen(desk, "folder.trashed", FOLDER)

    desk.campaign_work.open_reviews(campaign.id, listed)

    assert list_campaign_reviews(desk, campaign) == []


@pytest.mark.parametrize(("trigger", "parent"), [("file.trashed", WATCHED), ("file.moved", ELSEWHERE)])
def test_a_document_that_goes_while_a_campaign_is_prepared_is_not_asked_for(
    desk: Desk, trigger: str, parent: str
) -> None:
    put_folder(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    listed = desk.campaign_work.listing.list_documents(campaign.folder_id, campaign.route)
    happen(desk, trigger, FILES[0], parent_id=parent)

    desk.campaign_work.open_reviews(campaign.id, listed)

    assert [each.file_id for each in list_campaign_reviews(desk, campaign)] == list(FILES[1:])


def test_a_document_that_was_changed_elsewhere_is_asked_for_as_it_comes_back_with_its_folder(
    desk: Desk,
) -> None:
    put_folder(desk)
    campaign = start_campaign(desk)
    happen(desk, "folder.trashed", FOLDER)
    desk.portal.versions[FILES[0]] += 1
    desk.store_file(FILES[0])

    happen(desk, "folder.restored", FOLDER)

    versions = [(each.file_id, each.version_to) for each in list_campaign_reviews(desk, campaign)]
    assert versions == [(FILES[0], 9), (FILES[1], 8), (FILES[2], 8)]
    assert desk.verdict().findings == ()
