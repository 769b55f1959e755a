"""The gap sweep of this installation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docspace.client import Client
from docspace.logs import Logs
from reviews.sweep.sweep import GapSweep
from runtime.observe import event_log
from webhook.docspace_logs import DocSpaceLogs
from webhook.enrichment import Enrichment
from webhook.views import PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from reviews.ports.unit_of_work import Transactions
    from runtime.wiring.wiring import Wiring

BATCH_SIZE = 5000


def build_manual_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool] = lambda: False
) -> GapSweep:
    """Return the use case for a manual sweep; `wait` and `stopping` are passed to it."""
    return _build_sweep(wiring, wiring.docspace_http, wiring.portal, wait, stopping)


def build_worker_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool]
) -> GapSweep:
    """Return the worker's sweep: it takes a part of the calls that DocSpace allows."""
    http = wiring.connect_for_sweeps()
    return _build_sweep(wiring, http, Enrichment(Client(http)), wait, stopping)


def _build_sweep(
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
        records=DocSpaceLogs(Logs(http), address),
        baseline=wiring.baseline,
        routes=wiring.routes,
        clock=wiring.clock,
        wait=wait,
        every=timedelta(minutes=settings.sweep_minutes),
        stopping=stopping,
        report=event_log.write,
    )


def compare_all_listings(transactions: Transactions) -> None:
    """Have the next sweep of each watched folder compare its whole listing, whatever its log shows."""
    changed = BATCH_SIZE
    while changed:
        with transactions() as work:
            changed = work.baselines.request_listing(BATCH_SIZE)
            work.commit()
