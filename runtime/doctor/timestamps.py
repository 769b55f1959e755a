"""The timestamps on the ledger's checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.doctor.evidence import MAKE_KEY, has_ledger_tables
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.evidence.timestamping import get_day
from runtime.evidence.timestamps import InvalidTimestamp, read_timestamp
from store.timestamps import find_last_timestamp, read_attempt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from store.timestamps import StoredTimestamp

TIMESTAMPS = "ledger timestamps"


def check_timestamps(wiring: Wiring) -> Iterator[Finding]:
    """Report what the authority of `TSA_URL` answers, and whether the last timestamp holds."""
    if not wiring.settings.tsa_url or not has_ledger_tables(wiring):
        return
    if not wiring.ledger_keys.all:
        message = "no checkpoint is timestamped: without a key none is signed"
        yield report_warning(TIMESTAMPS, message, MAKE_KEY)
    if not wiring.tsa_certificates:
        message = "the signature of the authority is not verified"
        remedy = "set TSA_CERTIFICATES to a file with its root certificates (PEM)"
        yield report_warning(TIMESTAMPS, message, remedy)
    attempt = read_attempt(wiring.engine)
    last = find_last_timestamp(wiring.engine, until=get_day(wiring.clock()))
    if attempt.failure is not None:
        message = f"{attempt.failure}, since {attempt.failing_since:%Y-%m-%d %H:%M} UTC"
        yield report_warning(TIMESTAMPS, message, "the authority is asked again every ten minutes")
    if last is not None:
        yield _report_last(wiring, last)
    elif attempt.failure is None:
        message = "no checkpoint was timestamped yet"
        yield report_warning(TIMESTAMPS, message, "a worker asks the authority: see whether one is running")


def _report_last(wiring: Wiring, last: StoredTimestamp) -> Finding:
    try:
        timestamp = read_timestamp(last.response, last.note.encode(), roots=wiring.tsa_certificates)
    except InvalidTimestamp as error:
        message = f"the one of {last.day} does not hold: {error}"
        return report_error(TIMESTAMPS, message, "see whether TSA_CERTIFICATES has the authority's root")
    authority = timestamp.authority or "an authority that it does not name"
    entries = f"{last.size:,} entries" if last.size != 1 else "1 entry"
    return report_ok(
        TIMESTAMPS,
        f"{entries} existed on {timestamp.time:%Y-%m-%d} at {timestamp.time:%H:%M:%S} UTC, says {authority}",
    )
