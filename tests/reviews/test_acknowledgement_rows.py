"""The rows of a campaign: each current document and each person, with what they acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.campaigns import acknowledgement_rows
from reviews.campaigns.acknowledgement_rows import list_rows
from reviews.identity import Identity, Person
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    FILES,
    PEOPLE,
    READERS,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
)
from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from reviews.campaigns.acknowledgement_rows import AcknowledgementRow
    from tests.reviews.desk import Desk


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    return start_campaign(desk)


def read_rows(
    desk: Desk, campaign: Campaign, *, after: str = "", limit: int | None = None
) -> list[AcknowledgementRow]:
    with desk.transactions(reading=True) as work:
        return list(list_rows(work, campaign, after=after, limit=limit))


def test_each_person_has_a_row_for_each_document(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    acknowledge(desk, review, ANNA)

    rows = read_rows(desk, campaign)

    assert [(row.file_id, row.person) for row in rows] == [(each, who) for each in FILES for who in PEOPLE]
    first, second, *_others = rows
    assert (first.campaign, first.title, first.path, first.version) == (
        *("Policies 2026", "Policy 501.docx", review.path, 8),
    )
    assert (first.name, first.answered_version, first.identity, first.late) == (
        *("Anna Liepa", 8, Identity.SLACK, False),
    )
    assert first.acknowledged_at is not None
    assert (second.name, second.acknowledged_at, second.answered_version, second.sha256) == (
        *("", None, None, None),
    )


def test_a_person_who_has_not_answered_is_named_as_docspace_names_them(
    desk: Desk, campaign: Campaign
) -> None:
    with desk.transactions() as work:
        work.people.remember(Person(id="p-12", name="Bruno Kalns", email=BRUNO.email), at=desk.clock())
        work.commit()

    assert [row.name for row in read_rows(desk, campaign, limit=1)] == ["", "Bruno Kalns", ""]


def test_an_acknowledgement_of_the_version_before_does_not_count(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    acknowledge(desk, review, ANNA)
    desk.clock.advance(seconds=60)
    desk.portal.versions[review.file_id] += 1
    assert desk.intake.process(desk.receive(event(file_id=review.file_id, version=9))) is None

    row = read_rows(desk, campaign)[0]

    assert (row.version, row.acknowledged_at, row.answered_version) == (9, None, None)


def test_an_answer_after_the_deadline_is_late(desk: Desk, campaign: Campaign) -> None:
    desk.clock.now = campaign.due_at.replace(microsecond=345_678)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], *READERS)

    assert [row.late for row in read_rows(desk, campaign)] == [True] * 3 + [False] * 6


def test_rows_continue_after_a_document(desk: Desk, campaign: Campaign) -> None:
    rows = read_rows(desk, campaign)

    first = read_rows(desk, campaign, limit=2)
    rest = read_rows(desk, campaign, after=first[-1].review_id, limit=2)

    assert [*first, *rest] == rows


def test_more_documents_than_one_batch_are_read_whole(desk: Desk) -> None:
    count = 2 * acknowledgement_rows.BATCH_SIZE
    put_documents(desk, *(str(600 + index) for index in range(count)))
    campaign = start_campaign(desk)

    assert len({row.file_id for row in read_rows(desk, campaign)}) == count
