"""Data for the templates of campaigns: rows of documents and people, by the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from reviews.campaign import CampaignStage, compute_percent
from reviews.language import _
from reviews.text import clean_text
from reviews.wording.placeholders import format_name, format_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.campaign import DocumentProgress, PersonProgress
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.cards.card import Card
    from reviews.lists.campaign_pages import CampaignView

Row = TypeVar("Row")
OWN_PER_PAGE, ROWS_PER_PAGE = 25, 100


@dataclass(frozen=True, kw_only=True)
class RowPage(Generic[Row]):
    """Some rows of a list; `number` is that of the page, from 1, and `total` counts all rows."""

    rows: tuple[Row, ...]
    number: int
    last_number: int
    total: int


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """A document that the visitor has to acknowledge, as its card shows it."""

    card: Card
    document: str
    """The address that opens the document; empty if there is none."""
    page: str
    """The address of the page of the review."""
    can_acknowledge: bool


@dataclass(frozen=True, kw_only=True)
class ProgressRow:
    """A document or a person, and how far it is; both texts are one line, and hostile until escaped."""

    title: str
    detail: str
    acknowledged: int
    needed: int
    key: str = ""

    @property
    def percent(self) -> int:
        return compute_percent(self.acknowledged, self.needed)

    @property
    def is_complete(self) -> bool:
        return self.acknowledged >= self.needed


def cut_page(rows: Sequence[Row], number: int, *, size: int) -> RowPage[Row]:
    """Return a page of rows, the last one if there are fewer pages."""
    last_number = max(-(-len(rows) // size), 1)
    number = min(max(number, 1), last_number)
    shown = tuple(rows[(number - 1) * size : number * size])
    return RowPage(rows=shown, number=number, last_number=last_number, total=len(rows))


def make_document_row(document: DocumentProgress) -> ProgressRow:
    version = _("Version {version}").format(version=document.version) if document.version else ""
    return ProgressRow(
        title=format_title(document.title),
        detail=version,
        acknowledged=document.count.acknowledged,
        needed=document.count.needed,
        key=document.review_id,
    )


def make_person_row(person: PersonProgress, names: Mapping[str, str]) -> ProgressRow:
    address = format_name(clean_text(person.address))
    name = clean_text(names.get(person.address.casefold(), ""))
    return ProgressRow(
        title=name or address,
        detail=address if name else "",
        acknowledged=person.acknowledged,
        needed=person.needed,
        key=person.address.casefold(),
    )


def list_people(view: CampaignView) -> list[ProgressRow]:
    """Return the people, in the order of their names."""
    people = view.progress.people if view.progress else ()
    rows = [make_person_row(person, view.names) for person in people]
    return sorted(rows, key=lambda row: row.title.casefold())


def list_documents(view: CampaignView) -> list[ProgressRow]:
    """Return the documents, in the order of their titles."""
    documents = view.progress.documents if view.progress else ()
    return sorted(map(make_document_row, documents), key=lambda row: row.title.casefold())


def choose_incomplete(rows: Sequence[ProgressRow]) -> list[ProgressRow]:
    return [row for row in rows if not row.is_complete]


def describe_state(line: CampaignLine, now: datetime) -> tuple[str, str]:
    """Return the state of a campaign in words, and the look of its mark."""
    match line.stage:
        case CampaignStage.PREPARING:
            return _("Being prepared"), "open"
        case CampaignStage.COULD_NOT_BEGIN:
            return _("Could not begin"), "late"
        case CampaignStage.COMPLETE:
            return _("Complete"), "done"
        case CampaignStage.ENDED:
            return _("Ended"), "superseded"
        case CampaignStage.RUNNING:
            return (_("Deadline over"), "late") if line.campaign.due_at <= now else (_("Running"), "open")
