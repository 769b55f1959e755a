"""The rounds over campaigns: one that fails does not block the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.round_isolation import RoundIsolation

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.campaigns.campaign_work import CampaignWork


class CampaignRounds:
    """Rounds over the campaigns that are due; `wake` is called when there is something to deliver."""

    def __init__(self, campaign_work: CampaignWork, wake: Callable[[], None]) -> None:
        self._campaign_work = campaign_work
        self._wake = wake
        self._isolation = RoundIsolation("campaigns")

    def process_some(self) -> None:
        """Process the campaigns that are due. Raises `ItemsFailed` if one failed."""
        with self._isolation.isolate_round() as isolation:
            if self._campaign_work.process_due(isolate=isolation):
                self._wake()
