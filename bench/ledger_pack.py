"""What an auditor's pack costs, for `bench/ledger_bench.py`: written as a whole, and verified."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.figures import Figure
from reviews.pack.pack_request import PackRequest
from runtime.evidence.checkpoint_maker import CheckpointMaker
from runtime.pack.evidence_writer import EvidenceSource
from runtime.pack.pack_check import check_pack
from runtime.pack.pack_writer import PackSource, write_pack
from runtime.pack.pdf import write_pdf
from runtime.wiring.databases import get_utc_time
from store.engine import authenticate_entries
from tests.pack.ledgers import ROUTE, SINCE, UNTIL, fill_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from runtime.evidence.ledger_key import LedgerKeys

REVIEWS = 5000
ORIGIN = "bench.example.com"


@dataclass(frozen=True, kw_only=True)
class PackRun:
    """Seconds of writing a pack with all its proofs and its PDF, and of verifying it; entries in it."""

    written: float
    verified: float
    entries: int


class _NoProgress:
    def begin(self, title: str, *, unit: str = "") -> None:
        pass

    def update(self, done: int, total: int) -> None:
        pass


def measure_pack(empty: sa.Engine, keys: LedgerKeys, *, reviews: int) -> PackRun:
    """Write and verify the pack of a year of an `empty` database with so many reviews in it."""
    authenticate_entries(empty, lambda: keys.current.mac_key if keys.current else None)
    fill_ledger(empty, reviews)
    maker = CheckpointMaker(empty, keys, origin=ORIGIN, clock=get_utc_time)
    while maker.make():
        pass
    source = PackSource(
        evidence=EvidenceSource(engine=empty, keys=keys),
        read_folders=lambda _route: (),
        write_pdf=write_pdf,
        clock=get_utc_time,
    )
    request = PackRequest(route=ROUTE, since=SINCE, until=UNTIL, sample_size=25, seed="bench")
    with TemporaryDirectory() as folder:
        target, began = Path(folder) / "pack", time.perf_counter()
        pack = write_pack(source, request, target, language="en", progress=_NoProgress())
        written, began = time.perf_counter() - began, time.perf_counter()
        verdict = check_pack(target, progress=_NoProgress())
        verified = time.perf_counter() - began
    if verdict.problem is not None:
        raise SystemExit(f"the pack does not hold: {verdict.problem}")
    return PackRun(written=written, verified=verified, entries=pack.entries)


def list_pack_figures(packs: dict[str, PackRun]) -> Iterator[Figure]:
    for database, pack in packs.items():
        written = Figure(row="the pack of a year", value=pack.written, unit="s", database=database)
        yield replace(written, beside="at most", reference=60.0)
        yield Figure(row="`ledger verify` of such a pack", value=pack.verified, unit="s", database=database)
