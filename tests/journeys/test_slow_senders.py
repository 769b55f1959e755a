"""A slow sender takes no other sender's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from tests.edge.slow_senders import HALF_A_HEAD, bodies, slow_senders
from tests.journeys.processes import eventually

if TYPE_CHECKING:
    from tests.journeys.running_installation import RunningInstallation

SLOW = 40


def test_forty_slow_senders_hold_up_neither_health_nor_deliveries(serving: RunningInstallation) -> None:
    """Their bodies may take ten seconds; a server that gave each a thread would answer no one until then."""
    address = ("127.0.0.1", serving.product.port)

    def answers_others() -> bool:
        """Return whether the server still waited for all of them when it had answered."""
        beginnings = [HALF_A_HEAD, *bodies("/docspace/webhook", "/slack/events")]
        with slow_senders(address, beginnings, count=SLOW) as slow:
            slow.drip()
            health = requests.get(f"{serving.product.url}/healthz", timeout=60)
            serving.save("Sent meanwhile.docx")
            return health.status_code == 200 and slow.waiting() == SLOW

    # On a slow machine the server may give some up before it has seen all.
    eventually(answers_others)
