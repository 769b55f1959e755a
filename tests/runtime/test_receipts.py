"""Receipts of reviews from the database: complete or not at all, and verified by keys alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.evidence.inclusion_proofs import PROOF_FORMAT
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipt_disclosures import DISCLOSURES_FORMAT
from reviews.ledger.receipts import Receipt, ReceiptMissing, ReceiptObstacle, split_receipt
from runtime.evidence.ledger_key import NO_KEYS, LedgerKeys
from runtime.evidence.receipt_source import ReceiptSource
from runtime.ledger_verification.receipt_check import check_receipt
from store import ledger_reading
from store.schema import ledger, ledger_people, ledger_tiles
from tests.runtime.log_tool import read_with_aics_tlog
from tests.runtime.record import fill_record
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, append_entries, change_entry, make_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.evidence.signed_notes import VerifierKey


def read_verifier_key(signed: SignedLedger) -> VerifierKey:
    assert signed.keys.current is not None
    return signed.keys.current.build_verifier_key(signed.origin)


def prepare(signed: SignedLedger, review_id: str = "rev-1", *, at_once: int = 500) -> Receipt:
    source = ReceiptSource(signed.engine, lambda: signed.keys, proofs_at_once=at_once)
    return source.prepare_receipt(review_id)


def write_receipt(signed: SignedLedger, review_id: str = "rev-1", *, at_once: int = 500) -> str:
    return "".join(prepare(signed, review_id, at_once=at_once).iterate_parts())


def refuse(signed: SignedLedger, review_id: str = "rev-1") -> ReceiptMissing:
    with pytest.raises(ReceiptMissing) as missing:
        prepare(signed, review_id)
    return missing.value


def test_a_receipt_has_each_entry_of_the_review_with_its_bytes_and_no_other(signed: SignedLedger) -> None:
    fill_record(signed.engine)
    signed.cover()

    receipt, text = prepare(signed), write_receipt(signed)

    verified = check_receipt(text, [read_verifier_key(signed)]).verified
    assert verified is not None
    assert (verified.review_id, verified.entries) == ("rev-1", (1, 2, 3))
    assert (receipt.count, receipt.last, receipt.checkpoint) == (3, 3, verified.checkpoint)
    assert receipt.verifier_keys == verified.signers == (str(read_verifier_key(signed)),)
    assert (verified.checkpoint.origin, verified.checkpoint.size) == (ORIGIN, 6)


@pytest.mark.parametrize("at_once", [1, 7, 500])
def test_many_entries_are_proven_page_by_page_with_the_same_text(signed: SignedLedger, at_once: int) -> None:
    append_entries(signed, "rev-1", 300)
    signed.cover()
    append_entries(signed, "rev-2", 20)
    signed.cover()

    text = write_receipt(signed, at_once=at_once)

    verdict = check_receipt(text, [read_verifier_key(signed)])
    assert verdict.verified is not None
    assert len(verdict.verified.entries) == 300
    assert text == write_receipt(signed)


def test_a_receipt_stays_the_same_size_of_proof_where_the_tree_has_grown_meanwhile(
    signed: SignedLedger,
) -> None:
    append_entries(signed, "rev-1", 3)
    signed.cover()
    receipt = prepare(signed)
    append_entries(signed, "rev-1", 400)
    signed.cover()

    verdict = check_receipt("".join(receipt.iterate_parts()), [read_verifier_key(signed)])

    assert verdict.verified is not None
    assert (verdict.verified.entries, verdict.verified.checkpoint.size) == ((1, 2, 3), 4)


def test_both_keys_are_named_while_they_are_changed(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 2)
    changed = signed.with_keys(
        LedgerKeys(current=make_key("second", signed.read_head()), previous=make_key())
    )
    append_entries(changed, "rev-1", 1)
    changed.cover()

    receipt = prepare(changed)

    text = "".join(receipt.iterate_parts())
    assert receipt.verifier_keys == (str(read_verifier_key(changed)), str(read_verifier_key(signed)))
    for each in (signed, changed):
        assert check_receipt(text, [read_verifier_key(each)]).intact


def test_a_process_without_the_key_hands_out_what_was_signed_and_names_no_key(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 2)
    signed.cover()
    without = signed.with_keys(NO_KEYS)

    assert prepare(without).verifier_keys == ()
    assert write_receipt(without) == write_receipt(signed)


# People


def test_it_names_the_people_of_its_entries_and_counts_those_who_were_erased(signed: SignedLedger) -> None:
    fill_record(signed.engine)
    signed.cover()

    whole = check_receipt(write_receipt(signed, at_once=1), [read_verifier_key(signed)]).verified
    signed.change(sa.delete(ledger_people).where(ledger_people.c.seq == 1))
    erased = check_receipt(write_receipt(signed, at_once=1), [read_verifier_key(signed)]).verified

    assert whole is not None
    assert erased is not None
    stored = list(ledger_reading.read_entries(signed.engine, ledger_reading.EntryRange(after=1, until=3)))
    assert set(whole.disclosures) == {1, 2, 3}
    assert {each.seq: each.disclosures for each in stored} == erased.disclosures
    assert (whole.withheld, erased.withheld) == (0, len(whole.disclosures[1]))
    assert whole.entries == erased.entries


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ('{"/owners/0":["salt","eve@example.com"]}', "entry 1 commits to another '/owners/0'"),
        ('{"/title":["salt","x"]}', "entry 1 commits to nothing at '/title'"),
        ("[]", "what stands beside entry 1 is no object"),
    ],
)
def test_people_who_are_not_those_that_the_entry_commits_to_are_not_handed_out(
    signed: SignedLedger, people: str, reason: str
) -> None:
    append_entries(signed, "rev-1", 2)
    signed.cover()
    mine = ledger_people.c.seq == 1
    signed.change(sa.update(ledger_people).where(mine).values(disclosures=people))

    with pytest.raises(LedgerBroken, match=reason):
        write_receipt(signed)


# Why there is none


def test_a_review_without_an_entry_has_no_receipt(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 1)
    signed.cover()

    missing = refuse(signed, "rev-9")

    assert (missing.obstacle, str(missing)) == (ReceiptObstacle.NO_ENTRY, "there is no review 'rev-9'")


def test_entries_that_are_not_covered_yet_are_not_left_out(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 1)
    before_any = refuse(signed)
    signed.cover()
    append_entries(signed, "rev-1", 1)

    missing = refuse(signed)

    assert before_any.obstacle is missing.obstacle is ReceiptObstacle.NOT_COVERED
    assert "cover 0 entries, and the review has entry 1:" in str(before_any)
    assert "cover 1 entries, and the review has entry 2:" in str(missing)
    assert "a worker makes one within two seconds" in str(missing)


def test_later_entries_of_other_reviews_may_be_uncovered(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 1)
    signed.cover()
    append_entries(signed, "rev-2", 1)

    assert prepare(signed).count == 1


def test_without_a_key_nothing_is_signed(signed: SignedLedger) -> None:
    without = signed.with_keys(NO_KEYS)
    append_entries(without, "rev-1", 1)
    unmade = refuse(without)
    without.maker.make()

    missing = refuse(without)

    assert unmade.obstacle is missing.obstacle is ReceiptObstacle.NOT_SIGNED
    assert "the ledger has no key: docspace-review ledger key new makes one" in str(missing)
    assert refuse(signed.with_keys(signed.keys)).obstacle is ReceiptObstacle.NOT_COVERED


def test_what_keeps_a_checkpoint_from_covering_the_review_is_said(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 1)
    signed.forge()
    append_entries(signed, "rev-1", 1)
    signed.cover()

    missing = refuse(signed)

    assert missing.obstacle is ReceiptObstacle.STOPPED
    assert str(missing).startswith("no checkpoint covers entry 2 and later ones: entry 2 has no MAC")


def test_a_checkpoint_by_another_key_is_not_handed_out(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 1)
    signed.cover()

    missing = refuse(signed.with_keys(LedgerKeys(current=make_key("another"))))

    assert missing.obstacle is ReceiptObstacle.NOT_COVERED
    assert "the last checkpoint does not hold: it is signed by another key than the present one" in str(
        missing
    )


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (lambda _: change_entry(3, review_id="rev-1"), "the row of entry 3 has another review_id"),
        (lambda _: change_entry(1, hash="0" * 64), "the row of entry 1 has another hash"),
        (lambda text: change_entry(1, entry=text.replace("AML", "XML")), "the row of entry 1|not the one"),
        (lambda _: change_entry(1, entry="nothing"), "entry 1 is not JSON"),
    ],
)
def test_an_entry_that_was_changed_is_not_handed_out(
    signed: SignedLedger, tamper: Callable[[str], sa.Executable], reason: str
) -> None:
    append_entries(signed, "rev-1", 2)
    append_entries(signed, "rev-2", 5)
    signed.cover()
    signed.change(tamper(next(ledger_reading.iterate_texts(signed.engine))))

    with pytest.raises(LedgerBroken, match=reason):
        write_receipt(signed)


def test_a_chain_that_was_rewritten_is_not_handed_out(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 3)
    signed.cover()
    signed.rewrite(1, title="Forged.docx")

    with pytest.raises(LedgerBroken, match="entry 1 is not the one that the checkpoint covers"):
        write_receipt(signed)


def test_a_tree_that_lost_a_row_proves_nothing(signed: SignedLedger) -> None:
    append_entries(signed, "rev-1", 300)
    signed.cover()
    receipt = prepare(signed)
    signed.change(sa.delete(ledger_tiles).where(ledger_tiles.c.level == 0, ledger_tiles.c.number == 0))

    with pytest.raises(LedgerBroken, match="tile 0 of level 0 is absent"):
        list(receipt.iterate_parts())


# Another program


def test_another_program_verifies_each_proof(signed: SignedLedger) -> None:
    if tuple(sys.version_info) < (3, 12):
        pytest.skip("aics-tlog needs Python 3.12")
    import aics_tlog  # noqa: PLC0415

    fill_record(signed.engine)
    append_entries(signed, "rev-1", 300)
    signed.cover()
    key = aics_tlog.parse_vkey(str(read_verifier_key(signed)))

    text = write_receipt(signed)
    parts = split_receipt(text)

    assert DISCLOSURES_FORMAT in text
    with signed.engine.connect() as connection:
        query = sa.select(ledger.c.entry).where(ledger.c.review_id == "rev-1").order_by(ledger.c.seq)
        stored = [text.encode() for text in connection.execute(query).scalars()]
    leaves = [read_with_aics_tlog(part, key) for part in parts]
    assert leaves == stored
    assert len(leaves) == 303
    # Uncut, the last proof has what the receipt says of people after its signatures.
    with pytest.raises(ValueError, match="malformed signature line"):
        read_with_aics_tlog(text[text.rindex(PROOF_FORMAT) :], key)
