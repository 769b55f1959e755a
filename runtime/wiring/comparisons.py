"""The use cases around comparisons of documents, and what people open of them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from docspace.limits import READ_SECONDS
from reviews.answers.carrying import carry_acknowledgement
from reviews.answers.change_pages import ChangePages
from reviews.answers.openings import Openings
from reviews.comparisons.comparing import Comparing
from reviews.comparisons.viewing import ComparisonViews
from runtime.call_limits.call_allowance import TurnWait
from runtime.call_limits.spare_calls import SPARE_TURN_SECONDS
from runtime.observe import event_log
from runtime.wiring.channels import ChannelWiring
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class ComparisonWiring(ChannelWiring):
    """What reads documents is loaded by a worker alone."""

    @cached_property
    def comparison_views(self) -> ComparisonViews:
        return ComparisonViews(
            transactions=self.request_transactions, routes=self.routes, clock=self.clock, sealer=self.sealer
        )

    @cached_property
    def openings(self) -> Openings:
        """Records what people open; a busy database fails no page and no click because of it."""
        return Openings(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            outage_errors=DATABASE_ERRORS,
            report=event_log.write,
        )

    @cached_property
    def change_pages(self) -> ChangePages:
        return ChangePages(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            views=self.comparison_views,
            find_page=self._find_page,
            openings=self.openings,
        )

    def build_comparing(self, wait: Callable[[float], bool]) -> Comparing:
        """Return the worker's use case; its calls to DocSpace are those that events leave."""
        from documents.limits import MAX_FILE_BYTES  # noqa: PLC0415
        from runtime.documents.isolated_comparer import IsolatedComparer  # noqa: PLC0415

        turn_wait = TurnWait(seconds=SPARE_TURN_SECONDS, wait=wait)
        http = self._docspace_calls.connect_with_spare_calls(timeout=READ_SECONDS, turn_wait=turn_wait)
        return Comparing(
            transactions=self.transactions,
            routes=self.routes,
            source=self.build_documents(http, max_bytes=MAX_FILE_BYTES),
            comparer=IsolatedComparer(),
            sealer=self.sealer,
            carry=carry_acknowledgement,
            clock=self.clock,
            random=random.random,
            report=event_log.write,
        )
