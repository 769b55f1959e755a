"""Entries that belong to no review, in every check of the ledger and in all that hands it out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.evidence.inclusion_proofs import format_inclusion_proof, parse_inclusion_proof
from reviews.ledger import entries_without_review
from reviews.ledger.hash_chain import TYPES_WITHOUT_REVIEW, EntryType
from reviews.ledger.receipts import ReceiptInvalid, verify_receipt
from reviews.ports.incomplete_periods import IncompletePeriod
from runtime.evidence.ledger_key import LedgerKeys, check_signature
from runtime.evidence.receipt_source import ReceiptSource
from runtime.ledger_verification.ledger_check import check_ledger
from store import chain, ledger_reading
from store.schema import ledger
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.samples import START
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import ENTRIES, check_tampered, fill_record
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key

if TYPE_CHECKING:
    from pathlib import Path

    from reviews.ledger.hash_chain import Verdict

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
VERIFIER_KEY = KEY.build_verifier_key(ORIGIN)
PERIOD = IncompletePeriod(
    route="compliance", folder_id="1", since=START, is_recorded=True, reason="an outage"
)
LAST = ENTRIES + 1


def append_period(engine: sa.Engine, **more: Any) -> None:
    with SqlUnitOfWork(engine) as work:
        work.ledger.append({**entries_without_review.build_incomplete(PERIOD, at=START), **more})
        work.commit()


@pytest.fixture
def signed(engine: sa.Engine) -> SignedLedger:
    """Return a signed ledger of three reviews, with an entry of none at its end."""
    signed = SignedLedger(engine, LedgerKeys(current=KEY))
    fill_record(engine)
    append_period(engine)
    signed.cover()
    return signed


def run(database_url: str, *arguments: str) -> CommandResult:
    return run_command(["ledger", *arguments], DATABASE_URL=database_url, LEDGER_KEY=KEY.format())


def says(verdict: Verdict) -> str:
    return "\n".join(finding.says for finding in verdict.findings)


@pytest.mark.parametrize("parallel_threshold", [1, 1000])
def test_a_ledger_with_such_an_entry_is_intact(signed: SignedLedger, parallel_threshold: int) -> None:
    verdict = check_ledger(signed.engine, keys=signed.keys, parallel_threshold=parallel_threshold)

    assert (verdict.problem, verdict.checked, verdict.reviews) == (None, LAST, 3)


def test_the_empty_id_finds_no_entries(signed: SignedLedger) -> None:
    with SqlUnitOfWork(signed.engine, reading=True) as work:
        assert work.ledger.list_entries("") == work.ledger.list_last_entries("", 5) == []
        assert list(chain.walk_entries_of(work.connection, "")) == []
    assert ledger_reading.count_entries_of(signed.engine, "").count == 0
    assert list(ledger_reading.read_pages_of(signed.engine, "", until=LAST, page_size=5)) == []


def test_an_entry_that_was_put_beside_a_review_is_found(signed: SignedLedger) -> None:
    moved = sa.update(ledger).where(ledger.c.seq == LAST).values(review_id="rev-1")

    verdict = check_tampered(signed.engine, moved)

    assert f"the row of entry {LAST} has another review_id" in says(verdict)


def test_an_entry_that_was_taken_from_its_review_is_found(signed: SignedLedger) -> None:
    moved = sa.update(ledger).where(ledger.c.seq == 1).values(review_id="")

    assert "the row of entry 1 has another review_id" in says(check_tampered(signed.engine, moved))


@pytest.mark.parametrize("entry_type", sorted(set(EntryType) - TYPES_WITHOUT_REVIEW))
@ON_SQLITE
def test_an_entry_on_a_review_has_to_name_it(engine: sa.Engine, entry_type: EntryType) -> None:
    append_period(engine, type=entry_type)

    assert says(check_ledger(engine)) == "entry 1 is on a review and names none"


@pytest.mark.parametrize("entry_type", [[], {}, None, 5])
@ON_SQLITE
def test_an_entry_whose_type_is_no_text_can_be_read(engine: sa.Engine, entry_type: Any) -> None:
    append_period(engine, type=entry_type)

    assert says(check_ledger(engine)) == ""


@ON_SQLITE
@pytest.mark.parametrize("entry_type", sorted(TYPES_WITHOUT_REVIEW))
def test_an_entry_of_no_review_may_not_name_one_that_is_not_there(
    engine: sa.Engine, entry_type: EntryType
) -> None:
    append_period(engine, type=entry_type, review_id="rev-9")

    assert "there is no review rev-9" in says(check_ledger(engine))


def test_a_changed_entry_is_found_though_no_review_says_otherwise(signed: SignedLedger) -> None:
    changed = sa.func.replace(ledger.c.entry, "an outage", "planned")

    verdict = check_tampered(
        signed.engine, sa.update(ledger).where(ledger.c.seq == LAST).values(entry=changed)
    )

    assert f"entry {LAST} was changed after it was written" in says(verdict)


@ON_SQLITE
@pytest.mark.usefixtures("signed")
def test_an_export_with_such_an_entry_is_whole(database_url: str, tmp_path: Path) -> None:
    file, checkpoint = tmp_path / "ledger.jsonl", tmp_path / "checkpoint"
    file.write_text(run(database_url, "export").out)
    checkpoint.write_text(run(database_url, "checkpoint").out)

    checked = run_command(
        ["ledger", "verify", str(file), "--checkpoint", str(checkpoint), "--key", str(VERIFIER_KEY)],
        DATABASE_URL="nonsense",
    )

    assert checked.code == 0, checked.out
    assert json.loads(file.read_text().splitlines()[-1])["review_id"] is None


@ON_SQLITE
def test_an_exported_period_includes_such_entries(
    signed: SignedLedger, database_url: str, tmp_path: Path
) -> None:
    append_period(signed.engine, at="2026-04-01T00:00:00.000001Z")
    part = run(database_url, "export", "--from", "2026-04-01")
    file = tmp_path / "part.jsonl"
    file.write_text(part.out)

    assert [json.loads(line)["seq"] for line in part.out.splitlines()] == [LAST + 1]
    assert run_command(["ledger", "verify", str(file), "--part"], DATABASE_URL="nonsense").code == 0


@ON_SQLITE
@pytest.mark.usefixtures("signed")
def test_a_spreadsheet_has_the_entry_with_an_empty_review(database_url: str) -> None:
    table = list(csv.DictReader(io.StringIO(run(database_url, "export", "--format", "csv").out)))

    assert (table[-1]["seq"], table[-1]["review_id"], table[-1]["folder_id"]) == (str(LAST), "", "1")
    assert table[-1]["reason"] == "an outage"


@ON_SQLITE
def test_a_spreadsheet_says_where_a_review_was_reassigned_to_the_owner(
    signed: SignedLedger, database_url: str
) -> None:
    append_period(signed.engine, type="owner:gone", assigned_in=["legal"])

    table = list(csv.DictReader(io.StringIO(run(database_url, "export", "--format", "csv").out)))

    assert table[-1]["assigned_in"] == '["legal"]'


@ON_SQLITE
@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("review_id", ["", "null", "None"])
def test_there_is_no_receipt_of_no_review(database_url: str, review_id: str) -> None:
    done = run(database_url, "receipt", review_id)

    assert (done.code, done.out) == (2, "")
    assert f"there is no review {review_id!r}" in done.err


@ON_SQLITE
def test_a_proof_of_such_an_entry_is_no_receipt(signed: SignedLedger) -> None:
    """Someone proves the entry, which is in the tree, as if it were on a review."""
    source = ReceiptSource(signed.engine, lambda: signed.keys)
    first, *_ = source.prepare_receipt("rev-3").iterate_parts()
    [entry] = ledger_reading.read_entries(signed.engine, ledger_reading.EntryRange(after=ENTRIES, until=LAST))
    forged = replace(parse_inclusion_proof(first), extra=entry.leaf, index=ENTRIES)

    with pytest.raises(ReceiptInvalid, match="is not entry 7 of a review"):
        verify_receipt(format_inclusion_proof(forged), [VERIFIER_KEY], check_signature)


@ON_SQLITE
@pytest.mark.usefixtures("signed")
def test_the_empty_id_shows_no_review(database_url: str) -> None:
    shown = run_command(["reviews", "show", ""], DATABASE_URL=database_url)

    assert (shown.code, shown.out) == (2, "")
    assert "there is no review ''" in shown.err
