"""What the auditor's packs are made from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.pack.completeness import read_folders
from runtime.pack.evidence_writer import EvidenceSource
from runtime.pack.pack_writer import PackSource
from runtime.pack.pdf import write_pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.sweep.completeness import Completeness
    from runtime.wiring.wiring import Wiring


def build_pack_source(wiring: Wiring) -> PackSource:
    evidence = EvidenceSource(
        engine=wiring.engine,
        keys=wiring.ledger_keys,
        policy=wiring.witness_policy,
        tsa_certificates=wiring.tsa_certificates,
    )
    return PackSource(
        evidence=evidence,
        read_folders=partial(_read_folders, wiring),
        write_pdf=write_pdf,
        clock=wiring.clock,
    )


def _read_folders(wiring: Wiring, route: str) -> Sequence[Completeness]:
    with wiring.transactions(reading=True) as work:
        return read_folders(work, wiring.routes, route)
