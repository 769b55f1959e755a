"""The whole portal: its state, and an action for each cause of an event (facts on DocSpace, 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.detail_actions import DetailActions
from demo.faults import Faults
from demo.folder_actions import FolderActions
from demo.form_actions import FormActions
from demo.limits import Meter
from demo.place_actions import PlaceActions

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from demo.emission import Generation
    from demo.limits import RequestLimits


class DemoPortal(FormActions, DetailActions, PlaceActions, FolderActions):
    """A whole portal in memory. `by` is always the id of the acting person.

    `generation` chooses the payload shape and may be switched at any time. `address` is the portal's own, as
    in the links of v1 payloads. `faults` scripts faults on the REST side. `emitted` has all events in order,
    whether or not a sender listened. `limits` turns the rate limits on.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        generation: Generation = "classic",
        address: str = "https://acme.onlyoffice.com",
        limits: RequestLimits | None = None,
    ) -> None:
        super().__init__(clock, generation=generation, address=address)
        self.release = "3.7.0"
        self.faults = Faults()
        self.meter = Meter(clock, limits)
