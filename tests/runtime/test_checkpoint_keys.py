"""Checkpoints without a key, before the first one and while it is changed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from reviews.evidence.signed_notes import NoteError
from runtime.evidence.ledger_key import LedgerKeys
from store import ledger_tree
from store.schema import (
    ledger_verifier_keys,
)
from tests.runtime.signed_ledger import (
    SignedLedger,
    compute_plain_root,
    make_all,
    make_key,
)


def count_rows(engine: sa.Engine, table: sa.Table) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_without_a_key_checkpoints_are_unsigned(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(2)

    make_all(plain.maker)

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

    make_all(maker)

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
