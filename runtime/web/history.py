"""The history page of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.history.visitor import HistorySignInMethods
from runtime.wiring.pages import build_archive, build_duty_forms

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from reviews.people.mailed_codes import MailedCodes
    from runtime.wiring.wiring import Wiring

HOME = "reviews"


def create_blueprint(
    wiring: Wiring, wake: Callable[[], None], *, sign_in: bool, codes: MailedCodes | None
) -> Blueprint:
    """Return `/reviews`; `sign_in` says whether there is an issuer, `wake` is as in `build_answers`."""
    # Imported here: every process that draws no page would load its parts at the start too.
    from pages.history.receipt import add_receipt  # noqa: PLC0415
    from pages.history.views import build_history_page  # noqa: PLC0415

    sign_in_methods = list_sign_in_methods(wiring, sign_in=sign_in, codes=codes is not None)
    archive = build_archive(wiring)
    blueprint = build_history_page(
        archive,
        wiring.sign_in_links,
        wiring.sign_in_addresses,
        sign_in_methods=sign_in_methods,
        review_links=wiring.links,
        openings=wiring.openings,
        codes=codes,
        comparison_views=wiring.comparison_views,
        duty_forms=build_duty_forms(wiring, wake),
    )
    add_receipt(blueprint, wiring.review_receipts, sign_in_methods, clock=wiring.clock)
    return blueprint


def list_sign_in_methods(wiring: Wiring, *, sign_in: bool, codes: bool) -> HistorySignInMethods:
    """Return how people can sign in to the pages."""
    settings = wiring.settings
    return HistorySignInMethods(
        sign_in=sign_in,
        slack=settings.slack_command if "slack" in wiring.channels else "",
        teams="teams-bot" in wiring.channels or bool(settings.teams_app_id),
        codes=codes,
    )
