"""The gap sweep: by hand, or in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace.logs import Logs
from reviews.sweep.sweep import GapSweep
from reviews.sweep.sweep_rules import BESIDE_WEBHOOK, WITHOUT_WEBHOOK
from runtime.observe import event_log
from webhook.address import PATH
from webhook.docspace_logs import DocSpaceLogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.http import Http
    from runtime.wiring.wiring import Wiring
    from webhook.enrichment import Enrichment


def build_manual_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool] = lambda: False
) -> GapSweep:
    """Return the use case for a manual sweep; `wait` and `stopping` are passed to it."""
    return _build_sweep(wiring, wiring.docspace_http, portal=wiring.portal, wait=wait, stopping=stopping)


def build_worker_sweep(
    wiring: Wiring, *, wait: Callable[[float], object], stopping: Callable[[], bool]
) -> GapSweep:
    """Return the worker's sweep: it takes a part of the calls that DocSpace allows."""
    http = wiring.connect_for_sweeps()
    return _build_sweep(wiring, http, portal=wiring.build_portal(http), wait=wait, stopping=stopping)


def _build_sweep(
    wiring: Wiring,
    http: Http,
    *,
    portal: Enrichment,
    wait: Callable[[float], object],
    stopping: Callable[[], bool],
) -> GapSweep:
    settings = wiring.settings
    address = f"{settings.public_url}{PATH}" if settings.public_url else ""
    rules = BESIDE_WEBHOOK if settings.has_receiver else WITHOUT_WEBHOOK
    return GapSweep(
        transactions=wiring.transactions,
        portal=portal,
        logs=DocSpaceLogs(Logs(http), address),
        baseline=wiring.baseline,
        routes=wiring.routes,
        clock=wiring.clock,
        wait=wait,
        interval=settings.sweep_interval,
        rules=rules,
        stopping=stopping,
        report=event_log.write,
    )
