"""Who has acknowledged what in a campaign: a row for each current document and each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.identity import ERASED
from reviews.quorum import list_acknowledgements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from reviews.campaign import Campaign
    from reviews.identity import Identity
    from reviews.model import Answer, Review
    from reviews.ports.unit_of_work import UnitOfWork

BATCH_SIZE = 50
"""Documents that are read at once: with 200 people, 10,000 rows."""


@dataclass(frozen=True, kw_only=True)
class AcknowledgementRow:
    """What one person has to acknowledge in a campaign, and whether they have, in its present version.

    `version` is the one that is asked for, `answered_version` the one that they acknowledged. `sha256` is of
    its bytes, in hex, where they are known. `person` is an address, and `name` is empty where we have never
    met its owner.
    """

    campaign: str
    review_id: str
    file_id: str
    title: str
    path: str
    version: int | None
    person: str
    name: str
    acknowledged_at: datetime | None = None
    answered_version: int | None = None
    identity: Identity | None = None
    late: bool = False
    sha256: str | None = None


def list_rows(
    work: UnitOfWork, campaign: Campaign, *, after: str = "", limit: int | None = None
) -> Iterator[AcknowledgementRow]:
    """Yield the rows of a campaign, document by document, each with its people in the campaign's order.

    `after` is the review of the document after which the rows continue, `limit` the number of documents.
    Only `BATCH_SIZE` documents are in memory. People who were erased have a row for each acknowledgement of
    theirs that counts, and none for what they had not acknowledged.
    """
    names = work.people.find_names(campaign.people)
    remaining = limit
    while remaining is None or remaining > 0:
        size = BATCH_SIZE if remaining is None else min(BATCH_SIZE, remaining)
        reviews = work.campaigns.list_reviews(campaign, after=after, limit=size)
        for review in reviews:
            yield from _build_rows(review, campaign, names)
        if len(reviews) < size:
            return
        after = reviews[-1].id
        remaining = None if remaining is None else remaining - size


def _build_rows(review: Review, campaign: Campaign, names: Mapping[str, str]) -> Iterator[AcknowledgementRow]:
    acknowledgements = list_acknowledgements(review)
    erased = (answer for answer in acknowledgements if answer.owner == ERASED)
    answers = {(answer.owner or "").casefold(): answer for answer in acknowledgements}
    for person in review.owners:
        key = person.casefold()
        answer = next(erased, None) if person == ERASED else answers.get(key)
        if answer is not None or person != ERASED:
            yield _build_row(review, campaign, person, names.get(key, ""), answer)


def _build_row(
    review: Review, campaign: Campaign, person: str, name: str, answer: Answer | None
) -> AcknowledgementRow:
    return AcknowledgementRow(
        campaign=campaign.name,
        review_id=review.id,
        file_id=review.file_id,
        title=review.title,
        path=review.path,
        version=review.version_to,
        person=person,
        name=answer.reviewer.name if answer else name,
        acknowledged_at=answer.at if answer else None,
        answered_version=answer.version if answer else None,
        identity=answer.identity if answer else None,
        late=answer is not None and answer.late,
        sha256=answer.sha256 if answer else None,
    )
