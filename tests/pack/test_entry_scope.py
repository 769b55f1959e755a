"""Which entries a pack has: the same in its report, in its files, and when it is checked."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.ledger.people_commitments import find_commitments, list_erased_commitments
from reviews.ledger.receipt_disclosures import format_disclosure_block
from reviews.ledger.receipts import format_receipt
from reviews.pack.entry_scope import is_on_route
from runtime.evidence.receipt_source import build_entry_proofs
from runtime.pack.entry_lines import format_line
from runtime.pack.pack_check import check_pack
from store import ledger_reading, ledger_tree
from store.schema import ledger_people
from tests.databases import ON_SQLITE
from tests.pack.ledgers import OTHER_ROUTE, ROUTE, SINCE, make_bodies
from tests.pack.packs import QuietProgress, append_bodies, sum_again, write
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from pathlib import Path

    from runtime.pack.pack_check import PackVerdict

KEY = make_key().build_verifier_key(ORIGIN)
SPACED = ("two  spaces", "no\N{NO-BREAK SPACE}break", " around ")


def check(pack: Path) -> PackVerdict:
    return check_pack(pack, progress=QuietProgress(), keys=[KEY])


def build_erasure(commitments: object) -> dict[str, Any]:
    return {
        "type": EntryType.PEOPLE_ERASED.value,
        "at": build_entry()["at"],
        "review_id": None,
        "route": None,
        "commitments": commitments,
    }


def rename_route(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an entry with another name for the made-up route, wherever it has it."""
    lists: dict[str, Any] = {
        each: [name if route == ROUTE else route for route in body[each]]
        for each in ("routes", "deputy_of", "assigned_in")
        if each in body
    }
    return {**body, **lists, "route": name if body["route"] == ROUTE else body["route"]}


@ON_SQLITE
@pytest.mark.parametrize("name", SPACED)
def test_the_name_of_a_route_may_have_spaces_that_no_one_sees(
    engine: sa.Engine, tmp_path: Path, name: str
) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [rename_route(body, name) for body in make_bodies(10)])
    signed.cover()

    written = write(signed, tmp_path / "pack", route=name)

    assert len(written.report.reviews) == 10
    assert len(list((tmp_path / "pack" / "receipts").iterdir())) == 10
    assert written.report.without_review.unrouted_changes == 3
    verified = check(tmp_path / "pack").verified
    assert verified is not None
    assert len(verified.report.reviews) == 10


@pytest.mark.parametrize("member", ["routes", "deputy_of", "assigned_in"])
def test_an_owner_is_on_each_route_that_needs_them(member: str) -> None:
    entry: dict[str, Any] = {"route": OTHER_ROUTE, "routes": [], "deputy_of": [], "assigned_in": []}

    assert is_on_route({**entry, member: [OTHER_ROUTE, ROUTE]}, ROUTE)
    assert not is_on_route({**entry, member: [OTHER_ROUTE]}, ROUTE)


@ON_SQLITE
def test_a_review_that_was_opened_twice_is_in_no_pack(engine: sa.Engine, tmp_path: Path) -> None:
    """Opened before the period it is not in the report, and opened within it its entries are there."""
    signed = SignedLedger(engine)
    early = {**build_entry(1), "route": ROUTE, "at": "2025-12-01T00:00:00.000000Z"}
    append_bodies(signed, [early, {**build_entry(1), "route": ROUTE}])
    signed.cover()

    with pytest.raises(LedgerBroken, match="the review 'rev-1' was opened more than once"):
        write(signed, tmp_path / "pack", since=SINCE)

    assert list(tmp_path.iterdir()) == []


@ON_SQLITE
def test_a_review_whose_id_leads_out_of_the_folder_makes_a_pack_that_does_not_hold(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = SignedLedger(engine)
    hostile = {**build_entry(2), "route": OTHER_ROUTE, "review_id": "a.b"}
    append_bodies(signed, [{**build_entry(1), "route": ROUTE}, hostile])
    signed.cover()
    pack = tmp_path / "pack"
    write(signed, pack)

    put_other_entry(pack, signed, number=2)

    assert check(pack).problem == "entries.jsonl: 'a.b' is no id of a review"


def put_other_entry(pack: Path, signed: SignedLedger, *, number: int) -> None:
    """Make a pack of the other route with one of its entries, as only a forger can."""
    [stored] = ledger_reading.read_numbered(signed.engine, [number])
    (pack / "entries.jsonl").write_bytes(format_line(stored))
    proofs = build_entry_proofs(
        [stored],
        note=signed.read_stored().note,
        checkpoint=signed.read_checkpoint(),
        read=lambda tiles: ledger_tree.read_tiles(signed.engine, tiles),
    )
    text = "".join([*format_receipt(proofs), format_disclosure_block({number: stored.disclosures})])
    shutil.rmtree(pack / "receipts")
    (pack / "receipts").mkdir()
    (pack / "receipts" / f"{stored.read.entry['review_id']}.tlog-proof").write_text(text)
    figures = json.loads((pack / "figures.json").read_text())
    (pack / "figures.json").write_text(json.dumps({**figures, "route": OTHER_ROUTE}))
    sum_again(pack)


@ON_SQLITE
@pytest.mark.parametrize("commitments", [5, None, {}, "ab", [{}, 5, None, "zz", "ab", ["a"]]])
def test_a_malformed_erasure_erases_nothing(engine: sa.Engine, tmp_path: Path, commitments: object) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [{**build_entry(1), "route": ROUTE}, build_erasure(commitments)])
    signed.cover()

    written = write(signed, tmp_path / "pack")

    assert written.entries == 1
    assert check(tmp_path / "pack").intact


@ON_SQLITE
def test_what_is_malformed_beside_a_commitment_is_passed_over(engine: sa.Engine, tmp_path: Path) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [{**build_entry(1), "route": ROUTE}])
    [stored] = ledger_reading.iterate_stored(engine)
    ours = list(find_commitments(stored.read.entry).values())
    append_bodies(signed, [build_erasure([{}, 5, ["x"], *ours])])
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people))
    signed.cover()

    assert write(signed, tmp_path / "pack").entries == 2
    assert check(tmp_path / "pack").intact


def test_only_an_erasure_lists_commitments_and_each_in_its_own_form() -> None:
    commitment = "0a" * 32

    assert list_erased_commitments(build_erasure([commitment, commitment.upper(), "0a", 7])) == [commitment]
    assert list_erased_commitments({**build_erasure([commitment]), "type": "change:unrouted"}) == []
    malformed: tuple[object, ...] = (None, 5, "a", {}, True)
    assert [each for each in malformed if list_erased_commitments(build_erasure(each))] == []
