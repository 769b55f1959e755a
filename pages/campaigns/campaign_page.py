"""The pages of campaigns as a visitor sees them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import get_flashed_messages, make_response, render_template, request, url_for

from pages import navigation
from pages.campaigns.campaign_rows import (
    OWN_PER_PAGE,
    ROWS_PER_PAGE,
    OwnRow,
    RowPage,
    choose_incomplete,
    cut_page,
    describe_state,
    list_documents,
    list_people,
    make_document_row,
)
from pages.document_links import make_document_address
from pages.headers import add_safe_headers
from pages.history.visitor import ask_to_sign_in
from reviews.cards.card_campaign import explain_request
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.meaning import explain_recording
from reviews.kinds import ReviewState
from reviews.wording.statement import find_statement, show_statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as AnyResponse

    from pages.campaigns.campaign_rows import ProgressRow
    from pages.history.visitor import HistorySignInMethods
    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.identity import ProvenPerson
    from reviews.lists.campaign_pages import CampaignPages, OwnDocuments
    from reviews.model import Review

MAX_SHOWN_ACKNOWLEDGED = 100
"""Documents that the visitor has acknowledged, as far as they are listed."""
MAX_PAGES = 1000
INCOMPLETE = "incomplete"
NEXT_ANCHOR = "next"
FLASHED = "campaign"
"""The category of what the form that led here did."""


@dataclass(frozen=True, kw_only=True)
class CampaignServices:
    """What the pages of campaigns need."""

    pages: CampaignPages
    answers: Answers
    links: Links
    sign_in_methods: HistorySignInMethods


def draw_list(services: CampaignServices, visitor: ProvenPerson) -> AnyResponse:
    campaigns = services.pages.list_campaigns(visitor, before_id=request.args.get("before", ""))
    return _draw_page(
        "list.html",
        who=visitor,
        campaigns=campaigns,
        is_first="before" not in request.args,
        describe_state=describe_state,
        now=services.pages.clock(),
    )


def draw_campaign(
    services: CampaignServices,
    campaign_id: str,
    visitor: ProvenPerson,
    *,
    sentence: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> AnyResponse:
    """Draw the page of a campaign, with `sentence` above it; or that there is none for this visitor."""
    view = services.pages.find(campaign_id, visitor)
    if view is None:
        return draw_unknown(visitor)
    only_incomplete = request.args.get("show") == INCOMPLETE
    people, documents = list_people(view), list_documents(view)
    shown_people, shown_documents = (
        choose_incomplete(rows) if only_incomplete else rows for rows in (people, documents)
    )
    return _draw_page(
        "campaign.html",
        status=status,
        who=visitor,
        view=view,
        campaign=view.campaign,
        figures=view.line.figures,
        state=describe_state(view.line, services.pages.clock()),
        own=_draw_own(services, view.own) if view.own else None,
        people=cut_page(shown_people, _read_number("people"), size=ROWS_PER_PAGE),
        documents=cut_page(shown_documents, _read_number("documents"), size=ROWS_PER_PAGE),
        matrix=(people, documents) if view.matrix is not None and not only_incomplete else None,
        only_incomplete=only_incomplete,
        make_page_address=_PageAddresses(campaign_id, only_incomplete=only_incomplete),
        make_review_address=_make_review_address,
        sentence=sentence,
        confirmation=" ".join(map(str, get_flashed_messages(category_filter=[FLASHED]))),
    )


def draw_unknown(visitor: ProvenPerson) -> AnyResponse:
    """Draw that there is no such campaign, or none for this visitor."""
    return _draw_page("unknown.html", status=HTTPStatus.NOT_FOUND, who=visitor)


def ask_visitor(
    services: CampaignServices, sentence: str = "", status: HTTPStatus = HTTPStatus.UNAUTHORIZED
) -> AnyResponse:
    """Ask the visitor to sign in, and remember which campaign they wanted."""
    now = services.pages.clock()
    return ask_to_sign_in(services.sign_in_methods, now=now, sentence=sentence, status=status)


def make_campaign_address(campaign_id: str) -> str:
    """Return the address of the page that contained a form, at the next document."""
    own = _parse_number(request.form.get("own", ""))
    parameters: Mapping[str, Any] = {"own": own} if own > 1 else {}
    return url_for("campaigns.show_campaign", campaign_id=campaign_id, **parameters, _anchor=NEXT_ANCHOR)


@dataclass(frozen=True, kw_only=True)
class OwnSection:
    """What the visitor has to acknowledge, and has; `statement` is what they agree to by it."""

    page: RowPage[OwnRow]
    acknowledged: tuple[ProgressRow, ...]
    acknowledged_count: int
    total: int
    statement: str
    recorded_statement: str
    """The same in English, as the ledger has it; empty in English."""
    explanation: str
    recording: str

    @property
    def omitted_count(self) -> int:
        return self.acknowledged_count - len(self.acknowledged)


class _PageAddresses:
    """Addresses of the other pages of the lists of a campaign; of both lists one may be on any page."""

    def __init__(self, campaign_id: str, *, only_incomplete: bool) -> None:
        self._names: dict[str, Any] = {"campaign_id": campaign_id}
        if only_incomplete:
            self._names["show"] = INCOMPLETE

    def __call__(self, parameter: str, number: int) -> str:
        pages = {name: _read_number(name) for name in ("own", "people", "documents")} | {parameter: number}
        parameters: dict[str, Any] = {name: each for name, each in pages.items() if each > 1}
        return url_for("campaigns.show_campaign", **self._names, **parameters, _anchor=parameter)


def _draw_own(services: CampaignServices, own: OwnDocuments) -> OwnSection:
    cut = cut_page(own.waiting, _read_number("own"), size=OWN_PER_PAGE)
    reviews = services.pages.fetch_reviews(cut.rows)
    shown = [reviews[each.review_id] for each in cut.rows if each.review_id in reviews]
    rows = tuple(_make_own_row(services, review) for review in shown)
    statement, recorded = (show_statement(shown[0]).text, find_statement(shown[0])) if shown else ("", "")
    return OwnSection(
        page=RowPage(rows=rows, number=cut.number, last_number=cut.last_number, total=cut.total),
        acknowledged=tuple(map(make_document_row, own.acknowledged[:MAX_SHOWN_ACKNOWLEDGED])),
        acknowledged_count=len(own.acknowledged),
        total=len(own.waiting) + len(own.acknowledged),
        statement=statement,
        recorded_statement=recorded if recorded != statement else "",
        explanation=explain_request(),
        recording=explain_recording(),
    )


def _make_own_row(services: CampaignServices, review: Review) -> OwnRow:
    card = draw_card(review, CardContext(now=services.pages.clock()))
    return OwnRow(
        card=card,
        document=make_document_address(services.links, card),
        page=_make_review_address(review.id),
        can_acknowledge=review.state is ReviewState.OPEN,
    )


def _make_review_address(review_id: str) -> str:
    """Return the address of the page of a review: in the inbox, where there is one."""
    inbox = navigation.find_page_address("inbox.review", review_id=review_id)
    return inbox or navigation.find_page_address("history.show_review", review_id=review_id)


def _read_number(parameter: str) -> int:
    return _parse_number(request.args.get(parameter, ""))


def _parse_number(text: str) -> int:
    return min(int(text), MAX_PAGES) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def _draw_page(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> AnyResponse:
    return add_safe_headers(make_response(render_template(f"campaigns/{template}", **values), status))
