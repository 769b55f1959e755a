"""`ledger verify`, `export` and `head`, on a database and on the files that were handed out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ledger.findings import MAX_LISTED_FINDINGS
from reviews.ledger.hash_chain import GENESIS_HASH
from store.schema import ledger, ledger_head, review_index, reviews
from tests.databases import engine_on
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import ENTRIES, check_tampered, fill_record, rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import SqliteDatabases

UNKNOWN_HEAD = f"1 {'f' * 64}"


@pytest.fixture
def address(sqlite_databases: SqliteDatabases) -> str:
    """Return the address of a database with a filled record."""
    address = sqlite_databases.new()
    engine = engine_on(address)
    fill_record(engine)
    engine.dispose()
    return address


def ledger_command(address: str, *arguments: str) -> CommandResult:
    return run_command(["ledger", *arguments], DATABASE_URL=address)


def verified(file: Path, *arguments: str) -> CommandResult:
    """Check a file, with no database anywhere."""
    return run_command(["ledger", "verify", str(file), *arguments], DATABASE_URL="nonsense")


def exported(address: str, file: Path, *arguments: str) -> list[str]:
    """Hand the ledger out into a file; return its lines."""
    done = ledger_command(address, "export", *arguments)
    assert (done.code, done.err) == (0, "")
    file.write_text(done.out)
    return done.out.splitlines()


def tamper(address: str, *statements: sa.Executable) -> None:
    engine = engine_on(address)
    check_tampered(engine, *statements)
    engine.dispose()


def test_what_is_handed_out_can_be_checked_without_the_database(address: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    lines = exported(address, file)
    head = ledger_command(address, "head").out.strip()

    done = verified(file, "--head", head, "--json")

    assert done.code == 0
    assert json.loads(done.out) == {
        "intact": True,
        "checked": ENTRIES,
        "first": 1,
        "seq": ENTRIES,
        "hash": head.split()[1],
        "problem": None,
        "reviews": None,
        "removed": 0,
        "findings": [],
        "unlisted": 0,
        "unsaid": {},
        "covered": None,
        "checkpoint": None,
        "pinned": ENTRIES,
        "erased": 0,
        "unrecorded": 0,
    }
    assert head == f"{ENTRIES} {json.loads(lines[-1])['hash']}"
    assert verified(file, "--head", head).out == (
        f"The ledger is intact: {ENTRIES} entries up to {head}.\nIt ends at the newest saved head.\n"
    )


@pytest.mark.parametrize(
    ("before", "between", "problem"),
    [
        (b"\xef\xbb\xbf", b"\n", "line 1 of the file begins with a byte order mark"),
        (b"", b"\r\n", "line 1 of the file ends in CRLF"),
        (b"\xef\xbb\xbf", b"\r\n", "line 1 of the file ends in CRLF"),
    ],
)
def test_what_editors_do_to_lines_changes_no_entry_but_the_file_is_no_whole_export(
    address: str, tmp_path: Path, before: bytes, between: bytes, problem: str
) -> None:
    file = tmp_path / "ledger.jsonl"
    lines = exported(address, file)
    file.write_bytes(before + b"".join(line.encode() + between for line in lines))
    head = ledger_command(address, "head").out

    part, whole = verified(file, "--part"), verified(file, "--head", head)

    assert (part.code, whole.code) == (0, 1)
    assert f"{ENTRIES} entries" in part.out
    assert whole.out.startswith(f"The ledger is not intact: {problem}")
    assert whole.out.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("seq,at,type\n".encode("utf-16"), "line 1 of the file is not text"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "line 1 of the file is not JSON"),
        (b"seq,at,type\r\n", "line 1 of the file is not JSON"),
        (bytes(range(128)), "line 1 of the file is not JSON"),
        (b"\n\n", "line 1 of the file is not JSON"),
        (b'{\n  "intact": true\n}\n', "line 1 of the file is not JSON"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", "line 1 of the file is not JSON"),
        (b"[" * 5_000_000, "line 1 of the file is longer than any entry"),
    ],
)
def test_a_file_that_is_no_export_was_not_verified(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    done, part, as_json = verified(file), verified(file, "--part"), verified(file, "--json")

    assert (done.code, done.err, part.out) == (1, "", done.out)
    assert done.out.startswith(f"The file was not verified: {problem}")
    assert "so the file is no export: docspace-review ledger export writes one" in done.out
    members = json.loads(as_json.out)
    assert (as_json.code, members["intact"], members["problem"].startswith(problem)) == (1, False, True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"seq":1,"ha', "line 1 of the file is not JSON: the file ends within it"),
        (b'\xef\xbb\xbf{"seq":1,,\n', "line 1 of the file is not JSON"),
        (b'{"seq":1,"seq":1}', "line 1 of the file says 'seq' twice"),
        (b'{"seq":1,"hash":"x","n":NaN}', "line 1 of the file holds the number 'NaN'"),
    ],
)
def test_a_file_that_is_no_record_does_not_hold(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)

    done, as_json = verified(file), verified(file, "--json")

    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(f"The ledger is not intact: {problem}")
    assert (as_json.code, json.loads(as_json.out)["problem"].startswith(problem)) == (1, True)


def test_a_line_that_shows_another_title_than_it_hashes_does_not_hold(address: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    lines = exported(address, file)
    lines[2] = lines[2].replace("{", '{"title":"Shown.docx",', 1)
    file.write_text("\n".join(lines))

    done = verified(file)

    assert done.code == 1
    assert done.out == "The ledger is not intact: line 3 of the file says 'title' twice.\n"


def test_an_empty_file_is_an_empty_part_unless_a_head_was_kept(address: str, tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.touch()

    assert verified(file, "--part").out == "The file has no entries.\n"
    assert verified(file).code == 1
    with_head = verified(file, "--head", ledger_command(address, "head").out)
    assert (with_head.code, "entries are missing at the end" in with_head.out) == (1, True)


def test_a_head_that_was_kept_is_looked_for_in_databases_and_in_files(address: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    second = f"2 {json.loads(exported(address, file)[1])['hash']}"
    options = ["--head", second, "--head", f"0 {GENESIS_HASH}"]

    results = [ledger_command(address, "verify", *options), verified(file, *options)]
    options += ["--head", UNKNOWN_HEAD]
    missed = [ledger_command(address, "verify", *options), verified(file, *options)]

    assert [done.code for done in results] == [0, 0]
    for done in missed:
        assert done.code == 1
        assert "entry 1 has another hash than the one that was kept" in done.out


def test_a_period_is_checked_from_its_first_entry(address: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    lines = exported(address, file)
    file.write_text("\n".join(lines[2:]))
    before = f"2 {json.loads(lines[1])['hash']}"

    assert "It starts at entry 3, so earlier ones are not checked." in verified(file, "--part").out
    assert verified(file, "--part", "--head", before).code == 0
    assert verified(file, "--part", "--head", UNKNOWN_HEAD).code == 1


def test_the_database_must_hold_the_record_from_its_first_entry(address: str) -> None:
    tamper(address, sa.delete(ledger).where(ledger.c.seq < 3))

    done = ledger_command(address, "verify")

    assert done.code == 1
    assert "entry 1 is missing" in done.out


def test_entries_are_handed_out_as_they_stand_there(address: str, tmp_path: Path) -> None:
    odd = '{"title":"shown","title":"hashed"}'
    tamper(address, sa.update(ledger).where(ledger.c.seq == 3).values(entry=odd))

    lines = exported(address, tmp_path / "ledger.jsonl")
    as_table = ledger_command(address, "export", "--format", "csv")

    assert lines[2] == odd
    assert as_table.code == 1
    assert as_table.err == "The ledger is not intact: entry 3 says 'title' twice.\n"


def test_each_difference_is_a_line_and_a_finding_with_both_values(address: str) -> None:
    hostile = "Menu\u202e.docx\x1b[2J"
    changed = {"title": hostile, "link": f"https://evil.example/{'x' * 3000}"}
    tamper(address, sa.update(reviews).where(reviews.c.id == "rev-1").values(changed))

    done, as_json = ledger_command(address, "verify"), ledger_command(address, "verify", "--json")

    assert (done.code, as_json.code, done.err) == (1, 1, "")
    first, second = done.out.splitlines()
    assert first == (
        'The ledger is not intact: review rev-1 has another title than entry 2 says: "AML Policy '
        '2026.docx" in the ledger, "Menu\\u202e.docx\\u001b[2J" in the database.'
    )
    assert second.startswith("Also: review rev-1 has another link than entry 2 says: ")
    assert len(second) < 400
    findings = json.loads(as_json.out)
    assert [(each["review_id"], each["entry"], each["member"]) for each in findings["findings"]] == [
        ("rev-1", 2, "title"), ("rev-1", 2, "link"),
    ]  # fmt: skip
    assert findings["findings"][0]["ledger"] == '"AML Policy 2026.docx"'
    assert findings["reviews"] == 3


def test_a_terminal_is_shown_how_far_the_check_has_come_beside_the_result(address: str) -> None:
    plain, shown = (
        ledger_command(address, "verify"),
        run_command(["ledger", "verify"], DATABASE_URL=address, FORCE_COLOR="1", TERM="xterm", COLUMNS="100"),
    )

    assert (plain.err, shown.code, shown.out) == ("", 0, plain.out)
    assert "Checking the ledger" in shown.err
    assert "9/9" in shown.err


def test_what_an_earlier_version_did_not_write_down_is_named_and_no_difference(address: str) -> None:
    engine = engine_on(address)
    rewrite(engine, without=("link", "folders"))
    check_tampered(engine, sa.update(reviews).values(link="https://evil.example"))
    engine.dispose()

    done = ledger_command(address, "verify")

    assert done.code == 0
    *_, agree, last = done.out.splitlines()
    assert agree == "The reviews match the ledger, all 3 of them."
    assert last == (
        "Written by an earlier version, so not compared, each with the number of reviews: "
        "folders of 3, link of 3."
    )


def test_more_findings_than_fit_are_counted(address: str) -> None:
    many = [
        {"value": f"by:{number}", "kind": "content", "seq": 77} for number in range(MAX_LISTED_FINDINGS + 9)
    ]
    tamper(address, sa.insert(review_index).values(many))

    done = ledger_command(address, "verify")

    assert done.code == 1
    assert done.out.splitlines()[MAX_LISTED_FINDINGS:] == ["And 9 more not listed."]


def test_guards_that_were_taken_away_come_back_when_asked_for(address: str) -> None:
    engine = engine_on(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_refuses_update")
    engine.dispose()

    broken = ledger_command(address, "verify")
    restored = ledger_command(address, "restore-guards")
    again = ledger_command(address, "restore-guards")

    assert (broken.code, restored.code, again.code) == (1, 0, 0)
    assert "the guard ledger_refuses_update of the table ledger is missing" in broken.out
    assert restored.out.startswith("The guard ledger_refuses_update of the table ledger was missing. It was")
    assert again.out == "All guards are in force: there is nothing to restore.\n"
    assert ledger_command(address, "verify").code == 0


def test_an_end_that_was_taken_away_can_not_be_pinned(address: str) -> None:
    tamper(address, sa.delete(ledger_head))

    done = ledger_command(address, "head")

    assert (done.code, done.out) == (1, "")
    assert "the row that pins the chain's end is not there" in done.err
