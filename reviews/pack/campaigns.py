"""The campaigns of a pack, collected from the entries of the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviews.kinds import Decision
from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType
from reviews.pack.campaign_report import AskedVersion, PackedAcknowledgement, PackedCampaign, PackedRequest
from reviews.pack.entry_members import read_answer, read_count, read_texts, read_time
from reviews.pack.entry_scope import CampaignScope, read_campaign_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.pack.pack_request import PackRequest
    from reviews.ports.ledger import LedgerEntry


@dataclass(kw_only=True)
class _Request:
    """A review of a campaign in the middle of its entries."""

    review_id: str
    file_id: str = ""
    title: str = ""
    path: str = ""
    people: tuple[str, ...] = ()
    versions: list[AskedVersion] = field(default_factory=list)
    acknowledgements: list[PackedAcknowledgement] = field(default_factory=list)
    closed_at: datetime | None = None
    closed_reason: str = ""
    superseded_at: datetime | None = None

    def build(self) -> PackedRequest:
        return PackedRequest(
            review_id=self.review_id,
            file_id=self.file_id,
            title=self.title,
            path=self.path,
            people=self.people,
            versions=tuple(self.versions),
            acknowledgements=tuple(self.acknowledgements),
            closed_at=self.closed_at,
            closed_reason=self.closed_reason,
            superseded_at=self.superseded_at,
        )


@dataclass
class CampaignCollector:
    """Collects the campaigns that a pack has, with their reviews. Entries come in the order of the ledger."""

    request: PackRequest
    _scope: CampaignScope = field(init=False)
    _started: dict[str, LedgerEntry] = field(default_factory=dict)
    _ended: dict[str, LedgerEntry] = field(default_factory=dict)
    _requests: dict[str, _Request] = field(default_factory=dict)
    _campaign_of: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._scope = CampaignScope(self.request)

    def add_entry(self, entry: LedgerEntry) -> None:
        review_id = entry.get("review_id")
        if isinstance(review_id, str):
            self._add_to_review(review_id, entry)
        elif self._scope.includes(entry):
            self._add_to_campaign(entry)

    def build_campaigns(self) -> tuple[PackedCampaign, ...]:
        """Return the campaigns in the order in which they were started."""
        return tuple(self._build(campaign_id) for campaign_id in self._started)

    @property
    def review_ids(self) -> set[str]:
        return set(self._requests)

    def _add_to_campaign(self, entry: LedgerEntry) -> None:
        campaign_id, kind = read_campaign_id(entry), entry.get("type")
        if kind == EntryType.CAMPAIGN_STARTED:
            self._started.setdefault(campaign_id, entry)
        elif kind == EntryType.CAMPAIGN_ENDED:
            self._ended.setdefault(campaign_id, entry)

    def _add_to_review(self, review_id: str, entry: LedgerEntry) -> None:
        if self._scope.opens_review(entry) and review_id not in self._requests:
            self._requests[review_id] = _Request(review_id=review_id)
            self._campaign_of[review_id] = read_campaign_id(entry)
        request = self._requests.get(review_id)
        step = _STEPS.get(read_text(entry, "type"))
        if request is not None and step is not None:
            step(request, entry)

    def _build(self, campaign_id: str) -> PackedCampaign:
        started, ended = self._started[campaign_id], self._ended.get(campaign_id, {})
        requests = [
            request.build()
            for request in self._requests.values()
            if self._campaign_of[request.review_id] == campaign_id and request.versions
        ]
        return PackedCampaign(
            id=campaign_id,
            name=read_text(started, "campaign", "name"),
            folder_id=read_text(started, "folder_id"),
            path=read_text(started, "path"),
            people=read_texts(started.get("owners")),
            started_at=self._scope.require_time(started, "at"),
            started_by=read_text(started, "by", "name"),
            due_at=self._scope.require_time(started, "due_at"),
            ended_at=read_time(ended.get("at")),
            problem=read_text(ended, "problem"),
            requests=tuple(sorted(requests, key=_get_place)),
        )


def _get_place(request: PackedRequest) -> tuple[str, str, int]:
    return request.title.casefold(), request.file_id, request.versions[0].entry


def _ask(request: _Request, entry: LedgerEntry) -> None:
    at = read_time(entry.get("at"))
    if at is None:
        return
    request.file_id = read_text(entry, "file_id")
    request.title, request.path = read_text(entry, "title"), read_text(entry, "path")
    request.people = read_texts(entry.get("owners"))
    request.versions.append(
        AskedVersion(
            entry=read_count(entry.get("seq")) or 0,
            at=at,
            revision=read_count(entry.get("revision")) or 0,
            version=read_count(entry.get("version_to")),
        )
    )


def _acknowledge(request: _Request, entry: LedgerEntry) -> None:
    answer = read_answer(entry, decision=Decision.ACKNOWLEDGE)
    if answer is None:
        return
    request.acknowledgements.append(
        PackedAcknowledgement(
            entry=read_count(entry.get("seq")) or 0,
            owner=answer.owner or answer.reviewer.email or "",
            reviewer=answer.reviewer.name,
            at=answer.at,
            revision=answer.revision,
            version=answer.version,
            sha256=read_text(entry, "sha256"),
            size=read_count(entry.get("size")),
            identity=answer.identity.value,
            late=answer.late,
            withdrawn_at=None,
        )
    )


def _withdraw(request: _Request, entry: LedgerEntry) -> None:
    """Mark the last acknowledgement of that time which stands; two people may have had the same time."""
    answered_at, at = read_time(entry.get("answered_at")), read_time(entry.get("at"))
    name = read_text(entry, "reviewer", "name")
    places = [
        place
        for place, each in enumerate(request.acknowledgements)
        if each.at == answered_at and each.withdrawn_at is None
    ]
    own = [place for place in places if request.acknowledgements[place].reviewer == name]
    for place in (own or places)[:1]:
        before = request.acknowledgements[place]
        request.acknowledgements[place] = replace(before, withdrawn_at=at or answered_at)


def _relabel(request: _Request, entry: LedgerEntry) -> None:
    request.title = read_text(entry, "title")
    request.path = read_text(entry, "path") if "path" in entry else request.path


def _close(request: _Request, entry: LedgerEntry) -> None:
    request.closed_at, request.closed_reason = read_time(entry.get("at")), read_text(entry, "reason")


def _supersede(request: _Request, entry: LedgerEntry) -> None:
    request.superseded_at = read_time(entry.get("at"))


_STEPS: Mapping[str, Callable[[_Request, LedgerEntry], None]] = {
    EntryType.REVIEW_OPENED: _ask,
    EntryType.REVIEW_REVISED: _ask,
    EntryType.REVIEW_ACKNOWLEDGED: _acknowledge,
    EntryType.REVIEW_WITHDRAWN: _withdraw,
    EntryType.REVIEW_RELABELLED: _relabel,
    EntryType.REVIEW_CLOSED: _close,
    EntryType.REVIEW_SUPERSEDED: _supersede,
}
"""What each type of entry says of a document that a campaign asks for; the others say nothing here."""
