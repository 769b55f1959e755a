"""What checkpoints and proofs of a ledger cost, for `bench/ledger_bench.py`."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bench.figures import Figure
from reviews.evidence.tiles import append_leaves, build_consistency_proof, build_inclusion_proof
from runtime.evidence.checkpoint_maker import CheckpointMaker
from runtime.wiring.databases import get_utc_time
from store import ledger_tree
from store.ledger_tree import StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from reviews.evidence.tiles import TileId
    from runtime.evidence.ledger_key import LedgerKeys

LEAVES, LEAVES_AT_ONCE, PROOFS = 10_000_000, 256 * 256, 200
ORIGIN = "bench.example.com"


@dataclass(frozen=True, kw_only=True)
class TreeRun:
    """Entries covered in a second, seconds of a proof, and rows that it reads at most."""

    covered: float
    proof: float
    rows: int


class _CountedTiles:
    """The stored tiles, and how many of them a proof has read at most."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self.most = engine, 0

    def __call__(self, ids: Collection[TileId]) -> Mapping[TileId, bytes]:
        self.most = max(self.most, len(ids))
        return ledger_tree.read_tiles(self._engine, ids)


def measure_tree(engine: sa.Engine, empty: sa.Engine, keys: LedgerKeys, *, leaves: int) -> TreeRun:
    """Cover the entries of a ledger, and prove entries of an `empty` one whose tree has so many leaves."""
    maker = CheckpointMaker(engine, keys, origin=ORIGIN, clock=get_utc_time)
    began = time.perf_counter()
    while maker.make():
        pass
    took = time.perf_counter() - began
    last = ledger_tree.read_last_checkpoint(engine)
    if last is None or (fault := ledger_tree.read_fault(engine)) is not None:
        raise SystemExit(f"the ledger is not covered: {fault.reason if last and fault else 'no checkpoint'}")
    _grow_tree(empty, leaves)
    tiles = _CountedTiles(empty)
    durations = [_time_proofs(tiles, number * leaves // PROOFS, leaves) for number in range(PROOFS)]
    return TreeRun(covered=last.size / took, proof=statistics.median(durations), rows=tiles.most)


def list_tree_figures(runs: Mapping[str, TreeRun]) -> Iterator[Figure]:
    for database, run in runs.items():
        covered = Figure(row="entries that a checkpoint covers", value=run.covered, unit="a second")
        proof = Figure(row="proofs of an entry, of ten million", value=run.proof * 1000, unit="ms")
        yield replace(covered, database=database)
        yield replace(proof, database=database)


def _grow_tree(engine: sa.Engine, leaves: int) -> None:
    """Store the tree of so many made-up leaves."""
    for number, size in enumerate(range(0, leaves, LEAVES_AT_ONCE), start=1):
        count = min(LEAVES_AT_ONCE, leaves - size)
        hashes = [sha256(index.to_bytes(8)).digest() for index in range(size, size + count)]
        tiles = append_leaves(size, hashes, lambda ids: ledger_tree.read_tiles(engine, ids))
        checkpoint = StoredCheckpoint(number=number, size=size + count, note="", at=get_utc_time())
        ledger_tree.add_checkpoint(engine, checkpoint, tiles)


def _time_proofs(tiles: _CountedTiles, index: int, leaves: int) -> float:
    """Return the seconds of an inclusion proof and a consistency proof."""
    began = time.perf_counter()
    build_inclusion_proof(index, size=leaves, read=tiles)
    build_consistency_proof(index, size=leaves, read=tiles)
    return time.perf_counter() - began
