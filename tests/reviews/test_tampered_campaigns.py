"""A campaign that an owner of the database has changed, or its reviews: found by `ledger verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.ledger.findings import LedgerPart
from runtime.ledger_verification.ledger_check import check_ledger
from store.schema import campaigns, ledger_people, reviews
from tests.reviews.campaigns import (
    ANNA,
    acknowledge,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, START, event
from tests.runtime.lived import forged, intruder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.campaign import Campaign
    from tests.reviews.desk import Desk

UNCOMPARED = {"next_at", "attempts", "private"}
"""When a worker looks at it next, and who may see it."""


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    """A campaign that one person has begun to read, and that was ended."""
    put_documents(desk)
    started = start_campaign(desk, by=make_proven_person(Reviewer(name="Dana Ozola", email=OWNER)))
    acknowledge(desk, list_campaign_reviews(desk, started)[0], ANNA)
    desk.campaigns.end(started.id, by=None)
    work_on_campaigns(desk)
    return get_campaign(desk, started.id)


@pytest.fixture
def owner(desk: Desk, campaign: Campaign) -> Iterator[sa.Engine]:
    assert campaign.documents == 3
    assert list_findings(desk) == []
    owner = intruder(desk.engine)
    yield owner
    owner.dispose()


def list_findings(desk: Desk) -> list[str]:
    findings = check_ledger(desk.engine).findings
    return [finding.says for finding in findings if finding.part is not LedgerPart.GUARD]


@pytest.mark.parametrize("column", [each for each in campaigns.c if each.name != "id"], ids=str)
def test_each_column_of_a_campaign_is_compared_with_its_entries(
    desk: Desk, owner: sa.Engine, column: sa.Column[Any]
) -> None:
    with forged(owner, column):
        findings = list_findings(desk)

    if column.name in UNCOMPARED:
        assert findings == []
    else:
        assert len(findings) == 1
        assert f"has another {WORDINGS.get(column.name, column.name)} than" in findings[0] or (
            "holds what was never written there" in findings[0]
        )
    assert list_findings(desk) == []


WORDINGS = {"name": "campaign", "people": "owners"}


def test_a_campaign_that_is_gone_is_missed_and_one_without_entries_is_strange(
    desk: Desk, owner: sa.Engine, campaign: Campaign
) -> None:
    with owner.begin() as connection:
        connection.execute(sa.update(campaigns).values(id="other"))

    assert list_findings(desk) == [
        f"there is no campaign {campaign.id}, which entry 1 says was started",
        "no entry says that campaign other was started",
    ]


def test_a_review_that_was_moved_to_another_campaign_is_found(desk: Desk, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        some = sa.select(reviews.c.seq).order_by(reviews.c.seq).limit(1).scalar_subquery()
        connection.execute(sa.update(reviews).where(reviews.c.seq == some).values(campaign="other"))

    [finding] = list_findings(desk)
    assert "has another campaign.id than entry" in finding


def test_a_review_of_a_change_that_was_put_into_a_campaign_is_found(desk: Desk) -> None:
    review = desk.open(event())
    owner = intruder(desk.engine)
    with owner.begin() as connection:
        connection.execute(sa.update(reviews).values(campaign="other", campaign_name="Other"))
    owner.dispose()

    # Others follow: the marks, by which lists find it, are still those of a change.
    assert list_findings(desk)[0].startswith(f"review {review.id} has another campaign than entry 1 says: ")


def test_when_a_review_was_closed_is_compared(desk: Desk, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.state == "closed").values(closed_at=START))

    assert any("has another closed_at than entry" in finding for finding in list_findings(desk))


def test_whom_a_campaign_names_stands_beside_its_entries(desk: Desk, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.execute(sa.delete(ledger_people).where(ledger_people.c.seq == 1))

    assert any("of entry 1 is gone" in finding for finding in list_findings(desk))
