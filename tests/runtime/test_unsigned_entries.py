"""What no checkpoint covers: entries of other programs, rewritten entries, a ledger that went back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from runtime.evidence.ledger_key import LedgerKeys
from store.schema import (
    last_checkpoint,
    ledger,
    ledger_head,
)
from tests.runtime.signed_ledger import SignedLedger, begin_after, change_entry, make_key


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
    assert "key new" not in fault.reason
    assert any("entry 3 has no MAC" in each for each in signed.list_problems())


def test_an_entry_with_a_mac_by_another_key_is_not_signed(signed: SignedLedger) -> None:
    signed.append()
    with_other_key = signed.with_keys(LedgerKeys(current=make_key("forged")))
    with_other_key.append()

    assert signed.cover().size == 1
    assert any("entry 2 has a wrong MAC" in each for each in signed.list_problems())
    fault = signed.read_fault()
    assert fault is not None
    assert fault.reason.endswith("(if ledger key new was run: restart serve and the workers)")


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
