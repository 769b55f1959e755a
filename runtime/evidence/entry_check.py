"""The check of the entries that a checkpoint is to cover.

Entries after the beginning of the ledger's key need a MAC. Those before it are held by the hash of the last
one of them, which the key contains: they are checked up to that one before the first of them is signed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.ledger.entry_macs import MacCheck
from reviews.ledger.hash_chain import Head, LedgerBroken, verify
from store import chain, ledger_reading
from store.ledger_reading import EntryRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.ledger.hash_chain import ReadEntry, Verdict
    from runtime.evidence.ledger_key import LedgerKeys
    from store.ledger_reading import StoredEntry

    Look = Callable[[StoredEntry], None]


RESTART_AFTER_NEW_KEY = " (if ledger key new was run: restart serve and the workers)"
"""Said to a process that may still have the former key, and takes an entry by the new one for forged."""


class CheckpointRefused(Exception):
    """No checkpoint can cover the next entries; the message says why, and `entry` is the first of them."""

    def __init__(self, reason: str, *, entry: int | None = None) -> None:
        super().__init__(reason)
        self.entry = entry


class LedgerRefused(CheckpointRefused):
    """The same, after much of the ledger was read: it is not tried again at once."""


@dataclass(frozen=True, kw_only=True)
class CheckedEntries:
    """The leaves of the entries that hold, and what is wrong with the one after them."""

    leaves: list[bytes]
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class UnprovenEntries:
    """Entries that the key does not prove: how many, first and last, and what is wrong with the first."""

    count: int
    first: int
    last: int
    fault: str


@dataclass(frozen=True, kw_only=True)
class CheckedLedger:
    """A ledger whose chain holds up to `head`, and the entries in it that the key does not prove."""

    head: Head
    unproven: UnprovenEntries | None


@dataclass
class _Unproven:
    """The entries that the key does not prove, as they come."""

    entries: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, seq: int, fault: str) -> None:
        self.count += 1
        self.entries[1:] = [(seq, fault)]

    def summarize(self) -> UnprovenEntries | None:
        if not self.count:
            return None
        (first, fault), last = self.entries[0], self.entries[-1][0]
        return UnprovenEntries(count=self.count, first=first, last=last, fault=fault)


class EntryCheck:
    """Checks the entries of a database with the keys of the installation, some at a time."""

    def __init__(self, engine: sa.Engine, keys: LedgerKeys, *, batch: int) -> None:
        self._engine, self._keys, self._batch = engine, keys, batch
        self._since = keys.current.since if keys.current else Head(seq=0, hash="")
        self._early_heads: dict[int, Head] = {}

    def check(self, *, size: int, end: int, last_leaf: bytes | None) -> CheckedEntries:
        """Check some of the entries after number `size`, up to `end`; entry `size` has to have this leaf."""
        until = min(size + self._batch, end)
        saved_heads: list[Head] = []
        if size < self._since.seq:
            until = min(size + self._batch, self._since.seq)
            saved_heads = [self._find_early_head(size, until)]
        leaves: list[bytes] = []
        verdict = self._follow(size, until, self._collect(size, leaves), saved_heads)
        if saved_heads and verdict.problem is not None:
            # The last of them has to be what the key says: none is signed before.
            self._early_heads.clear()
            raise LedgerRefused(verdict.problem)
        holding = leaves[: verdict.checked]
        if last_leaf is not None:
            if holding[:1] != [last_leaf]:
                raise CheckpointRefused(f"entry {size} is not the one that the last checkpoint covers")
            del holding[0]
        problem = verdict.problem
        if problem is None and size + len(holding) < until:
            problem = f"entry {size + len(holding) + 1} is missing, though the ledger is said to go on"
        return CheckedEntries(leaves=holding, problem=problem)

    def check_all(self, signed: Checkpoint | None) -> CheckedLedger:
        """Check the whole ledger: the chain, the entries that `signed` covers, the MACs of those after them.

        Raises `LedgerBroken` for all but MACs.
        """
        size = signed.size if signed else 0
        check, unproven, leaves = self._build_mac_check(size), _Unproven(), CompactRange()

        def look(stored: StoredEntry) -> None:
            fault = check.find_fault(stored.seq, text=stored.text, mac=stored.mac) if check.keys else None
            if fault is not None:
                unproven.add(stored.seq, fault)
            if stored.seq <= size:
                leaves.append(hash_leaf(stored.leaf))

        pinned_head = chain.read_pinned_head(self._engine)
        saved_heads = [pinned_head, *([self._since] if self._since.seq else [])]
        verdict = self._follow(0, pinned_head.seq, look, saved_heads)
        if verdict.problem is not None:
            raise LedgerBroken(verdict.problem)
        if signed and (leaves.end, leaves.compute_root()) != (size, signed.root):
            raise LedgerBroken(f"the first {size} entries are not those that the last checkpoint covers")
        return CheckedLedger(head=verdict.head, unproven=unproven.summarize())

    def _find_early_head(self, size: int, until: int) -> Head:
        """Return what an entry from before the key must be, so that the entry in the key follows."""
        if until not in self._early_heads:
            heads: dict[int, Head] = {}
            verdict = self._follow(size, self._since.seq, self._note_heads(size, heads), [self._since])
            if verdict.problem is not None:
                raise LedgerRefused(verdict.problem)
            self._early_heads = heads
        return self._early_heads[until]

    def _follow(self, size: int, until: int | None, look: Look, saved_heads: list[Head]) -> Verdict:
        """Check the chain from entry `size` on; each entry is looked at before that."""

        def read() -> Iterator[ReadEntry]:
            for stored in ledger_reading.read_entries(
                self._engine, EntryRange(after=max(size - 1, 0), until=until)
            ):
                look(stored)
                yield stored.read

        return verify(read(), from_start=size == 0, saved_heads=saved_heads)

    def _build_mac_check(self, size: int) -> MacCheck:
        return MacCheck(keys=self._keys.mac_keys, after=max(size, self._since.seq))

    def _check_macs(self, size: int) -> Look:
        """Return what checks the MAC of an entry after number `size`, the last one that was signed."""
        check = self._build_mac_check(size)

        def look(stored: StoredEntry) -> None:
            fault = check.find_fault(stored.seq, text=stored.text, mac=stored.mac) if check.keys else None
            if fault is not None:
                raise LedgerBroken(fault if stored.mac is None else fault + RESTART_AFTER_NEW_KEY)

        return look

    def _collect(self, size: int, leaves: list[bytes]) -> Look:
        """Return what checks the MAC of an entry and adds its leaf."""
        check_mac = self._check_macs(size)

        def look(stored: StoredEntry) -> None:
            check_mac(stored)
            leaves.append(hash_leaf(stored.leaf))

        return look

    def _note_heads(self, size: int, heads: dict[int, Head]) -> Look:
        """Return what notes the head at the end of each batch; they count only if the whole chain holds."""

        def look(stored: StoredEntry) -> None:
            seq = stored.seq
            if (seq - size) % self._batch == 0 or seq == self._since.seq:
                heads[seq] = Head(seq=seq, hash=str(stored.read.entry.get("hash")))

        return look
