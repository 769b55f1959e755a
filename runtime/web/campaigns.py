"""The pages of campaigns of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.wiring.pages import build_campaign_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint

    from pages.history.visitor import HistorySignInMethods
    from runtime.wiring.wiring import Wiring


def create_blueprint(
    wiring: Wiring, wake: Callable[[], None], sign_in_methods: HistorySignInMethods
) -> Blueprint:
    """Return `/campaigns`; `wake` is called as in `Wiring.build_answers`."""
    # Imported here: every process that draws no page would load its parts at the start too.
    from pages.campaigns.views import build_campaign_pages  # noqa: PLC0415

    return build_campaign_pages(build_campaign_services(wiring, wake, sign_in_methods))
