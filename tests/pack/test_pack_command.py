"""`ledger pack`, what is in the folder, what other tools say of it, and `ledger verify FOLDER`."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.exported_entries import restore_stored_entry
from reviews.ledger.receipts import split_receipt
from runtime.cli import cli
from runtime.evidence.ledger_key import LedgerKeys
from runtime.settings.version import read_version
from store.schema import ledger, ledger_people
from tests.databases import engine_on
from tests.edge.fake_authority import certify_authority
from tests.pack.ledgers import ROUTE
from tests.pack.packs import ENTRIES, SIZE, fill_signed
from tests.runtime.command import CommandResult, run_command
from tests.runtime.lived import intruder
from tests.runtime.log_tool import read_with_aics_tlog
from tests.runtime.signed_ledger import ORIGIN, make_key

if TYPE_CHECKING:
    from pathlib import Path

from tests.databases import SqliteDatabases

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
VERIFIER_KEY = str(KEY.build_verifier_key(ORIGIN))
ROUTES = f"""
[[route]]
name = "{ROUTE}"
watch = ["1"]
owners = ["dana@example.com"]
notify = ["console"]
language = "de"
"""
ROOT = certify_authority().root
PERIOD = ("--from", "2026-01-01", "--to", "2027-01-01")


@pytest.fixture(scope="module")
def address(sqlite_databases: SqliteDatabases) -> str:
    """Return the address of a signed ledger that no test changes."""
    address = sqlite_databases.new()
    engine = engine_on(address)
    fill_signed(engine, keys=LedgerKeys(current=KEY))
    engine.dispose()
    return address


def run_pack(address: str, *arguments: str, **settings: str) -> CommandResult:
    usual = {"DATABASE_URL": address, "LEDGER_KEY": KEY.format(), "LEDGER_ORIGIN": ORIGIN, "ROUTES": ROUTES}
    return run_command(["ledger", "pack", *arguments], cli, **{**usual, **settings})


def verify(pack: Path, *arguments: str) -> CommandResult:
    """Check a folder, with no database anywhere."""
    return run_command(["ledger", "verify", str(pack), *arguments], DATABASE_URL="nonsense")


@pytest.fixture(scope="module")
def pack(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack with its real PDF that no test changes."""
    pack = tmp_path_factory.mktemp("packs") / "pack"
    done = run_pack(
        address, "--route", ROUTE, *PERIOD, "--sample", "5", "--seed", "audit 2026", "--out", str(pack)
    )
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "The pack of 40 reviews, opened from 2026-01-01 00:00 to 2027-01-01 00:00 UTC, "
        f"with {ENTRIES} entries is in {pack}.\n"
        "It is verified, anywhere and offline, with: "
        f"docspace-review ledger verify {pack} --key {VERIFIER_KEY}\n"
        "Hand the key over by another way than the pack.\n"
    )
    return pack


# The command


def test_a_pack_is_verified_without_the_database(pack: Path) -> None:
    done = verify(pack, "--key", VERIFIER_KEY, "--tsa-certificates", str(ROOT))

    made_at = json.loads((pack / "figures.json").read_text())["made_at"][:16].replace("T", " ")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "The pack holds: 40 reviews of the route compliance, opened from 2026-01-01 00:00 to "
        f"2027-01-01 00:00 UTC, with {ENTRIES} entries, each of which is proven.\n"
        f"They are in the ledger {ORIGIN} of {SIZE} entries, signed by {VERIFIER_KEY}.\n"
        "The CSV, the figures, the sample and the README follow from these entries. Not verified, since only "
        "the database said it: what was brought forward, the titles of watched folders and when they are "
        "complete.\n"
        "The sample is 5 of 5 that were asked for, drawn with the seed 'audit 2026', and nothing shows who "
        "chose it.\n"
        f"The pack says of itself that docspace-review {read_version()} wrote it at {made_at} UTC: nothing "
        "proves that, and which reviews are past their deadline depends on it.\n"
        "The checkpoints of 3 days are of the same ledger, which has only grown since.\n"
        "2 timestamps fit, from 2026-07-20 to 2026-10-28.\n"
        "report.pdf has the sum in SHA256SUMS, which can be made anew. No program reads it: compare it with "
        "figures.json.\n"
        "Not verified: that no entry of the route was left out. Get the whole ledger, which docspace-review "
        "ledger export writes, and add --export FILE.\n"
    )


def test_the_whole_ledger_shows_that_no_entry_was_left_out(address: str, pack: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "ledger.jsonl", tmp_path / "part.jsonl"
    lines = run_command(["ledger", "export"], DATABASE_URL=address).out.splitlines(keepends=True)
    whole.write_text("".join(lines))
    part.write_text("".join(lines[1:]))

    compared = verify(pack, "--key", VERIFIER_KEY, "--export", str(whole))
    as_json = verify(pack, "--key", VERIFIER_KEY, "--export", str(whole), "--json")
    refused = verify(pack, "--key", VERIFIER_KEY, "--export", str(part))
    alone = verify(whole, "--export", str(whole))

    assert compared.code == 0
    assert compared.out.endswith("no entry of the route and the period was left out.\n")
    assert json.loads(as_json.out)["compared"] is True
    assert (refused.code, "entry 1 is missing: it has to be the whole ledger" in refused.out) == (1, True)
    assert (alone.code, "--export is compared with the folder of a pack" in alone.err) == (2, True)


def test_without_a_key_or_certificates_it_says_what_was_not_verified(pack: Path) -> None:
    done = verify(pack)

    assert done.code == 0
    assert (
        "That key is the pack's own, which says nothing about who wrote the pack: get the key by" in done.out
    )
    assert "from 2026-07-20 to 2026-10-28; not who signed them: give --tsa-certificates FILE.\n" in done.out


def test_the_verdict_is_there_for_programs(pack: Path, tmp_path: Path) -> None:
    done, broken = verify(pack, "--key", VERIFIER_KEY, "--json"), verify(tmp_path, "--json")

    assert json.loads(done.out) == {
        "intact": True,
        "problem": None,
        "route": ROUTE,
        "from": "2026-01-01T00:00:00.000000Z",
        "to": "2027-01-01T00:00:00.000000Z",
        "reviews": 40,
        "entries": ENTRIES,
        "origin": ORIGIN,
        "size": SIZE,
        "signers": [VERIFIER_KEY],
        "own_key": False,
        "seed": "audit 2026",
        "sample_size": 5,
        "made_at": json.loads((pack / "figures.json").read_text())["made_at"],
        "version": read_version(),
        "days": 3,
        "signed_by_own_keys": 0,
        "compared": False,
        "timestamps": ["2026-07-20T01:00:20.000000Z", "2026-10-28T01:00:20.000000Z"],
    }
    assert broken.code == 1
    assert json.loads(broken.out)["problem"].startswith("SHA256SUMS is missing")


@pytest.mark.parametrize("arguments", [["--part"], ["--head", f"1 {'0' * 64}"]])
def test_what_is_meant_for_files_is_refused_of_a_pack(pack: Path, arguments: list[str]) -> None:
    done = verify(pack, *arguments)

    assert done.code == 2
    assert "--checkpoint, --tsa-certificates and --export alone" in done.err


def test_a_pack_that_was_changed_is_one_sentence_and_exit_code_1(pack: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(pack, tmp_path / "pack")
    (changed / "report.pdf").write_bytes(b"%PDF-1.7")

    done = verify(changed, "--key", VERIFIER_KEY)

    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "The pack does not hold: report.pdf was changed: its SHA-256 is not the one in SHA256SUMS.\n"
    )


def test_a_folder_that_is_no_pack_was_not_verified_whatever_is_in_it(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path / "downloads" / "pack")
    (tmp_path / "link").symlink_to("nowhere")

    done = verify(tmp_path, "--key", VERIFIER_KEY)

    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "The pack was not verified: SHA256SUMS is missing: the folder is no pack, or not a whole one; give "
        "the folder that has it.\n"
    )


def test_a_saved_checkpoint_is_read_with_the_same_key(pack: Path, tmp_path: Path) -> None:
    saved = tmp_path / "checkpoint"
    saved.write_bytes((pack / "checkpoint").read_bytes())
    same, other = (
        verify(pack, "--checkpoint", str(saved), "--key", key) for key in (VERIFIER_KEY, OTHER_KEY)
    )

    assert same.code == 0
    assert other.code == 1
    assert other.out.startswith("The pack was not verified: the saved checkpoint does not hold: ")


OTHER_KEY = str(make_key("another").build_verifier_key(ORIGIN))


def test_a_route_that_the_ledger_does_not_have_is_said_with_those_that_it_has(
    address: str, tmp_path: Path
) -> None:
    done = run_pack(address, "--route", "Compliance", *PERIOD, "--out", str(tmp_path / "pack"))

    assert done.code == 2
    assert "no entry of the ledger is on the route 'Compliance': it has 'compliance', 'legal'" in done.err
    assert list(tmp_path.iterdir()) == []


def test_where_the_ledger_is_damaged_the_routes_are_not_listed(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    address = sqlite_databases.new()
    engine = engine_on(address)
    fill_signed(engine, 3, keys=LedgerKeys(current=KEY))
    owner = intruder(engine)
    with owner.begin() as connection:
        connection.execute(sa.update(ledger).where(ledger.c.seq == 1).values(entry='{"route":"x'))
    owner.dispose()
    engine.dispose()

    done = run_pack(address, "--route", "Compliance", *PERIOD, "--out", str(tmp_path / "pack"))

    assert done.code == 1
    assert done.err.startswith("The ledger is not intact: entry 1 is not JSON")


def test_the_command_that_verifies_it_can_be_pasted_also_with_spaces(address: str, tmp_path: Path) -> None:
    target = tmp_path / "pack of 2026"

    done = run_pack(address, "--route", ROUTE, *PERIOD, "--sample", "0", "--out", str(target))

    [command] = re.findall(r"offline, with: docspace-review (.*)\n", done.out)
    assert run_command(shlex.split(command), DATABASE_URL="nonsense").code == 0


def test_a_pack_that_does_not_hold_is_one_sentence_that_says_what_to_do(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    address = sqlite_databases.new()
    engine = engine_on(address)
    fill_signed(engine, keys=LedgerKeys(current=KEY))
    with engine.begin() as connection:
        connection.execute(sa.delete(ledger_people))
    engine.dispose()

    result = run_pack(address, "--route", ROUTE, *PERIOD, "--out", str(tmp_path / "pack"))

    assert result.code == 1
    assert "If someone was erased meanwhile, run the command again" in result.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "2026-02-01", "--to", "2026-01-01"], "--from must be before --to"),
        (["--from", "today", "--to", "2026-01-01"], "'today' is not a time"),
        ([*PERIOD, "--route", "r" * 60_000], "no route has a name of more than 1,000 characters"),
        ([*PERIOD, "--seed", ""], "a seed is one line of at most 200 characters"),
        ([*PERIOD, "--seed", "a\x1b"], "a seed is one line of at most 200 characters"),
        ([*PERIOD, "--sample", "-1"], "-1 is not in the range"),
        ([*PERIOD, "--language", "fr"], "'fr' is not one of 'en', 'de'"),
    ],
)
def test_what_can_not_be_asked_is_refused(
    address: str, tmp_path: Path, arguments: list[str], says: str
) -> None:
    done = run_pack(address, "--route", ROUTE, *arguments, "--out", str(tmp_path / "pack"))

    assert done.code == 2
    assert says in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_left_as_it_is(address: str, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")

    done = run_pack(address, "--route", ROUTE, *PERIOD, "--out", str(tmp_path))

    assert done.code == 2
    assert "it is there already, and is not empty" in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["theirs"]


def test_a_folder_that_can_not_be_made_is_one_sentence(address: str, tmp_path: Path) -> None:
    done = run_pack(address, "--route", ROUTE, *PERIOD, "--out", str(tmp_path / "no" / "pack"))

    assert (done.code, done.err) == (
        2,
        f"docspace-review: can't write {tmp_path}/no/pack: No such file or directory\n",
    )


def test_the_language_is_that_of_the_route_or_the_one_asked_for(
    pack: Path, address: str, tmp_path: Path
) -> None:
    english = tmp_path / "english"
    run_pack(address, "--route", ROUTE, *PERIOD, "--sample", "0", "--language", "en", "--out", str(english))

    assert json.loads((pack / "figures.json").read_text())["language"] == "de"
    assert json.loads((english / "figures.json").read_text())["language"] == "en"
    assert (english / "README.md").read_text().startswith("# Reviews of the route compliance\n")
    assert (pack / "report.pdf").read_bytes().startswith(b"%PDF-")


# What other tools say


def test_sha256sum_accepts_each_file(pack: Path) -> None:
    done = run_tool(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], pack)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_commands_in_the_readme_verify_each_timestamp_and_print_its_time(pack: Path) -> None:
    [block] = re.findall(r"```sh\n(openssl .*?)\n```", (pack / "README.md").read_text(), re.DOTALL)

    for day, time in (("2026-07-20", "Jul 20 01:00:20 2026"), ("2026-10-28", "Oct 28 01:00:20 2026")):
        verifying, printing = (
            run_tool(["sh", "-c", line.replace("DAY", day).replace("root.pem", str(ROOT))], pack)
            for line in block.splitlines()
        )
        assert (verifying.returncode, "Verification: OK" in verifying.stdout + verifying.stderr) == (0, True)
        assert f"Time stamp: {time} GMT" in printing.stdout


def test_the_command_in_the_readme_draws_the_sample_again(pack: Path) -> None:
    [command] = re.findall(r"```sh\n(for .*?)\n```", (pack / "README.md").read_text(), re.DOTALL)

    done = run_tool(["sh", "-c", command], pack)

    sample = json.loads((pack / "figures.json").read_text())["sample"]
    assert done.stdout.split() == sample["reviews"]
    assert (sample["seed"], sample["size"], len(sample["reviews"])) == ("audit 2026", 5, 5)


def test_a_tool_for_transparency_logs_accepts_each_proof(pack: Path) -> None:
    if tuple(sys.version_info) < (3, 12):
        pytest.skip("aics-tlog needs Python 3.12")
    import aics_tlog  # noqa: PLC0415

    key = aics_tlog.parse_vkey(VERIFIER_KEY)
    leaves = [
        read_with_aics_tlog(part, key)
        for file in pack.glob("**/*.tlog-proof")
        for part in split_receipt(file.read_text())
    ]

    lines = (pack / "entries.jsonl").read_text().splitlines()
    restored = [restore_stored_entry(json.loads(line), label="").encoded for line in lines]
    assert sorted(leaves) == sorted(filter(None, restored))
    assert len(leaves) == len(lines)


def run_tool(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=folder, check=False, capture_output=True, text=True)
