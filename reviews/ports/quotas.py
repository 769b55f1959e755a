"""Quotas: how often something may be done within a time, counted for a browser, a network, an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

MAX_QUOTA_PERIOD = timedelta(hours=1)
"""The longest period of any quota, so an older count is of no use."""


@dataclass(frozen=True)
class Quota:
    """A number of uses within a time that begins with the first of them, at most `MAX_QUOTA_PERIOD`."""

    max_uses: int
    period: timedelta


@dataclass(frozen=True, kw_only=True)
class CodeQuotas:
    """How often codes may be requested, mailed and tried.

    A person has one browser; a whole office may share one network address.
    """

    requests_per_browser: Quota = Quota(10, MAX_QUOTA_PERIOD)
    requests_per_network: Quota = Quota(300, MAX_QUOTA_PERIOD)
    guesses_per_browser: Quota = Quota(20, MAX_QUOTA_PERIOD)
    guesses_per_network: Quota = Quota(600, MAX_QUOTA_PERIOD)
    mails_per_address: Quota = Quota(4, MAX_QUOTA_PERIOD)
    """Mails to one address, for each way of requesting."""
    mail_interval: Quota = Quota(1, timedelta(seconds=20))
    """Minimum interval between two of those mails."""


DEFAULT_CODE_QUOTAS = CodeQuotas()


def make_quota_key(*parts: str) -> str:
    """Return the name that a count is stored under: a hash, since the parts name people and networks."""
    return sha256("\n".join(parts).encode()).hexdigest()
