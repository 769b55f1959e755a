"""What `ledger verify` says of a pack: also what is not in it, and what nothing proves."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from reviews.pack.readme import write_readme
from runtime.commands.ledger.pack_verification import build_pack_json, describe_pack
from runtime.evidence.ledger_key import LedgerKeys
from runtime.ledger_verification.saved_checkpoints import parse_saved_checkpoint
from tests.databases import ON_SQLITE, engine_on
from tests.pack.packs import KEY, check, fill_signed, sum_again, write
from tests.runtime.command import run_command
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, begin_after, make_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from runtime.pack.pack_check import PackVerdict
    from tests.databases import SqliteDatabases


@pytest.fixture(scope="module")
def signed(sqlite_databases: SqliteDatabases) -> Iterator[SignedLedger]:
    engine = engine_on(sqlite_databases.new())
    yield fill_signed(engine)
    engine.dispose()


def describe(verdict: PackVerdict) -> list[str]:
    return describe_pack(verdict, has_certificates=False).splitlines()


def test_days_and_timestamps_that_are_not_there_are_said_to_be_missing(
    signed: SignedLedger, tmp_path: Path
) -> None:
    """A forger can leave them all out, and the entries are proven all the same."""
    pack = tmp_path / "pack"
    write(signed, pack)
    for folder in ("checkpoints", "timestamps", "consistency"):
        shutil.rmtree(pack / folder)
    write_readme_without_timestamps(signed, pack)

    lines = describe(check(pack))

    assert "It has no checkpoint of a day of the period." in lines
    assert "It has no timestamp: no authority confirms when its entries existed." in lines


def write_readme_without_timestamps(signed: SignedLedger, pack: Path) -> None:
    """Put the README of the same entries without timestamps into a pack."""
    verified = check_whole(signed, pack.parent / "whole").verified
    assert verified is not None
    names = [str(file.relative_to(pack)) for file in pack.rglob("*") if file.is_file()]
    text = write_readme(
        verified.report, entries=verified.entries, names=names, language="en", version=verified.version
    )
    (pack / "README.md").write_text(text)
    sum_again(pack)


def check_whole(signed: SignedLedger, pack: Path) -> PackVerdict:
    write(signed, pack)
    return check(pack)


@ON_SQLITE
def test_checkpoints_that_only_a_key_of_the_pack_has_signed_are_counted_apart(
    engine: sa.Engine, tmp_path: Path
) -> None:
    signed = fill_signed(engine)
    later = begin_after(make_key("second"), signed.read_head())
    changed = signed.with_keys(LedgerKeys(current=later, previous=make_key()))
    changed.append(1)
    changed.cover()
    write(changed, tmp_path / "pack")

    verdict = check(tmp_path / "pack", keys=[later.build_verifier_key(ORIGIN)])

    assert build_pack_json(verdict)["signed_by_own_keys"] == 4
    assert (
        "4 of these checkpoints are signed by other keys of the pack: they hold since the pack's checkpoint "
        "begins with their entries."
    ) in describe(verdict)


def test_a_period_of_the_first_year_has_four_digits(signed: SignedLedger, tmp_path: Path) -> None:
    verdict = check_whole(signed, tmp_path / "pack")
    assert verdict.verified is not None
    early = replace(verdict.verified.report, since=datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC))

    first = describe(replace(verdict, verified=replace(verdict.verified, report=early)))[0]

    assert "opened from 0001-01-01 00:00 to 2027-01-01 00:00 UTC" in first


def test_a_later_checkpoint_can_not_be_compared_and_the_pack_is_not_said_to_be_broken(
    signed: SignedLedger, tmp_path: Path
) -> None:
    write(signed, tmp_path / "pack")
    same = parse_saved_checkpoint((tmp_path / "pack" / "checkpoint").read_text(), [KEY], None)
    later = replace(same, checkpoint=replace(same.checkpoint, size=5000))

    verdict = check(tmp_path / "pack", saved=later)

    assert not verdict.intact
    assert describe(verdict) == [
        (
            "The pack was not verified: the saved checkpoint of 5,000 entries is none of the pack's, so it "
            "can't be compared: the whole ledger shows whether it is of the same one."
        )
    ]


def test_a_saved_checkpoint_that_does_not_hold_says_nothing_of_the_pack(
    signed: SignedLedger, tmp_path: Path
) -> None:
    write(signed, tmp_path / "pack")
    (tmp_path / "saved").write_bytes(b"x")

    done = run_command(
        ["ledger", "verify", str(tmp_path / "pack"), "--checkpoint", str(tmp_path / "saved")],
        DATABASE_URL="nonsense",
    )

    assert done.code == 1
    assert done.out.startswith("The pack was not verified: the saved checkpoint does not hold: ")


def test_a_folder_that_can_not_be_read_is_not_said_to_be_broken(tmp_path: Path) -> None:
    assert describe(check(tmp_path / "nothing")) == [
        "The pack was not verified: the folder can't be read: No such file or directory."
    ]


def test_the_root_as_the_seed_is_named_as_that(signed: SignedLedger, tmp_path: Path) -> None:
    write(signed, tmp_path / "pack", seed="", sample_size=100)
    root = signed.read_checkpoint().root.hex()

    lines = describe(check(tmp_path / "pack"))

    assert (
        f"The sample is 40 of 100 that were asked for, drawn with the seed '{root}', the root of the "
        "checkpoint."
    ) in lines
