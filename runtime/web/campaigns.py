"""The pages of campaigns of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.wiring import pages as page_wiring

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
    from pages.campaigns.campaign_page import CampaignServices  # noqa: PLC0415
    from pages.campaigns.views import build_campaign_pages  # noqa: PLC0415

    return build_campaign_pages(
        CampaignServices(
            pages=page_wiring.build_campaign_pages(wiring),
            answers=wiring.build_answers(wake),
            links=wiring.links,
            sign_in_methods=sign_in_methods,
        )
    )
