"""A signed ledger that has witnesses, and what a person with the database and the key does to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.evidence.policies import parse_policy
from runtime.evidence.cosigning import Cosigning
from runtime.evidence.witness_client import WitnessClient
from store import witnesses
from store.schema import last_checkpoint, ledger, ledger_head, ledger_people, ledger_tiles
from tests.runtime.signed_ledger import SignedLedger

if TYPE_CHECKING:
    from reviews.evidence.signed_notes import VerifierKey
    from store.witnesses import WitnessState
    from tests.edge.fake_witness import FakeWitness

HOUR = timedelta(hours=1)


class WitnessedLedger(SignedLedger):
    """A ledger whose policy has the lines of witnesses, and a quorum of all of them."""

    def use_policy(self, *lines: str, quorum: str = "", client: WitnessClient | None = None) -> None:
        names = [line.split()[1] for line in lines]
        end = quorum or f"group everyone all {' '.join(names)}\nquorum everyone\n"
        self.policy = parse_policy(f"{''.join(lines)}{end}".encode())
        self.cosigning = Cosigning(
            self.engine,
            self.policy,
            client or WitnessClient(self.clock),
            list_keys=lambda: [self.verifier_key],
            clock=self.clock,
        )

    @property
    def verifier_key(self) -> VerifierKey:
        current = self.keys.current
        assert current is not None
        return current.build_verifier_key(self.origin)

    def grow(self, count: int = 1) -> None:
        self.append(count)
        self.cover()

    def ask_later(self) -> None:
        """Ask the witnesses when an hour has passed."""
        self.clock.now += HOUR
        assert self.cosigning.ask_due()

    def read_state(self, key: VerifierKey) -> WitnessState:
        return witnesses.read_states(self.engine)[str(key)]

    def rewrite_and_sign(self, number: int) -> None:
        """Change an entry, calculate everything anew, and sign that: with the database and the key."""
        current = self.keys.current
        assert current is not None
        self.rewrite(number, macs=[current], title="Another.docx")
        self.sign_anew()

    def cut_off(self, size: int) -> None:
        """Take away all entries after the first ones, and sign what is left."""
        with self.engine.connect() as connection:
            last = connection.execute(sa.select(ledger.c.hash).where(ledger.c.seq == size)).scalar_one()
        self.change(
            sa.delete(ledger).where(ledger.c.seq > size),
            sa.delete(ledger_people).where(ledger_people.c.seq > size),
            sa.update(ledger_head).values(seq=size, hash=last),
        )
        self.sign_anew()

    def sign_anew(self) -> None:
        self.change(sa.delete(ledger_tiles), sa.delete(last_checkpoint))
        self.start_process().make()


def trust(witness: FakeWitness, signed: WitnessedLedger) -> None:
    """Have a witness know the ledger and its time."""
    witness.accept(signed.verifier_key)
    witness.time = int(signed.clock.now.timestamp())
