"""The gap sweep of this installation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace.client import Client
from docspace.logs import Logs
from reviews.sweep.sweep import GapSweep
from runtime.observe import event_log
from webhook.enrich import Enrichment
from webhook.gaps import Gaps
from webhook.views import PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from reviews.ports.unit_of_work import Transactions
    from runtime.wiring.wiring import Wiring

MOST_AT_ONCE = 5000


def gap_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool] = lambda: False
) -> GapSweep:
    """Return the use case for a sweep by hand; `wait` and `stopping` as it takes them."""
    return _built(wiring, wiring.docspace, wiring.portal, wait, stopping)


def steady_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool]
) -> GapSweep:
    """Return the worker's: it takes a part of the calls that DocSpace allows."""
    http = wiring.docspace_for_sweeps()
    return _built(wiring, http, Enrichment(Client(http)), wait, stopping)


def _built(
    wiring: Wiring,
    http: Http,
    portal: Enrichment,
    wait: Callable[[float], object],
    stopping: Callable[[], bool],
) -> GapSweep:
    settings = wiring.settings
    address = f"{settings.public_url}{PATH}" if settings.public_url else ""
    return GapSweep(
        transactions=wiring.transactions,
        portal=portal,
        records=Gaps(Logs(http), address),
        baseline=wiring.baseline,
        routes=wiring.routes,
        clock=wiring.clock,
        wait=wait,
        every=timedelta(minutes=settings.sweep_minutes),
        stopping=stopping,
        report=event_log.write,
    )


def compare_all_listings(transactions: Transactions) -> None:
    """Have the next sweep of each watched folder compare its whole listing, whatever its log says."""
    changed = MOST_AT_ONCE
    while changed:
        with transactions() as work:
            changed = work.baselines.list_again(MOST_AT_ONCE)
            work.commit()
