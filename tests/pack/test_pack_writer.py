"""What is in a pack: all that the ledger has of the reviews of a route, under one checkpoint, or no pack."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.people_commitments import find_commitments
from runtime.evidence.ledger_key import LedgerKeys
from runtime.pack.opened_folder import open_pack
from store import ledger_reading
from store.export_lines import iterate_lines
from store.schema import daily_checkpoints, ledger_people, timestamps
from tests.databases import ON_SQLITE
from tests.edge.fake_witness import FakeWitness
from tests.pack.ledgers import OTHER_ROUTE, ROUTE, SINCE, UNTIL
from tests.pack.packs import KEY, append_bodies, build_source, check, fill_signed, write
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, begin_after, make_key
from tests.runtime.witnessed_ledger import WitnessedLedger, trust
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from pathlib import Path


def read_entries(pack: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (pack / "entries.jsonl").read_bytes().splitlines()]


def test_a_pack_has_the_entries_of_its_reviews_and_of_its_route(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    middle = SINCE + timedelta(days=120)

    written = write(signed, tmp_path / "pack", since=SINCE + timedelta(days=30), until=middle)

    entries = read_entries(tmp_path / "pack")
    ids = {review.id for review in written.report.reviews}
    exported = list(map(json.loads, iterate_lines(engine)))
    assert [entry for entry in entries if entry["review_id"]] == [
        entry for entry in exported if entry["review_id"] in ids
    ]
    assert {entry["type"] for entry in entries if not entry["review_id"]} == {
        EntryType.CHANGE_UNROUTED, EntryType.OWNER_GONE, EntryType.OWNER_BACK, EntryType.FOLDER_GONE,
        EntryType.SWEEP_INCOMPLETE, EntryType.SWEEP_COMPLETE,
    }  # fmt: skip
    assert {entry["route"] for entry in entries} == {ROUTE}
    assert max(entry["at"] for entry in entries) > middle.isoformat()
    assert check(tmp_path / "pack").intact


def test_the_lines_are_those_of_the_export(engine: sa.Engine, tmp_path: Path) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [{**build_entry(1), "route": ROUTE, "title": "pay\u202ecod.exe"}])
    signed.cover()

    write(signed, tmp_path / "pack")

    [line] = (tmp_path / "pack" / "entries.jsonl").read_text().splitlines()
    assert "pay\\u202ecod.exe" in line
    assert check(tmp_path / "pack").intact


@ON_SQLITE
def test_a_route_without_reviews_in_the_period_has_a_pack_that_says_so(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)
    pack = tmp_path / "pack"

    written = write(signed, pack, since=UNTIL, until=UNTIL + timedelta(days=1))

    assert written.report.reviews == ()
    assert open_pack(pack).list_folder("receipts") == []
    assert "This folder has the 0 reviews of the route" in (pack / "README.md").read_text()
    assert check(pack).intact


@ON_SQLITE
def test_erasures_that_concern_its_entries_are_in_a_pack_and_no_others(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = SignedLedger(engine)
    append_bodies(signed, [build_entry(1), {**build_entry(2), "route": OTHER_ROUTE}])
    ours, others = (
        list(find_commitments(each.read.entry).values()) for each in ledger_reading.iterate_stored(engine)
    )
    erasure = {
        "type": EntryType.PEOPLE_ERASED.value,
        "at": build_entry()["at"],
        "review_id": None,
        "route": None,
    }
    append_bodies(signed, [{**erasure, "commitments": others}, {**erasure, "commitments": [*others, *ours]}])
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people))
    signed.cover()

    write(signed, tmp_path / "pack")

    entries = read_entries(tmp_path / "pack")
    assert [entry["seq"] for entry in entries] == [1, 4]
    assert ours
    assert entries[0]["erased"] == sorted(find_commitments(entries[0]))
    assert "erased" in (tmp_path / "pack" / "population.csv").read_text()
    assert check(tmp_path / "pack").intact


def test_a_period_may_begin_with_the_first_day_of_all(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)

    write(signed, tmp_path / "pack", since=datetime.min.replace(tzinfo=UTC))

    assert len(open_pack(tmp_path / "pack").list_folder("checkpoints")) == 3
    assert len(open_pack(tmp_path / "pack").list_folder("timestamps")) == 4


@ON_SQLITE
def test_without_a_seed_the_root_of_the_checkpoint_draws_the_sample(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)

    written = write(signed, tmp_path / "pack", seed="")

    assert written.report.sample.seed == signed.read_checkpoint().root.hex()
    assert check(tmp_path / "pack").intact


@ON_SQLITE
def test_the_same_ledger_makes_the_same_files(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)

    for name in ("one", "two"):
        write(signed, tmp_path / name)

    sums = {(tmp_path / name / "SHA256SUMS").read_bytes() for name in ("one", "two")}
    assert len(sums) == 1


@ON_SQLITE
def test_the_readme_is_in_the_language_asked_for_and_the_csv_is_not(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)

    for language in ("en", "de"):
        write(signed, tmp_path / language, language=language)

    same = {(tmp_path / language / "population.csv").read_bytes() for language in ("en", "de")}
    assert len(same) == 1
    assert check(tmp_path / "de").intact


# Keys, witnesses, older checkpoints


@ON_SQLITE
def test_the_checkpoint_that_witnesses_have_cosigned_is_taken_if_it_covers_all(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = WitnessedLedger(engine)
    append_bodies(signed, [build_entry(1)])
    signed.cover()
    with FakeWitness() as witness:
        signed.clock.advance(hours=1)
        trust(witness, signed)
        signed.use_policy(witness.line)
        assert signed.cosigning.ask_due()
    append_bodies(signed, [{**build_entry(2), "route": OTHER_ROUTE}])
    signed.cover()

    pack = tmp_path / "pack"
    written = write(signed, pack, source=build_source(signed, policy=signed.policy))

    assert (written.entries, written.left_out) == (1, ())
    assert check(pack, policy=signed.policy).intact
    assert json.loads((pack / "figures.json").read_text())["checkpoint"]["size"] == 1


@ON_SQLITE
def test_checkpoints_by_an_earlier_key_hold_as_the_beginning_of_the_ledger(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)
    later = begin_after(make_key("second"), signed.read_head())
    changed = signed.with_keys(LedgerKeys(current=later, previous=make_key()))
    changed.append(1)
    changed.cover()
    alone = changed.with_keys(LedgerKeys(current=later))
    alone.append(1)
    alone.cover()

    write(alone, tmp_path / "pack")

    verdict = check(tmp_path / "pack", keys=[later.build_verifier_key(ORIGIN)])
    assert verdict.verified is not None
    assert (len(verdict.verified.evidence.days), verdict.verified.evidence.by_own_keys) == (3, 4)
    keys = [line for line in (tmp_path / "pack" / "keys.txt").read_text().splitlines() if line[0] != "#"]
    assert keys == [str(later.build_verifier_key(ORIGIN)), str(KEY)]


@ON_SQLITE
def test_checkpoints_by_a_key_that_was_lost_are_left_out_and_said(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    changed = signed.with_keys(LedgerKeys(current=begin_after(make_key("second"), signed.read_head())))
    changed.append(1)
    changed.cover()

    written = write(changed, tmp_path / "pack")

    names = [each.partition(":")[0] for each in written.left_out]
    assert names[:2] == ["checkpoints/2026-04-11", "checkpoints/2026-07-20"]
    assert "timestamps/2026-07-20.checkpoint" in names
    assert all("none of the keys" in each for each in written.left_out)


@ON_SQLITE
def test_what_sqlite_holds_of_another_type_is_left_out_and_said(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    with engine.begin() as connection:
        for statement in (
            "UPDATE daily_checkpoints SET note = CAST(note AS BLOB) WHERE size = 67",
            "UPDATE timestamps SET response = 'text' WHERE size = 134",
            "UPDATE timestamps SET note = CAST(note AS BLOB) WHERE size = 200",
        ):
            assert connection.execute(sa.text(statement)).rowcount == 1

    written = write(signed, tmp_path / "pack")

    assert written.left_out == (
        "checkpoints/2026-04-11: it is not text",
        "timestamps/2026-07-20.checkpoint.tsr: it is not an answer as RFC 3161 has it",
        "timestamps/2026-10-28.checkpoint: it is not text",
    )
    assert check(tmp_path / "pack").intact


@ON_SQLITE
def test_what_does_not_hold_beside_the_checkpoint_is_left_out_and_said(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)
    other = "other.example.com\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    signature = signed.read_stored().note.partition("\n\n")[2]
    with engine.begin() as connection:
        april = sa.update(daily_checkpoints).where(daily_checkpoints.c.size == 67)
        connection.execute(april.values(note=f"{other}\n{signature}"))
        july = sa.update(timestamps).where(timestamps.c.size == 134)
        connection.execute(july.values(response=b"x"))

    written = write(signed, tmp_path / "pack")

    assert written.left_out == (
        "checkpoints/2026-04-11: it is one of other.example.com",
        "timestamps/2026-07-20.checkpoint.tsr: it is not an answer as RFC 3161 has it",
    )
    assert check(tmp_path / "pack").intact
