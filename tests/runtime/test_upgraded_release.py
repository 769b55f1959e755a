"""What release 0.3.0 has written is migrated, read and verified, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from store.engine import create_engine
from tests.keys import SECRET_KEY
from tests.meta.pages_of_docs import ROOT
from tests.reviews.desk import Desk, build_answer_request
from tests.runtime.command import run_command
from tests.store.earlier_release import RELEASE, load_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import PostgresDatabases, SqliteDatabases

PORTAL = {
    "docspace_api_host": "http://127.0.0.1:1",
    "docspace_api_key": "sk-none",
    "routes": '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
    'identity = "link"\nsegregation_of_duties = "off"\n',
}
"""No call is made to it."""
STATES = {
    "Acknowledged.docx": "acknowledged",
    "Sent back.docx": "changes_requested",
    "Revised.docx": "open",
    "Ünïcode & <open>.docx": "open",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a database that release 0.3.0 has left."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    address = databases.empty()
    engine = create_engine(address)
    load_release(engine)
    engine.dispose()
    yield address
    databases.give_back(address)


def read(address: str, command: str) -> Any:
    done = run_command([*command.split(), "--json"], DATABASE_URL=address, SECRET_KEY=SECRET_KEY)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


def migrate(address: str) -> None:
    done = run_command(["migrate"], DATABASE_URL=address)
    assert done.code == 0, done.err


def test_before_it_is_migrated_a_command_says_what_to_run(address: str) -> None:
    done = run_command(["reviews", "list"], DATABASE_URL=address)

    assert done.code == 2
    assert "migrations are missing: run docspace-review migrate" in done.err


def test_all_reviews_answers_and_events_are_there(address: str) -> None:
    migrate(address)

    reviews = {each["title"]: each for each in read(address, "reviews list")}
    assert {title: each["state"] for title, each in reviews.items()} == STATES
    [answer] = reviews["Sent back.docx"]["answers"]
    assert (answer["decision"], answer["reviewer"]["name"]) == ("request_changes", "Dana Ozola")
    assert answer["note"] == 'Section 4: "10 %" is wrong\nplease fix'
    assert reviews["Revised.docx"]["revision"] == 2
    assert [each["state"] for each in read(address, "events list")] == ["received", *["done"] * 5]


def test_the_ledger_holds_and_its_entries_are_the_same(address: str) -> None:
    migrate(address)

    verdict = read(address, "ledger verify")
    exported = run_command(["ledger", "export"], DATABASE_URL=address).out.splitlines()

    assert (verdict["intact"], verdict["checked"]) == (True, 7)
    hashes = [row["hash"] for row in RELEASE["tables"]["ledger"]]
    assert [json.loads(line)["hash"] for line in exported] == hashes


def test_an_open_review_of_before_is_answered_and_the_ledger_goes_on(address: str) -> None:
    migrate(address)
    # The product's own units of work: on SQLite the migration made the ledger's key, and each entry needs it.
    wiring = Wiring(parse_settings({"database_url": address, "secret_key": SECRET_KEY, **PORTAL}))
    desk = Desk(wiring.engine, wiring.transactions)

    desk.answers.record_answer(build_answer_request(desk.latest("4")))

    wiring.engine.dispose()
    states = {each["title"]: each["state"] for each in read(address, "reviews list")}
    assert states == STATES | {"Ünïcode & <open>.docx": "acknowledged"}
    assert read(address, "ledger verify")["checked"] == 8


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "reviews list", "ledger verify"])
def test_on_the_tables_of_a_newer_version_everything_refuses(
    address: str, tmp_path: Path, command: str
) -> None:
    """As the earlier version does after an upgrade (docs/deploy.md, *Rollback*)."""
    migrate(address)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    # A process of its own: a worker keeps the signals that end it from all other threads of its process.
    done = subprocess.run(
        [sys.executable, "-m", "runtime", *command.split()],
        cwd=tmp_path,
        env={
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": address,
            "SECRET_KEY": SECRET_KEY,
            "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!Review2026",
            **{name.upper(): value for name, value in PORTAL.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "the database belongs to a newer version of docspace-review: run that one" in done.stderr
