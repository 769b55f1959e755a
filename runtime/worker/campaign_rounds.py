"""The rounds over campaigns: one that fails does not block those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.skipping_rounds import SkippingRounds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reviews.campaigns.campaign_work import CampaignWork
    from reviews.ports.failure_isolation import FailureIsolation


class CampaignRounds:
    """Rounds over the campaigns that are due; `wake` is called when there is something to deliver."""

    def __init__(self, campaign_work: CampaignWork, wake: Callable[[], None]) -> None:
        self._campaign_work = campaign_work
        self._wake = wake
        self._rounds = SkippingRounds("campaigns", self._process_due)

    def process_some(self) -> bool:
        """Process some campaigns; return whether more are due now. Raises `ItemsFailed` if one failed."""
        return self._rounds.process_some()

    def _process_due(self, *, exclude: Collection[str], isolate: FailureIsolation) -> int:
        count = self._campaign_work.process_due(exclude=exclude, isolate=isolate)
        if count:
            self._wake()
        return count
