"""Why there is no pack: nothing is left of it, and the reason is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipts import ReceiptMissing, ReceiptObstacle
from runtime.evidence.ledger_key import NO_KEYS
from runtime.pack.pack_writer import PackNotIntact, UnknownRoute
from store import ledger_reading
from store.schema import ledger_people, ledger_tiles
from tests.databases import ON_SQLITE
from tests.pack.ledgers import OTHER_ROUTE, ROUTE
from tests.pack.packs import ENTRIES, MADE_AT, SIZE, append_bodies, build_source, fill_signed, write
from tests.runtime.signed_ledger import SignedLedger, change_entry, make_all
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def refuse(signed: SignedLedger, target: Path) -> ReceiptMissing:
    with pytest.raises(ReceiptMissing) as missing:
        write(signed, target)
    assert not target.exists()
    return missing.value


@ON_SQLITE
def test_there_is_no_pack_until_a_signed_checkpoint_covers_all_of_the_route(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)
    append_bodies(signed, [{**build_entry(7), "route": OTHER_ROUTE}])
    of_another = write(signed, tmp_path / "before")
    append_bodies(signed, [build_entry(8)])

    missing = refuse(signed, tmp_path / "pack")

    assert of_another.entries == ENTRIES
    assert missing.obstacle is ReceiptObstacle.NOT_COVERED
    assert f"cover {SIZE} entries, and the pack has entry {SIZE + 2}: a worker makes" in str(missing)


@ON_SQLITE
def test_there_is_no_pack_of_a_ledger_without_a_key(engine: sa.Engine, tmp_path: Path) -> None:
    signed = SignedLedger(engine, NO_KEYS)
    append_bodies(signed, [build_entry(1)])
    make_all(signed.maker)

    assert refuse(signed, tmp_path / "pack").obstacle is ReceiptObstacle.NOT_SIGNED


@ON_SQLITE
def test_without_the_key_at_hand_no_signature_is_trusted(engine: sa.Engine, tmp_path: Path) -> None:
    """Else it would be said to be signed, also where someone falsified the signatures in the database."""
    keyless = fill_signed(engine).with_keys(NO_KEYS)

    missing = refuse(keyless, tmp_path / "pack")

    assert missing.obstacle is ReceiptObstacle.NOT_SIGNED
    assert str(missing).endswith("so that no signature can be verified: set LEDGER_KEY")


@ON_SQLITE
def test_a_changed_entry_is_in_no_pack(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    text = next(iter(ledger_reading.iterate_texts(engine)))
    [first] = [
        entry["seq"]
        for entry in ledger_reading.iterate_entries(engine)
        if entry["review_id"] == "compliance-000000"
    ][:1]
    signed.change(change_entry(first, entry=text))

    with pytest.raises(LedgerBroken):
        write(signed, tmp_path / "pack")

    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_a_tree_that_lost_a_row_makes_no_pack(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    signed.change(sa.delete(ledger_tiles))

    assert "the last checkpoint does not hold" in str(refuse(signed, tmp_path / "pack"))


@ON_SQLITE
@pytest.mark.parametrize("review_id", ["../../rev-1", "rev/1", "a" * 65, "rev\n1"])
def test_an_id_that_leads_out_of_the_folder_is_refused(
    engine: sa.Engine, tmp_path: Path, review_id: str
) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [{**build_entry(1), "route": ROUTE, "review_id": review_id}])
    signed.cover()

    with pytest.raises(LedgerBroken, match="is no id of a review"):
        write(signed, tmp_path / "pack")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["compliance ", "com%", "comp_iance", '"', "COMPLIANCE", "AML Policy.docx"])
def test_a_route_is_one_that_entries_are_on(engine: sa.Engine, tmp_path: Path, name: str) -> None:
    signed = fill_signed(engine)

    with pytest.raises(UnknownRoute):
        write(signed, tmp_path / "pack", route=name)

    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_what_was_taken_away_without_an_erasure_makes_no_pack(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    take_people_away(engine)

    with pytest.raises(PackNotIntact, match=r"entries\.jsonl: what entry \d+ names as erased"):
        write(signed, tmp_path / "pack")

    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_who_is_erased_while_a_pack_is_written_is_named_in_none(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)

    def erase_and_read_clock() -> datetime:
        """Erase all people once the report is made, for which the clock is read."""
        take_people_away(engine)
        return MADE_AT

    with pytest.raises(PackNotIntact):
        write(signed, tmp_path / "pack", source=replace(build_source(signed), clock=erase_and_read_clock))

    assert list(tmp_path.iterdir()) == []


def take_people_away(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people))
