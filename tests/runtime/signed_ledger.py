"""A ledger whose entries have MACs and whose checkpoints are signed, and what a forger does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.evidence.checkpoints import verify_checkpoint
from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.ledger.findings import LedgerPart
from reviews.ledger.hash_chain import GENESIS_HASH, Head, chain_entry, encode_canonical
from runtime.evidence.checkpoint_maker import FAULT_LIFETIME, MAX_ENTRIES, CheckpointMaker
from runtime.evidence.ledger_key import LedgerKey, LedgerKeys, check_signature
from runtime.evidence.used_keys import list_proven_keys
from runtime.ledger_verification.ledger_check import check_ledger
from store import chain, ledger_reading, ledger_tree
from store.engine import authenticate_entries
from store.guards import restore_guards
from store.schema import ledger, ledger_head
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import Clock
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.signed_notes import VerifierKey
    from reviews.ledger.hash_chain import Verdict
    from store.ledger_tree import CheckpointFault, StoredCheckpoint, UsedKey
    from tests.reviews.desk import Desk

ORIGIN = "reviews.example.com"
EMPTY = Head(seq=0, hash=GENESIS_HASH)


def make_key(name: str = "first", since: Head = EMPTY) -> LedgerKey:
    return LedgerKey(secret=f"the {name} key of a ledger, which is long enough", since=since)


class SignedLedger:
    """A ledger with its keys; the entries are all of it."""

    def __init__(
        self,
        engine: sa.Engine,
        keys: LedgerKeys | None = None,
        *,
        clock: Clock | None = None,
        origin: str = ORIGIN,
    ) -> None:
        self.engine, self.origin, self.clock = engine, origin, clock or Clock()
        self.keys = LedgerKeys(current=make_key()) if keys is None else keys
        self._written = 0
        self.use_keys()

    def use_keys(self) -> None:
        """Write entries with these keys from now on, as the processes that have them."""
        current = self.keys.current
        authenticate_entries(self.engine, lambda: current.mac_key if current else None)

    @cached_property
    def maker(self) -> CheckpointMaker:
        return self.start_process()

    def start_process(self, *, max_entries: int = MAX_ENTRIES) -> CheckpointMaker:
        """Return what makes checkpoints in another process."""
        return CheckpointMaker(
            self.engine, self.keys, origin=self.origin, clock=self.clock, max_entries=max_entries
        )

    def with_keys(self, keys: LedgerKeys) -> SignedLedger:
        """Return the same ledger as processes with other keys see it."""
        return SignedLedger(self.engine, keys, clock=self.clock, origin=self.origin)

    def append(self, count: int = 1) -> None:
        with SqlUnitOfWork(self.engine) as work:
            for _ in range(count):
                self._written += 1
                work.ledger.append(build_entry(self._written))
            work.commit()

    def cover(self) -> Checkpoint:
        """Make checkpoints until all entries are covered, and return the last one, verified.

        So much later that a fault that no process has seen any more is forgotten.
        """
        self.clock.now += FAULT_LIFETIME * 2
        make_all(self.maker)
        return self.read_checkpoint()

    def read_checkpoint(self) -> Checkpoint:
        current = self.keys.current
        assert current is not None
        return verify_checkpoint(
            self.read_stored().note, [current.build_verifier_key(self.origin)], check_signature
        )

    def read_stored(self) -> StoredCheckpoint:
        stored = ledger_tree.read_last_checkpoint(self.engine)
        assert stored is not None
        return stored

    def read_fault(self) -> CheckpointFault | None:
        return ledger_tree.read_fault(self.engine)

    def list_proven_keys(self) -> list[UsedKey]:
        return list_proven_keys(self.engine, self.keys)

    def read_head(self) -> Head:
        return chain.read_pinned_head(self.engine)

    def verify(self, keys: LedgerKeys | None = None) -> Verdict:
        return check_ledger(self.engine, keys=self.keys if keys is None else keys)

    def list_problems(self, keys: LedgerKeys | None = None) -> list[str]:
        """Return what the check finds, but for the reviews, which these entries do not have."""
        return [each.says for each in self.verify(keys).findings if each.part is not LedgerPart.REVIEW]

    def change(self, *statements: sa.Executable) -> None:
        """Change the database as its owner can: the guards are off meanwhile, and back afterwards."""
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                guards = [f"DROP TRIGGER {name}" for name in connection.execute(query).scalars()]
            else:
                guards = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in (ledger, ledger_head)]
            for statement in (*map(sa.text, guards), *statements):
                connection.execute(statement)
        restore_guards(self.engine)

    def forge(self, mac: bytes | None = None) -> None:
        """Append an entry that chains well, with all guards in place, by writing to the database alone."""
        end = self.read_head()
        entry = chain_entry(end, {**build_entry(999), "title": "Forged.docx"})
        row = _build_row(entry, mac)
        with self.engine.begin() as connection:
            connection.execute(sa.insert(ledger).values(row))
            connection.execute(sa.update(ledger_head).values(seq=entry["seq"], hash=entry["hash"]))

    def rewrite(self, number: int, *, macs: Sequence[LedgerKey] = (), **members: Any) -> None:
        """Change an entry and calculate the chain behind it anew; with the keys also the MACs."""
        end, statements = EMPTY, []
        for entry in [stored.read.entry for stored in ledger_reading.iterate_stored(self.engine)]:
            body = {name: value for name, value in entry.items() if name not in {"seq", "hash", "prev_hash"}}
            anew = chain_entry(end, {**body, **members} if entry["seq"] == number else body)
            end = Head(seq=anew["seq"], hash=anew["hash"])
            values = {"hash": anew["hash"], "entry": encode_canonical(anew).decode()}
            if macs:
                values["mac"] = macs[0].mac_key.compute_mac(encode_canonical(anew))
            statements.append(sa.update(ledger).where(ledger.c.seq == end.seq).values(values))
        self.change(*statements, sa.update(ledger_head).values(hash=end.hash))


def make_all(maker: CheckpointMaker) -> None:
    """Have checkpoints made until there is nothing more to cover, or something in the way."""
    while maker.make():
        pass


def sign_desk(desk: Desk) -> VerifierKey:
    """Have the ledger of a desk signed until now, by a new key; return what verifies it."""
    key = make_key(since=chain.read_pinned_head(desk.engine))
    signed = SignedLedger(desk.engine, LedgerKeys(current=key), clock=desk.clock)
    desk.ledger_keys = signed.keys
    signed.cover()
    return key.build_verifier_key(ORIGIN)


def append_entries(signed: SignedLedger, review_id: str, count: int) -> None:
    """Append entries of one review, with one of another after every third."""
    with SqlUnitOfWork(signed.engine) as work:
        for number in range(count):
            work.ledger.append({**build_entry(1), "review_id": review_id})
            if number % 3 == 2:
                work.ledger.append({**build_entry(1), "review_id": "between"})
        work.commit()


def compute_plain_root(engine: sa.Engine) -> bytes:
    leaves = CompactRange()
    for text in ledger_reading.iterate_texts(engine):
        leaves.append(hash_leaf(text.encode()))
    return leaves.compute_root()


def change_entry(number: int, **values: Any) -> sa.Executable:
    return sa.update(ledger).where(ledger.c.seq == number).values(**values)


def begin_after(key: LedgerKey, head: Head) -> LedgerKey:
    return replace(key, since=head)


def _build_row(entry: dict[str, Any], mac: bytes | None) -> dict[str, Any]:
    return {
        "seq": entry["seq"],
        "review_id": entry["review_id"],
        "at": datetime.fromisoformat(entry["at"]),
        "hash": entry["hash"],
        "entry": encode_canonical(entry).decode(),
        "mac": mac,
    }
