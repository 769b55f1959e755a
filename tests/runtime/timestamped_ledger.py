"""A signed ledger whose checkpoints an authority timestamps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from runtime.evidence.timestamp_client import TimestampClient
from runtime.evidence.timestamping import Timestamping
from runtime.evidence.timestamps import parse_certificates
from store import timestamps
from tests.runtime.signed_ledger import SignedLedger

if TYPE_CHECKING:
    from datetime import timedelta

    from cryptography import x509

    from store.timestamps import Attempt, StoredTimestamp
    from tests.edge.fake_authority import FakeAuthority


def read_roots(authority: FakeAuthority) -> tuple[x509.Certificate, ...]:
    return parse_certificates(authority.certificates.root.read_bytes())


class TimestampedLedger(SignedLedger):
    """A ledger, and what asks an authority whose root is trusted."""

    def use_authority(
        self, authority: FakeAuthority, *, roots: tuple[x509.Certificate, ...] | None = None
    ) -> None:
        trusted = read_roots(authority) if roots is None else roots
        client = TimestampClient(authority.url, roots=trusted, clock=self.clock)
        self.authority = authority
        self.timestamping = Timestamping(self.engine, client, clock=self.clock)

    def grow(self, count: int = 1) -> None:
        self.append(count)
        self.cover()

    def ask_later(self, after: timedelta) -> bool:
        """Ask when so much time has passed, for the authority too."""
        self.clock.now += after
        self.authority.time = self.clock.now
        return self.timestamping.ask_due()

    def find_timestamp(self) -> StoredTimestamp | None:
        """Return the last one, whatever the clock says."""
        return timestamps.find_last_timestamp(self.engine, until=date.max)

    def read_attempt(self) -> Attempt:
        return timestamps.read_attempt(self.engine)
