"""What a sweep looks at, and how far it claims to be complete, beside a webhook and without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LOG_GRACE = timedelta(minutes=2)
"""How far the watermark stays behind a sweep: logs are written a little later (facts on DocSpace, 4.4)."""
CLOCK_MARGIN = timedelta(minutes=1)
"""How far ahead of ours DocSpace's clock may be."""
CLOSE_INTERVAL = timedelta(seconds=10)
"""Interval of the sweeps of a folder whose listing shows more than its log."""


@dataclass(frozen=True, kw_only=True)
class SweepRules:
    """How sweeps work together with the webhook; the defaults are those of an installation that has one.

    `finds_all` means that there is no webhook, so that the sweep alone finds changes: it does not read the
    log of deliveries, looks at the files that were modified last, and comes back soon to a folder whose
    listing shows what its log doesn't have yet.
    """

    finds_all: bool = False
    delivery_grace: timedelta = LOG_GRACE
    """Newer changes are left to their delivery, which may be on its way; negative is in the future."""


BESIDE_WEBHOOK = SweepRules()
WITHOUT_WEBHOOK = SweepRules(finds_all=True, delivery_grace=-CLOCK_MARGIN)
