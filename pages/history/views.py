"""`/reviews`: the list, one review whole, the list as a spreadsheet. GET alone, and nothing is recorded."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, stream_with_context, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, frame, proven, sign_in_codes, spoken
from pages.files import read_table
from pages.headers import safe
from pages.history import filters, sign_in
from pages.history.figures import figures
from pages.history.sheet import sheet
from pages.history.shown import given, posted, row
from pages.history.visitor import Ways, ask_in, drawn, forget_wanted, go_in, known, wanted_before
from pages.sign_in_codes import Page
from reviews.cards.card_drawing import card_of
from reviews.kinds import ChangeKind, ReviewState
from reviews.language import _, marked
from reviews.lists.archive import Standing
from reviews.lists.file_lists import FileLists
from reviews.lists.inbox import CHANNEL
from reviews.wording.phrases import VERBS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.sign_in_links import SignInAddresses
    from reviews.cards.card_context import Neighbour
    from reviews.lists.archive import Archive, Sought
    from reviews.model import Review
    from reviews.people.mailed_codes import Codes
    from reviews.people.sign_in_links import SignInLinks
    from reviews.proven_person import ProvenPerson

OLD_FORM = marked("The page was open for too long, or your browser keeps no cookies for it. Try again.")
STANDINGS = {
    Standing.OPEN: marked("Open"),
    Standing.OVERDUE: marked("Overdue"),
    Standing.ACKNOWLEDGED: marked("Reviewed"),
    Standing.CHANGES_REQUESTED: marked("Changes requested"),
}


def history_page(
    archive: Archive,
    links: SignInLinks,
    addresses: SignInAddresses,
    *,
    ways: Ways,
    codes: Codes | None = None,
) -> Blueprint:
    """Return the blueprint; the application keeps sessions and has the acknowledge page's stylesheet."""
    blueprint = Blueprint("history", __name__, template_folder="templates")
    spoken.speak(blueprint)

    @blueprint.before_request
    def check_form() -> None:
        request.max_content_length = browser.LARGEST_FORM
        if request.method == "POST":
            browser.forms.protect()

    ways = replace(ways, codes=codes is not None)
    sign_in.add(blueprint, links, addresses, ways=ways)
    if codes is not None:
        page = Page(
            asks=lambda said, status: ask_in(ways, now=codes.clock(), said=said, status=status),
            back=lambda: safe(redirect(url_for("history.found"), HTTPStatus.SEE_OTHER)),
            lets_in=go_in,
        )
        sign_in_codes.add(blueprint, codes, "/reviews", page)
    _add_lists(blueprint, archive, ways)
    _add_review(blueprint, archive, ways)

    @blueprint.post("/reviews/sign-out")
    def sign_out() -> AnyResponse:
        proven.forget()
        return go_in()

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return drawn("sentence.html", status=HTTPStatus.BAD_REQUEST, sentence=_(OLD_FORM))

    return blueprint


def _add_lists(blueprint: Blueprint, archive: Archive, ways: Ways) -> None:
    @blueprint.get("/reviews")
    def found() -> AnyResponse:
        now = archive.clock()
        who = known(now)
        if who is None:
            return ask_in(ways, now=now)
        if wanted_before():
            return go_in()
        return _list(archive, who)

    @blueprint.get("/reviews.csv")
    def handed_out() -> AnyResponse:
        now = archive.clock()
        who = known(now)
        if who is None:
            return ask_in(ways, now=now)
        rows = archive.all(filters.read(request.args), who.aliases)
        response = Response(stream_with_context(sheet(rows, now=now)), mimetype="text/csv")
        name = f"reviews-{filters.today(now)}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return safe(response)


def _add_review(blueprint: Blueprint, archive: Archive, ways: Ways) -> None:
    lists = FileLists(transactions=archive.transactions)

    @blueprint.get("/reviews/<review_id>")
    def whole(review_id: str) -> AnyResponse:
        now = archive.clock()
        who = known(now)
        if who is None:
            return ask_in(ways, now=now)
        forget_wanted()
        found = archive.whole(review_id, who.aliases)
        if found is None:
            return drawn("unknown.html", status=HTTPStatus.NOT_FOUND, who=who)
        card = card_of(found.review, found.context)
        table = read_table(lists, found.review, _whole_review, asked=request.args)
        return drawn(
            "review.html",
            who=who,
            found=found,
            card=card,
            table=table,
            here=partial(url_for, "history.whole", review_id=review_id),
            newer=_way_to(card.newer),
            earlier=_way_to(card.earlier),
            inbox=_inbox(found.review),
            answers=[given(answer) for answer in found.review.answers],
            posts=[posted(card) for card in found.review.cards],
        )


def _way_to(review: Neighbour | None) -> str:
    return url_for("history.whole", review_id=review.review_id) if review else ""


def _whole_review(review: Review) -> str:
    return url_for("history.whole", review_id=review.id)


def _inbox(review: Review) -> str:
    """Return where an open review can be answered that was sent to the inbox."""
    is_there = review.state is ReviewState.OPEN and any(card.notifier == CHANNEL for card in review.cards)
    return frame.address_of("inbox.review", review_id=review.id) if is_there else ""


def _list(archive: Archive, who: ProvenPerson) -> AnyResponse:
    now, sought = archive.clock(), filters.read(request.args)
    found = archive.find(sought, who.aliases, filters.turn(request.args))
    page = found.page
    asked = filters.written(sought)
    is_first = page.behind is None
    return drawn(
        "list.html",
        who=who,
        sought=sought,
        asked=asked,
        found=found,
        is_first=is_first,
        rows=[row(entry.review, now, found.routes) for entry in page.entries],
        first=[row(entry.review, now, found.routes) for entry in found.first],
        newer=filters.turned(sought, page.behind, ahead=False),
        older=filters.turned(sought, page.ahead, ahead=True),
        kept_since=archive.kept_since,
        tabs=_tabs(sought, asked),
        kinds=[(kind.value, _name_kind(kind)) for kind in ChangeKind],
        figures=figures(archive.weeks(sought, who.aliases)) if is_first else None,
    )


def _name_kind(kind: ChangeKind) -> str:
    return _("many files at once") if kind is ChangeKind.BULK else _(VERBS[kind])


def _tabs(sought: Sought, asked: dict[str, str]) -> list[tuple[str, str, bool]]:
    """Return what is said on each tab, where it leads, and whether it is the one that is open."""
    everything = {name: value for name, value in asked.items() if name != "state"}
    tabs = [(_("All"), _address(everything), sought.standing is None)]
    for standing, words in STANDINGS.items():
        asked_for = {**everything, "state": standing.value}
        tabs.append((_(words), _address(asked_for), sought.standing is standing))
    return tabs


def _address(asked: dict[str, str]) -> str:
    said = f"?{urlencode(asked)}" if asked else ""
    return f"{url_for('history.found')}{said}"
