"""Checkpoints of the ledger: what they cover, what stops them, and what survives a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.evidence.signed_notes import NoteError
from runtime.evidence.ledger_key import LedgerKeys
from store import chain, ledger_tree
from store.schema import (
    daily_checkpoints,
    last_checkpoint,
    ledger,
    ledger_head,
    ledger_verifier_keys,
)
from tests.runtime.signed_ledger import SignedLedger, begin_after, change_entry, compute_plain_root, make_key
from tests.threads import run_in_threads


@pytest.fixture
def signed(engine: sa.Engine) -> SignedLedger:
    return SignedLedger(engine)


def count_rows(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


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
            while signed.maker.make():
                pass
            checkpoint = signed.read_checkpoint()
            roots[checkpoint.size] = checkpoint.root

    run_in_threads(len(ledgers), write)

    covered = ledgers[0].cover()
    assert covered.size == 4 * 15 * 3
    assert ledgers[0].list_problems() == []
    assert ledgers[0].read_fault() is None
    leaves, expected = CompactRange(), dict[int, bytes]()
    for text in chain.iterate_texts(engine):
        leaves.append(hash_leaf(text.encode()))
        expected[leaves.end] = leaves.compute_root()
    assert roots.items() <= expected.items()


def test_more_entries_than_one_checkpoint_adds_are_covered_one_after_the_other(signed: SignedLedger) -> None:
    signed.append(20)
    maker = signed.start_process(max_entries=7)

    more = [maker.make() for _ in range(4)]

    assert more == [True, True, False, False]
    assert signed.read_checkpoint().root == compute_plain_root(signed.engine)


# What is not signed


def test_an_entry_that_another_program_wrote_is_not_signed(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    signed.forge()
    signed.append()

    covered = signed.cover()

    assert covered.size == 2
    fault = signed.read_fault()
    assert fault is not None
    assert fault.entry == 3
    assert "entry 3 has no MAC" in fault.reason
    assert any("entry 3 has no MAC" in each for each in signed.list_problems())


def test_an_entry_with_a_mac_by_another_key_is_not_signed(signed: SignedLedger) -> None:
    signed.append()
    with_other_key = signed.with_keys(LedgerKeys(current=make_key("forged")))
    with_other_key.append()

    assert signed.cover().size == 1
    assert any("entry 2 has a wrong MAC" in each for each in signed.list_problems())


@pytest.mark.parametrize("mac", [b"", b"short", bytes(32)])
def test_a_made_up_mac_is_wrong(signed: SignedLedger, mac: bytes) -> None:
    signed.append()
    signed.forge(mac)

    assert signed.cover().size == 1
    assert any("entry 2 has a wrong MAC" in each for each in signed.list_problems())


def test_a_mac_is_of_no_use_for_another_entry(signed: SignedLedger) -> None:
    signed.append()
    with signed.engine.connect() as connection:
        mac = connection.execute(sa.select(ledger.c.mac)).scalar_one()
    signed.forge(mac)

    assert signed.cover().size == 1


def test_an_entry_that_was_rewritten_before_it_was_signed_is_not_signed(signed: SignedLedger) -> None:
    signed.append(3)
    signed.rewrite(2, title="Another.docx")

    assert signed.maker.make() is False

    fault = signed.read_fault()
    assert fault is not None
    assert fault.entry == 2
    assert signed.read_stored().size == 1


def test_an_entry_that_was_rewritten_after_it_was_signed_is_named(signed: SignedLedger) -> None:
    signed.append(5)
    signed.cover()

    signed.rewrite(3, title="Another.docx")

    assert signed.list_problems() == ["entry 3 is not the one that the last checkpoint covers"]
    assert signed.list_problems(LedgerKeys()) == ["entry 3 is not the one that the last checkpoint covers"]


def test_even_who_has_the_key_can_not_rewrite_what_was_signed_without_a_trace(signed: SignedLedger) -> None:
    signed.append(5)
    signed.cover()
    current = signed.keys.current
    assert current

    signed.rewrite(3, macs=[current], title="Another.docx")

    assert signed.list_problems() == ["entry 3 is not the one that the last checkpoint covers"]


def test_the_entry_before_has_to_be_the_one_that_was_signed(signed: SignedLedger) -> None:
    signed.append(3)
    signed.cover()
    signed.rewrite(3, title="Another.docx")
    signed.append()

    assert signed.cover().size == 3

    fault = signed.read_fault()
    assert fault is not None
    assert fault.reason == "entry 3 is not the one that the last checkpoint covers"


def test_a_ledger_that_goes_on_from_an_earlier_entry_is_not_signed(signed: SignedLedger) -> None:
    """Entries, checkpoints and the head are set back together, and what is there holds in itself."""
    signed.append(2)
    signed.cover()
    earlier = signed.read_head()
    checkpoint = signed.read_stored()
    signed.append(2)
    signed.cover()

    signed.change(
        sa.delete(ledger).where(ledger.c.seq > earlier.seq),
        sa.update(ledger_head).values(seq=earlier.seq, hash=earlier.hash),
        sa.update(last_checkpoint).values(vars(checkpoint)),
    )
    signed.append(3)
    signed.maker.make()

    fault = signed.read_fault()
    assert fault is not None
    assert "the database has gone back behind entry 4" in fault.reason
    assert signed.read_stored() == checkpoint


def test_a_fault_ends_when_the_entries_are_covered(signed: SignedLedger) -> None:
    signed.append()
    without_key = signed.with_keys(LedgerKeys())
    without_key.append()
    signed.maker.make()
    assert signed.read_fault() is not None
    current = signed.keys.current
    assert current

    accepting = signed.with_keys(LedgerKeys(current=begin_after(current, signed.read_head())))

    assert accepting.cover().size == 2
    assert signed.read_fault() is None


def test_entries_that_the_head_names_and_that_are_not_there_are_a_fault(signed: SignedLedger) -> None:
    signed.append(3)
    signed.change(sa.delete(ledger).where(ledger.c.seq == 3))

    more = [signed.maker.make() for _ in range(2)]

    assert more == [False, False]
    fault = signed.read_fault()
    assert fault is not None
    assert (fault.entry, fault.reason) == (3, "entry 3 is missing, though the ledger is said to go on")


# Keys


def test_without_a_key_checkpoints_are_unsigned(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(2)

    while plain.maker.make():
        pass

    stored = plain.read_stored()
    assert stored.size == 2
    assert stored.note.count("\n") == 3
    assert plain.list_problems() == []
    covered = plain.verify().covered
    assert covered is not None
    assert not covered.is_signed


def test_a_first_key_begins_after_the_entries_that_are_there(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(9)
    plain.maker.make()
    since = plain.read_head()

    signed = plain.with_keys(LedgerKeys(current=make_key(since=since)))
    signed.append(2)

    assert signed.cover().size == 11
    assert signed.list_problems() == []


def test_entries_from_before_the_key_are_those_that_it_names(engine: sa.Engine) -> None:
    """None of them is signed, not even those of the first batch, which hold in themselves."""
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(9)
    since = plain.read_head()
    plain.rewrite(8, title="Another.docx")
    signed = plain.with_keys(LedgerKeys(current=make_key(since=since)))

    signed.start_process(max_entries=2).make()

    assert ledger_tree.read_last_checkpoint(engine) is None
    fault = signed.read_fault()
    assert fault is not None
    assert "entry 9 has another hash" in fault.reason


def test_a_long_ledger_from_before_the_key_is_covered_in_parts(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(9)
    signed = plain.with_keys(LedgerKeys(current=make_key(since=plain.read_head())))
    signed.append(3)
    maker = signed.start_process(max_entries=4)

    while maker.make():
        pass

    assert signed.read_checkpoint().root == compute_plain_root(engine)


def test_while_a_key_is_changed_both_hold(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    first = signed.keys.current
    second = make_key("second", since=signed.read_head())
    both = signed.with_keys(LedgerKeys(current=second, previous=first))

    signed.append()
    both.append()

    assert both.cover().size == 4
    assert signed.read_checkpoint().size == 4, "the key before verifies it too"
    assert both.list_problems() == []
    alone = signed.with_keys(LedgerKeys(current=second))
    alone.append()
    assert alone.cover().size == 5
    assert alone.list_problems() == []
    with pytest.raises(NoteError):
        signed.read_checkpoint()
    assert [each.since for each in ledger_tree.list_used_keys(signed.engine)] == [2, 0]


def test_what_was_signed_needs_no_mac_when_the_key_before_is_gone(signed: SignedLedger) -> None:
    """The last entry that is covered has a MAC by a key that no one has any more."""
    second = make_key("second", since=signed.read_head())
    signed.append(2)
    signed.with_keys(LedgerKeys(current=second, previous=signed.keys.current)).cover()
    alone = signed.with_keys(LedgerKeys(current=second))

    alone.append()

    assert alone.cover().size == 3
    assert alone.list_problems() == []


def test_a_new_key_signs_what_is_there_without_a_new_entry(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    second = make_key("second", since=signed.read_head())

    both = signed.with_keys(LedgerKeys(current=second, previous=signed.keys.current))

    assert both.cover().size == 2


def test_a_signed_ledger_whose_key_is_missing_is_not_covered_further(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    before = signed.read_stored()
    without_key = signed.with_keys(LedgerKeys())
    without_key.append()

    without_key.maker.make()

    fault = signed.read_fault()
    assert fault is not None
    assert "the ledger's key is missing" in fault.reason
    assert signed.read_stored() == before


def test_another_origin_names_the_next_checkpoint(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    moved = SignedLedger(signed.engine, signed.keys, origin="moved.example.com")
    moved.append()

    assert moved.cover().origin == "moved.example.com"
    assert count_rows(signed.engine, ledger_verifier_keys) == 2


@pytest.mark.parametrize("value", [5, 10**18, "text", b"bytes"])
def test_whatever_stands_in_place_of_a_mac_is_a_wrong_one(
    signed: SignedLedger, value: object, database_url: str
) -> None:
    if database_url.startswith("postgresql") and not isinstance(value, bytes):
        value = str(value).encode()
    signed.append(2)
    signed.change(change_entry(2, mac=sa.literal(value)))

    assert signed.cover().size == 1
    assert any("entry 2 has a wrong MAC" in each for each in signed.list_problems())
