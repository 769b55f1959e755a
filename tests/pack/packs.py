"""A pack of a made-up ledger that is signed, covered each day and timestamped; and the packs of forgers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from reviews.sweep.completeness import Completeness
from runtime.evidence.timestamping import get_day
from runtime.pack.evidence_writer import EvidenceSource
from runtime.pack.pack_check import check_pack
from runtime.pack.pack_writer import PackSource, WrittenPack, write_pack
from store.timestamps import StoredTimestamp, record_timestamp
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.edge.fake_authority import FakeAuthority
from tests.pack.ledgers import ROUTE, SINCE, make_bodies
from tests.pack.requests import build_request
from tests.reviews.samples import Clock
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from reviews.pack.report import PackEvidence, PackReport
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.pack.pack_check import PackVerdict
    from tests.databases import SqliteDatabases

KEY = make_key().build_verifier_key(ORIGIN)
"""That of the ledgers, unless they are given others."""
PDF = b"%PDF-1.7\n"
REVIEWS, ENTRIES, SIZE = 40, 157, 200
"""Reviews of a pack of the whole year, its entries, and all entries of the ledger."""
MADE_AT = datetime(2027, 1, 5, 12, 0, 0, 345_678, tzinfo=UTC)
FOLDERS = (
    Completeness(
        folder_id="539565",
        title="Policies",
        route=ROUTE,
        up_to=MADE_AT - timedelta(minutes=5),
        stopped_by=None,
        since=SINCE - timedelta(days=3),
        swept_to=MADE_AT,
        listed_to=MADE_AT,
    ),
)


class QuietProgress:
    """Shows nothing."""

    def begin(self, title: str, *, unit: str = "files") -> None:
        pass

    def update(self, done: int, total: int) -> None:
        pass


def write_plain_pdf(report: PackReport, evidence: PackEvidence, *, language: str) -> bytes:  # noqa: ARG001
    """Return what stands for the PDF: how one is made has tests of its own."""
    return PDF


def fill_signed(engine: sa.Engine, count: int = REVIEWS, *, keys: LedgerKeys | None = None) -> SignedLedger:
    """Return the ledger of a year, covered on three days of it, of which the last two are timestamped."""
    signed, parts = SignedLedger(engine, keys), 3
    bodies = make_bodies(count)
    step = -(-len(bodies) // parts)
    for number in range(parts):
        signed.clock.now = SINCE + timedelta(days=100 * (number + 1), hours=1, microseconds=1)
        append_bodies(signed, bodies[number * step : (number + 1) * step])
        signed.cover()
        if number:
            timestamp_last(signed)
    return signed


def append_bodies(signed: SignedLedger, bodies: Sequence[dict[str, Any]]) -> None:
    with SqlUnitOfWork(signed.engine) as work:
        for body in bodies:
            work.ledger.append(body)
        work.commit()


def timestamp_last(signed: SignedLedger) -> None:
    stored, now = signed.read_stored(), signed.clock.now.replace(microsecond=0)
    query = TimestampRequestBuilder(stored.note.encode(), HashAlgorithm.SHA256).build()
    response = FakeAuthority(time=now).timestamp(query.as_bytes())
    record_timestamp(
        signed.engine,
        StoredTimestamp(
            day=get_day(now), size=stored.size, note=stored.note, response=response, time=now, at=now
        ),
    )


def build_source(signed: SignedLedger, **members: Any) -> PackSource:
    return PackSource(
        evidence=EvidenceSource(engine=signed.engine, keys=signed.keys, **members),
        read_folders=lambda _route: FOLDERS,
        write_pdf=write_plain_pdf,
        clock=Clock(MADE_AT),
    )


def write(
    signed: SignedLedger,
    target: Path,
    *,
    language: str = "en",
    source: PackSource | None = None,
    **members: Any,
) -> WrittenPack:
    return write_pack(
        source or build_source(signed),
        build_request(**members),
        target,
        language=language,
        progress=QuietProgress(),
    )


def write_filled(databases: SqliteDatabases, target: Path) -> Path:
    """Return the pack of a new ledger of a year, whose database is needed no more."""
    engine = engine_on(databases.new())
    write(fill_signed(engine), target)
    engine.dispose()
    return target


def check(pack: Path, **trusted: Any) -> PackVerdict:
    """Check a pack by the key of its ledger, or what else is trusted."""
    return check_pack(pack, progress=QuietProgress(), **{"keys": [KEY], **trusted})


def find_problem(pack: Path) -> str | None:
    """Return what is wrong after all sums were made anew."""
    sum_again(pack)
    return check(pack).problem


def sum_again(pack: Path) -> None:
    """Write the sums of the files that are there, as a forger would."""
    files = sorted(
        str(file.relative_to(pack))
        for file in pack.rglob("*")
        if file.is_file() and file.name != "SHA256SUMS"
    )
    lines = [f"{hashlib.sha256((pack / name).read_bytes()).hexdigest()}  {name}\n" for name in files]
    (pack / "SHA256SUMS").write_text("".join(lines))
