"""The gap sweep of this installation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace.logs import Logs
from reviews.sweep import GapSweep
from runtime import lines
from webhook.gaps import Gaps
from webhook.views import PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring import Wiring


def gap_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool] = lambda: False
) -> GapSweep:
    """Return the use case; `wait` and `stopping` as it takes them."""
    settings = wiring.settings
    address = f"{settings.public_url}{PATH}" if settings.public_url else ""
    return GapSweep(
        transactions=wiring.transactions,
        portal=wiring.portal,
        records=Gaps(Logs(wiring.docspace), address),
        baseline=wiring.baseline,
        routes=wiring.routes,
        clock=wiring.clock,
        wait=wait,
        every=timedelta(minutes=settings.sweep_minutes),
        stopping=stopping,
        report=lines.write,
    )
