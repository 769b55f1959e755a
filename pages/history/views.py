"""`/reviews`: the list, and the list as a spreadsheet. They change no review."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, stream_with_context, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, page_language, proven_identity, sign_in_codes
from pages.headers import add_safe_headers
from pages.history import filters, sign_in
from pages.history.figures import draw_weekly_figures
from pages.history.review_page import DUTY_ENDPOINT, ReviewPage, add_review, read_confirmation
from pages.history.spreadsheet import write_spreadsheet
from pages.history.table_rows import make_review_row
from pages.history.visitor import (
    HistorySignInMethods,
    ask_to_sign_in,
    draw_page,
    get_visitor,
    has_wanted,
    redirect_to_wanted,
)
from pages.sign_in_codes import CodePage
from reviews.kinds import ChangeKind
from reviews.language import _, gettext_noop
from reviews.lists.archive import StatusFilter
from reviews.wording.phrases import CHANGE_VERBS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.duty_forms import DutyForms
    from pages.links import Links
    from pages.sign_in_links import SignInAddresses
    from reviews.answers.openings import Openings
    from reviews.comparisons.viewing import ComparisonViews
    from reviews.identity import ProvenPerson
    from reviews.lists.archive import Archive, ReviewSearch
    from reviews.people.mailed_codes import MailedCodes
    from reviews.people.sign_in_links import SignInLinks

OLD_FORM = gettext_noop(
    "The page was open for too long, or your browser stores no cookies for it. Try again."
)
STATE_LABELS = {
    StatusFilter.OPEN: gettext_noop("Open"),
    StatusFilter.OVERDUE: gettext_noop("Overdue"),
    StatusFilter.LAPSED: gettext_noop("Lapsed"),
    StatusFilter.ACKNOWLEDGED: gettext_noop("Reviewed"),
    StatusFilter.CHANGES_REQUESTED: gettext_noop("Changes requested"),
}


def build_history_page(  # noqa: PLR0913 - the composition of one page: each is a part of it
    archive: Archive,
    links: SignInLinks,
    addresses: SignInAddresses,
    *,
    sign_in_methods: HistorySignInMethods,
    review_links: Links,
    openings: Openings,
    codes: MailedCodes | None = None,
    comparison_views: ComparisonViews | None = None,
    duty_forms: DutyForms | None = None,
) -> Blueprint:
    """Return the blueprint; the application must have sessions and the acknowledge page's stylesheet."""
    blueprint = Blueprint("history", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    browser.protect_forms(blueprint)

    sign_in_methods = replace(sign_in_methods, codes=codes is not None)
    sign_in.add_sign_in(blueprint, links, addresses, sign_in_methods=sign_in_methods)
    if codes is not None:
        page = CodePage(
            draw_page=lambda sentence, status: ask_to_sign_in(
                sign_in_methods, now=codes.clock(), sentence=sentence, status=status
            ),
            redirect_back=lambda: add_safe_headers(
                redirect(url_for("history.list_reviews"), HTTPStatus.SEE_OTHER)
            ),
            redirect_signed_in=redirect_to_wanted,
        )
        sign_in_codes.add_sign_in_codes(blueprint, codes, "/reviews", page)
    _add_lists(blueprint, archive, sign_in_methods)
    review_page = ReviewPage(
        archive=archive,
        sign_in_methods=sign_in_methods,
        links=review_links,
        openings=openings,
        comparison_views=comparison_views,
        duty_forms=duty_forms,
    )
    add_review(blueprint, review_page)

    @blueprint.post("/reviews/sign-out")
    def sign_out() -> AnyResponse:
        proven_identity.forget_person()
        return redirect_to_wanted()

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        visitor = get_visitor(archive.clock())
        if request.endpoint == DUTY_ENDPOINT and visitor is not None:
            review_id = (request.view_args or {}).get("review_id", "")
            return review_page.draw(review_id, visitor, sentence=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        return draw_page("sentence.html", status=HTTPStatus.BAD_REQUEST, sentence=_(OLD_FORM))

    return blueprint


def _add_lists(blueprint: Blueprint, archive: Archive, sign_in_methods: HistorySignInMethods) -> None:
    @blueprint.get("/reviews")
    def list_reviews() -> AnyResponse:
        now = archive.clock()
        visitor = get_visitor(now)
        if visitor is None:
            return ask_to_sign_in(sign_in_methods, now=now)
        if has_wanted():
            return redirect_to_wanted()
        return _draw_list(archive, visitor)

    @blueprint.get("/reviews.csv")
    def export_csv() -> AnyResponse:
        now = archive.clock()
        visitor = get_visitor(now)
        if visitor is None:
            return ask_to_sign_in(sign_in_methods, now=now)
        rows = archive.iterate_reviews(filters.read_filters(request.args), visitor)
        response = Response(stream_with_context(write_spreadsheet(rows, now=now)), mimetype="text/csv")
        name = f"reviews-{filters.format_today(now)}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return add_safe_headers(response)


def _draw_list(archive: Archive, visitor: ProvenPerson) -> AnyResponse:
    now, search = archive.clock(), filters.read_filters(request.args)
    result = archive.find(search, visitor, filters.read_page(request.args))
    page = result.page
    parameters = filters.write_filters(search)
    is_first = page.previous_seq is None
    return draw_page(
        "list.html",
        who=visitor,
        search=search,
        parameters=parameters,
        result=result,
        rows=[make_review_row(entry.review, now, result) for entry in page.entries],
        first=[make_review_row(entry.review, now, result) for entry in result.first],
        newer=filters.write_page(search, page.previous_seq, forward=False),
        older=filters.write_page(search, page.next_seq, forward=True),
        retained_since=archive.retained_since,
        tabs=_list_tabs(search, parameters),
        kinds=[(kind.value, _name_kind(kind)) for kind in ChangeKind],
        confirmation=read_confirmation(),
        figures=draw_weekly_figures(archive.compute_weeks(search, visitor)) if is_first else None,
    )


def _name_kind(kind: ChangeKind) -> str:
    return _("many files at once") if kind is ChangeKind.BULK else _(CHANGE_VERBS[kind])


def _list_tabs(search: ReviewSearch, active_parameters: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Return each tab's label, its address, and whether it is the open one."""
    everything = {name: value for name, value in active_parameters.items() if name != "state"}
    tabs = [(_("All"), _build_address(everything), search.status is None)]
    for status, words in STATE_LABELS.items():
        parameters = {**everything, "state": status.value}
        tabs.append((_(words), _build_address(parameters), search.status is status))
    return tabs


def _build_address(parameters: dict[str, str]) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"{url_for('history.list_reviews')}{query}"
