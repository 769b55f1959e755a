"""What a pack says of a campaign: which documents were asked for, and who acknowledged which version."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.campaign import count_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from reviews.campaign import DocumentCount


@dataclass(frozen=True, kw_only=True)
class PackedAcknowledgement:
    """An acknowledgement as its entry says it; `owner` is the address by which the campaign asked."""

    entry: int
    owner: str
    reviewer: str
    at: datetime
    revision: int
    version: int | None
    sha256: str
    size: int | None
    identity: str
    late: bool
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AskedVersion:
    """A version of a document that a campaign asked for, from a time on."""

    entry: int
    at: datetime
    revision: int
    version: int | None


@dataclass(frozen=True, kw_only=True)
class PackedRequest:
    """A review of a campaign: one document, asked for until it is closed or asked for by a newer review."""

    review_id: str
    file_id: str
    title: str
    path: str
    people: tuple[str, ...]
    versions: tuple[AskedVersion, ...]
    acknowledgements: tuple[PackedAcknowledgement, ...]
    closed_at: datetime | None
    closed_reason: str
    superseded_at: datetime | None

    @property
    def last_version(self) -> AskedVersion:
        return self.versions[-1]

    def is_asked_at(self, at: datetime) -> bool:
        """Return whether the document was asked for at a time, whether or not all had acknowledged it."""
        is_superseded = self.superseded_at is not None and self.superseded_at <= at
        is_closed = self.closed_at is not None and self.closed_at < at
        return self.versions[0].at <= at and not is_superseded and not is_closed

    def list_valid_at(self, at: datetime) -> list[PackedAcknowledgement]:
        """Return the acknowledgements that counted at a time: of the version then, not withdrawn."""
        revision = max(each.revision for each in self.versions if each.at <= at)
        return [
            each
            for each in self.acknowledgements
            if each.revision == revision
            and each.at <= at
            and (each.withdrawn_at is None or each.withdrawn_at > at)
        ]

    def count_at(self, at: datetime) -> DocumentCount:
        """Return who had acknowledged the document at a time, and who had not."""
        return count_document(self.people, (each.owner for each in self.list_valid_at(at)))


@dataclass(frozen=True, kw_only=True)
class CampaignCount:
    """How many acknowledgements there were at a time, of how many asked for, in how many documents."""

    acknowledged: int
    needed: int
    documents: int


@dataclass(frozen=True, kw_only=True)
class PackedCampaign:
    """A campaign on the route, as the entries under the checkpoint leave it.

    Attributes:
        people: The addresses of those whom it asked.
        started_by: The name of who started it; empty for the command line.
        problem: Why it could not begin.
        requests: Its reviews, by document and then in their order.
    """

    id: str
    name: str
    folder_id: str
    path: str
    people: tuple[str, ...]
    started_at: datetime
    started_by: str
    due_at: datetime
    ended_at: datetime | None
    problem: str
    requests: tuple[PackedRequest, ...]

    def count_at(self, at: datetime) -> CampaignCount:
        """Return the figures at a time, of the documents that were asked for then."""
        counts = [request.count_at(at) for request in self.requests if request.is_asked_at(at)]
        return CampaignCount(
            acknowledged=sum(each.acknowledged for each in counts),
            needed=sum(each.needed for each in counts),
            documents=len(counts),
        )

    def list_missing_at(self, at: datetime) -> Iterator[tuple[str, PackedRequest]]:
        """Yield who had not acknowledged which document at a time."""
        for request in self.requests:
            if request.is_asked_at(at):
                yield from ((person, request) for person in request.count_at(at).missing)

    @property
    def asked_again(self) -> int:
        """How many documents were asked for again, because of new content or since they came back."""
        times = Counter[str]()
        for request in self.requests:
            times[request.file_id] += len(request.versions)
        return sum(count > 1 for count in times.values())

    @property
    def late(self) -> int:
        """How many acknowledgements came after the deadline, and were not withdrawn."""
        return sum(
            each.late and each.withdrawn_at is None
            for request in self.requests
            for each in request.acknowledgements
        )

    @property
    def closed(self) -> tuple[PackedRequest, ...]:
        return tuple(request for request in self.requests if request.closed_at is not None)
