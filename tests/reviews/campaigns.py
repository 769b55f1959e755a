"""Campaigns on a desk: a folder with documents, the people, and what the worker does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from reviews.campaigns.starting import CampaignDraft
from reviews.identity import Reviewer
from reviews.pack.campaigns import CampaignCollector
from tests.pack.requests import build_request
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import WATCHED

if TYPE_CHECKING:
    from reviews.campaign import Campaign, CampaignProgress
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.pack.campaign_report import CampaignCount
    from tests.reviews.desk import Desk

ANNA = Reviewer(name="Anna Liepa", email="anna@example.com", chat_ids={"slack": "U11"})
BRUNO = Reviewer(name="Bruno Kalns", email="bruno@example.com", chat_ids={"slack": "U12"})
CARLA = Reviewer(name="Carla Vītola", email="carla@example.com", chat_ids={"slack": "U13"})
READERS = (ANNA, BRUNO, CARLA)
PEOPLE = tuple(each.email or "" for each in READERS)
DUE_ON = date(2026, 4, 17)
FILES = ("501", "502", "503")


def put_documents(desk: Desk, *file_ids: str) -> None:
    """Put documents into the watched folder, known as a baseline knows them."""
    for file_id in file_ids or FILES:
        desk.portal.parents[file_id] = WATCHED
        desk.portal.titles[file_id] = f"Policy {file_id}.docx"
        desk.store_file(file_id)


def draft_campaign(desk: Desk, **members: Any) -> CampaignDraft:
    values = {"name": "Policies 2026", "people": PEOPLE, "due_on": DUE_ON, **members}
    return CampaignDraft(**{"place": desk.portal.get_place(WATCHED), **values})


def start_campaign(desk: Desk, *, by: ProvenPerson | None = None, **members: Any) -> Campaign:
    """Start a campaign for the documents in the folder, and let the worker open its reviews."""
    campaign = desk.campaigns.start(draft_campaign(desk, **members), by=by)
    desk.clock.advance(seconds=1)
    work_on_campaigns(desk)
    return get_campaign(desk, campaign.id)


def work_on_campaigns(desk: Desk) -> None:
    for _ in range(100):
        if not desk.campaign_work.process_due():
            return
    raise AssertionError("the work on campaigns finds no end")


def get_campaign(desk: Desk, campaign_id: str) -> Campaign:
    with desk.transactions(reading=True) as work:
        campaign = work.campaigns.get(campaign_id)
    assert campaign is not None
    return campaign


def list_campaign_reviews(desk: Desk, campaign: Campaign) -> list[Review]:
    """Return the current review of each document, by the document's id."""
    stored = get_campaign(desk, campaign.id)
    with desk.transactions(reading=True) as work:
        return sorted(work.campaigns.list_reviews(stored), key=lambda review: review.file_id)


def compute_progress(desk: Desk, campaign: Campaign) -> CampaignProgress:
    stored = get_campaign(desk, campaign.id)
    with desk.transactions(reading=True) as work:
        return work.campaigns.compute_progress(stored)


def count_from_ledger(desk: Desk, campaign: Campaign) -> CampaignCount:
    """Return the figures that a pack of the entries has, now or at the end of the campaign."""
    collector = CampaignCollector(build_request())
    for entry in desk.entries():
        collector.add_entry(entry)
    (packed,) = collector.build_campaigns()
    return packed.count_at(campaign.ended_at or desk.clock() + timedelta(microseconds=1))


def acknowledge(desk: Desk, review: Review, *readers: Reviewer) -> Review:
    """Let people acknowledge a review at its present revision, and return it afterwards."""
    for reader in readers:
        review = desk.answers.record_answer(build_answer_request(review, reviewer=reader))
    return review
