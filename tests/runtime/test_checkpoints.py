"""Checkpoints of the ledger: what they cover, what stops them, and what survives a restart."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from store import ledger_reading, ledger_tree
from store.schema import (
    daily_checkpoints,
)
from tests.runtime.signed_ledger import (
    SignedLedger,
    compute_plain_root,
    make_all,
)
from tests.threads import run_in_threads


def test_a_checkpoint_covers_all_entries_and_is_signed(signed: SignedLedger) -> None:
    signed.append(3)

    checkpoint = signed.cover()

    assert (checkpoint.origin, checkpoint.size) == (signed.origin, 3)
    assert checkpoint.root == compute_plain_root(signed.engine)
    assert signed.list_problems() == []


def test_checkpoints_grow_with_the_ledger(signed: SignedLedger) -> None:
    for count in (1, 254, 1, 1, 300):
        signed.append(count)
        assert signed.cover().root == compute_plain_root(signed.engine)

    assert signed.read_checkpoint().size == 557
    assert signed.list_problems() == []


def test_nothing_is_written_where_nothing_is_new(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    before = signed.read_stored()

    signed.cover()
    signed.start_process().make()

    assert signed.read_stored() == before


def test_an_empty_ledger_has_no_checkpoint(signed: SignedLedger) -> None:
    assert signed.maker.make() is False
    assert ledger_tree.read_last_checkpoint(signed.engine) is None
    assert signed.read_fault() is None


def test_the_last_checkpoint_of_each_day_stays(signed: SignedLedger) -> None:
    for _ in range(3):
        signed.append()
        signed.cover()
    signed.clock.now += timedelta(days=1)
    for _ in range(2):
        signed.append()
        signed.cover()

    with signed.engine.connect() as connection:
        sizes = connection.execute(sa.select(daily_checkpoints.c.size).order_by("day")).scalars().all()

    assert sizes == [3, 5]


def test_of_two_processes_one_makes_the_checkpoint(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    other = signed.start_process()
    other.make()
    signed.append()
    signed.cover()

    other.make()
    signed.append()
    other.make()

    assert signed.read_checkpoint().root == compute_plain_root(signed.engine)
    assert signed.read_fault() is None


def test_while_many_write_and_several_make_checkpoints_each_follows_from_the_one_before(
    engine: sa.Engine,
) -> None:
    ledgers = [SignedLedger(engine) for _ in range(4)]
    roots: dict[int, bytes] = {}

    def write(number: int) -> None:
        signed = ledgers[number]
        for _ in range(15):
            signed.append(3)
            make_all(signed.maker)
            checkpoint = signed.read_checkpoint()
            roots[checkpoint.size] = checkpoint.root

    run_in_threads(len(ledgers), write)

    covered = ledgers[0].cover()
    assert covered.size == 4 * 15 * 3
    assert ledgers[0].list_problems() == []
    assert ledgers[0].read_fault() is None
    leaves, expected = CompactRange(), dict[int, bytes]()
    for text in ledger_reading.iterate_texts(engine):
        leaves.append(hash_leaf(text.encode()))
        expected[leaves.end] = leaves.compute_root()
    assert roots.items() <= expected.items()


def test_more_entries_than_one_checkpoint_adds_are_covered_one_after_the_other(signed: SignedLedger) -> None:
    signed.append(20)
    maker = signed.start_process(max_entries=7)

    more = [maker.make() for _ in range(4)]

    assert more == [True, True, False, False]
    assert signed.read_checkpoint().root == compute_plain_root(signed.engine)
