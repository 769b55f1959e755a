"""The edge of the command line: whatever is asked of it, an exit code of the contract and one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
import sqlalchemy as sa

from store.engine import create_engine
from tests.databases import run_outside_transaction
from tests.runtime.command import CommandResult, run_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.databases import PostgresDatabases, SqliteDatabases

PASSWORD = "hunter2"


ARGUMENTS = {
    "a number that no database holds": (["events", "replay", str(2**63)], "is not in the range"),
    "a number that PostgreSQL does not hold": (["deliveries", "replay", str(2**31)], "is not in the range"),
    "a number below zero": (["events", "replay", "--", "-1"], "is not in the range"),
    "a number of many digits": (["events", "replay", "9" * 5000], "Invalid value for '[EVENT_ID]'"),
    "no UTF-8": (["reviews", "show", "\udcff"], "an argument is not text in UTF-8"),
    "a review of a long name": (["reviews", "show", "x" * 100_000], "there is no review"),
    "a review that does not exist": (["reviews", "show", "drive-3-|a'b"], "there is no review"),
    "an id like an option": (
        ["reviews", "changes", "-dl-7sbjmi2D"],
        "given after --: docspace-review reviews changes -- -dl-7sbjmi2D",
    ),
    "an id like a long option": (
        ["reviews", "show", "--l-7sbjmi2D", "--json"], "docspace-review reviews show -- --l-7sbjmi2D"
    ),
    "an id like a call for help": (
        ["ledger", "receipt", "-hl-7sbjmi2D"], "docspace-review ledger receipt -- -hl-7sbjmi2D"
    ),
    "an id like an option, after a file": (
        ["ledger", "receipt", "--out", "x", "-dl-7sbjmi2D"], "docspace-review ledger receipt -- -dl-7sbjmi2D"
    ),
    "an id with a hyphen where it is an id": (
        ["reviews", "show", "--json", "--", "-dl-7sbjmi2D"], "there is no review '-dl-7sbjmi2D'"
    ),
    "an option of no command about a review": (
        ["reviews", "show", "rev-1", "--jsno"], "No such option '--jsno'"
    ),
    "a time before time": (["ledger", "export", "--from", "0001-01-01T00:00+14:00"], "is not a time"),
    "a time after time": (["ledger", "export", "--to", "9999-12-31T23:59-12:00"], "is not a time"),
    "a period turned round": (
        ["ledger", "export", "--from", "2026-02-01", "--to", "2026-01-01"], "--from must be before --to"
    ),
    "a head that is none": (["ledger", "verify", "--head", "12"], "'12' is not a head"),
    "a checkpoint that is a folder": (["ledger", "verify", "--checkpoint", "."], "Is a directory"),
    "a routing file that is a folder": (["routes", "check", "."], "is a directory"),
    "terminal codes": (["\x1b]0;owned\x07"], "No such command"),
    "a mistyped command": (["ledgr"], "Did you mean 'ledger'?"),
    "a mistyped command of a group": (["ledger", "verifi"], "Did you mean 'verify'?"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "says"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_an_argument_that_can_not_be_used_is_said_in_one_line(
    sqlite_databases: SqliteDatabases, arguments: list[str], says: str
) -> None:
    done = run_command(arguments, DATABASE_URL=sqlite_databases.new())

    assert (done.code, done.out) == (2, "")
    assert_is_one_line(done.err, says)


def assert_is_one_line(text: str, says: str) -> None:
    assert text.startswith("docspace-review: ")
    assert says in text
    assert text.count("\n") == 1
    assert len(text) < 5000
    assert text[:-1].isprintable()
    assert PASSWORD not in text


def newer(file: Path) -> str:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('9999')"))
    engine.dispose()
    return f"sqlite:///{file}"


def without_tables(file: Path) -> str:
    file.touch()
    return f"sqlite:///{file}"


def a_folder(file: Path) -> str:
    file.mkdir()
    return f"sqlite:///{file}"


def text(file: Path) -> str:
    file.write_text("no database\n" * 100)
    return f"sqlite:///{file}"


def damaged(file: Path) -> str:
    newer(file)
    file.write_bytes(file.read_bytes()[:100] + b"\xaa" * 5000)
    return f"sqlite:///{file}"


DATABASES: dict[str, tuple[Callable[[Path], str], str]] = {
    "a folder": (a_folder, "unable to open database file"),
    "a text": (text, "file is not a database"),
    "a damaged file": (damaged, "the database can't be used"),
    "one of a newer version": (newer, "the database belongs to a newer version"),
    "one without tables": (without_tables, "migrations are missing"),
    "none": (lambda file: f"sqlite:///{file}", "there is no file /"),
    "none in no folder": (lambda file: f"sqlite:///{file}/no/where.db", "there is no file /"),
    "another driver": (lambda file: f"sqlite+aiosqlite:///{file}", "DATABASE_URL names sqlite+aiosqlite"),
    "a control character": (lambda file: f"sqlite:///{file}%00b", "holds a control character"),
    "nothing": (lambda _: "", "is not a database address"),
    "no name": (lambda _: "postgresql://", "DATABASE_URL has no database name"),
    "no UTF-8": (lambda _: "postgresql://\udcff@127.0.0.1/name", "DATABASE_URL: is not text in UTF-8"),
    "a host that does not exist": (
        lambda _: f"postgresql://me:{PASSWORD}@no-host.invalid/name", "the database can't be used"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "says"), DATABASES.values(), ids=DATABASES)
@pytest.mark.parametrize("arguments", ["events list", "ledger verify", "reviews list --json"])
def test_a_database_that_can_not_be_used_is_said_in_one_line(
    tmp_path: Path, made: Callable[[Path], str], says: str, arguments: str
) -> None:
    done = run_command(arguments.split(), DATABASE_URL=made(tmp_path / "database.db"))

    assert (done.code, done.out) == (2, "")
    assert_is_one_line(done.err, says)
    assert "DATABASE_URL" in done.err


@pytest.mark.parametrize("arguments", ["ledger verify", "ledger head", "reviews list", "events replay --all"])
def test_a_mistyped_database_is_said_and_not_made(tmp_path: Path, arguments: str) -> None:
    done = run_command(arguments.split(), DATABASE_URL=f"sqlite:///{tmp_path}/mistyped.db")

    assert done.code == 2
    assert_is_one_line(done.err, f"DATABASE_URL: there is no file {tmp_path}/mistyped.db")
    assert "docspace-review migrate" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_is_not_migrated(tmp_path: Path) -> None:
    done = run_command(["migrate"], DATABASE_URL=newer(tmp_path / "database.db"))

    assert done.code == 2
    assert_is_one_line(done.err, "the database belongs to a newer version of docspace-review")


@pytest.mark.parametrize(
    ("query", "arguments", "says"),
    [
        ("application_name=a", "events replay 1", "in a read-only transaction"),
        ("user=nobody-we-know", "events list", "nobody-we-know"),
    ],
)
def test_what_postgresql_refuses_is_said_in_its_own_words(
    postgres_databases: PostgresDatabases, query: str, arguments: str, says: str
) -> None:
    address = postgres_databases.new()
    read_only = f'ALTER DATABASE "{sa.make_url(address).database}" SET default_transaction_read_only = on'
    run_outside_transaction(address, read_only)

    done = run_command(arguments.split(), DATABASE_URL=f"{address}{'&' if '?' in address else '?'}{query}")

    assert done.code == 2
    assert_is_one_line(done.err, says)


@click.command()
@click.argument("what")
def broken(what: str) -> None:
    """Fail in an unexpected way."""
    click.echo({"known": "told"}[what])


def test_a_defect_of_ours_has_a_code_of_its_own_and_keeps_its_stack_to_itself() -> None:
    done = run_command([PASSWORD], broken)

    assert done.code == 70
    assert_is_one_line(done.err, "internal error (KeyError); LOG_LEVEL=debug shows where")


def test_the_stack_of_a_defect_is_there_for_the_asking() -> None:
    done = run_command(["hat"], broken, LOG_LEVEL="debug")

    assert done.code == 70
    assert "Traceback" in done.err
    assert "KeyError: 'hat'" in done.err


@click.command()
def interrupted() -> None:
    """End as Ctrl-C ends it."""
    raise KeyboardInterrupt


def test_an_interrupted_command_says_nothing() -> None:
    assert run_command([], interrupted) == CommandResult(130, "", "")


def test_the_version_is_the_project_s() -> None:
    done = run_command(["--version"])

    assert (done.code, done.err) == (0, "")
    assert done.out == "docspace-review 0.4.0\n"


@click.command()
def ask() -> None:
    """Ask a question, as `people erase` does."""
    click.confirm("Sure?")


def test_who_leaves_at_a_question_interrupts_the_command() -> None:
    done = run_command([], ask)

    assert (done.code, "internal error" in done.err) == (130, False)
