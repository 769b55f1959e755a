"""A process loads only the libraries that its role, its database and its channels need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.keys import SECRET_KEY
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SERVE = "from runtime.web.serve import create_app; create_app()"
WEB = "from runtime.web import create_app; create_app()"
WORKER = (
    "import runtime.cli\n"
    "import runtime.commands.processes.worker\n"
    "from runtime.settings import settings\n"
    "from runtime.wiring.wiring import Wiring\n"
    "from runtime.worker.worker import Worker\n"
    "Worker(Wiring(settings.load())).start()"
)
VERIFY_FILE = (
    "from runtime.cli import cli\ncli(['ledger', 'verify', '/dev/null', '--part'], standalone_mode=False)"
)
CHECK_ROUTES = (
    "import contextlib, io\n"
    "from runtime.cli import cli\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n"
    "    cli(['routes', 'check', '{}'], standalone_mode=False)"
)
HELP = (
    "import contextlib, io\n"
    "from runtime.cli import cli\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n"
    "    cli({words!r}, standalone_mode=False)"
)
COMPLETE = (
    "import contextlib, io, os\n"
    "from runtime.cli import cli\n"
    "from runtime.commands.completion import complete\n"
    "os.environ.update(COMP_WORDS={line!r}, COMP_CWORD='{place}')\n"
    "with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())) as output:\n"
    "    complete(cli, 'bash_complete')\n"
    "assert {expected!r} in output.buffer.getvalue().decode()"
)
MISSING_FILE = "from runtime.cli import cli, run\nassert run(cli, ['ledger', 'verify', '/nowhere']) == 2"
WITHOUT_LIBRARY = (
    "import sys\n"
    "sys.modules['sqlalchemy'] = None\n"
    "from runtime.cli import cli, run\n"
    "sys.exit(run(cli, ['ledger', 'head']))"
)
LIST_AND_END = (
    "\nimport json, os, sys\n"
    "print(json.dumps(sorted(sys.modules)), flush=True)\n"
    "os._exit(0)"  # threads of a worker need not be waited for
)
OF_SLACK = {"slack_bolt", "slack_sdk"}
OF_CHANNELS = {*OF_SLACK, "apprise", "pymsteams", "jwt"}
OF_COMMANDS_RUN = {"bot", "notifiers", "pages", "requests", "sqlalchemy", "store", "webhook"}
OF_COMMANDS = {"alembic", "demo", "pygments", "rich"}
OF_SETTINGS = {"authlib", "prometheus_client", "sentry_sdk", "smtplib"}
OF_PAGES = {"flask", "flask_wtf", "granian", "jinja2", "werkzeug", "wtforms"}
ALWAYS_UNUSED = OF_COMMANDS | OF_SETTINGS | {"holidays", "pydantic", "pygal", "typst"}


def load(start: str, address: str, folder: Path, **settings: str) -> set[str]:
    """Return the libraries that a process has loaded after this start, and our own folders."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "DATABASE_URL": address,
        "DOCSPACE_API_HOST": "http://127.0.0.1:9",
        "DOCSPACE_API_KEY": "key",
        "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!Test",
        "SECRET_KEY": SECRET_KEY,
        "COMPLIANCE_FOLDER_ID": "1",
        "DEPARTMENT_OWNER_EMAIL": "olga@company.com",
        **settings,
    }
    done = subprocess.run(
        [sys.executable, "-c", start + LIST_AND_END],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    ("start", "unused"),
    [(SERVE, OF_CHANNELS), (WEB, OF_CHANNELS), (WORKER, OF_CHANNELS | OF_PAGES)],
    ids=["serve", "web", "worker"],
)
def test_a_process_without_chats_loads_only_what_its_role_needs(
    database_url: str, tmp_path: Path, start: str, unused: set[str]
) -> None:
    loaded = load(start, database_url, tmp_path)

    assert loaded & (unused | ALWAYS_UNUSED) == set()
    assert ("psycopg" in loaded) is database_url.startswith("postgresql")


def test_a_file_is_verified_without_the_database_and_the_network(tmp_path: Path) -> None:
    loaded = load(VERIFY_FILE, "", tmp_path)

    unused = {
        "bot",
        "holidays",
        "notifiers",
        "pages",
        "requests",
        "rfc3161_client",
        "sqlalchemy",
        "typst",
        "webhook",
    }
    assert loaded & (unused | OF_PAGES | OF_SETTINGS) == set()


def test_calendars_are_loaded_where_a_route_names_one(tmp_path: Path) -> None:
    routes = '[[route]]\nwatch = ["1"]\nowners = ["a@b.example"]\nnotify = ["console"]\n'
    (tmp_path / "without.toml").write_text(f'{routes}due = "2 working days"\nclosed = ["2026-12-24"]')
    (tmp_path / "with.toml").write_text(f'{routes}holidays = "LV"')

    assert "holidays" not in load(CHECK_ROUTES.format("without.toml"), "", tmp_path)
    assert "holidays" in load(CHECK_ROUTES.format("with.toml"), "", tmp_path)


@pytest.mark.parametrize("words", [["--help"], ["reviews", "--help"], ["reviews", "list", "--help"]], ids=str)
def test_help_loads_no_command(tmp_path: Path, words: list[str]) -> None:
    loaded = load(HELP.format(words=words), "", tmp_path)

    assert loaded & (OF_CHANNELS | OF_COMMANDS | OF_PAGES | OF_SETTINGS | OF_COMMANDS_RUN) == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [("docspace-review wo", "worker"), ("docspace-review ledger re", "receipt"),
     ("docspace-review reviews list --ov", "--overdue")],
)  # fmt: skip
def test_completion_loads_no_more_than_help(tmp_path: Path, line: str, expected: str) -> None:
    start = COMPLETE.format(line=line, place=len(line.split()) - 1, expected=expected)

    loaded = load(start, "", tmp_path)

    assert loaded & (OF_CHANNELS | OF_COMMANDS | OF_PAGES | OF_SETTINGS | OF_COMMANDS_RUN) == set()


def test_what_is_wrong_with_an_argument_is_said_without_the_database(tmp_path: Path) -> None:
    assert "sqlalchemy" not in load(MISSING_FILE, "", tmp_path)


def test_a_library_that_can_not_be_loaded_is_said_in_one_line(tmp_path: Path) -> None:
    """What explains an error loads nothing that may have been the error."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBRARY],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 70
    assert done.stderr == (
        "docspace-review: internal error (ModuleNotFoundError); LOG_LEVEL=debug shows where\n"
    )
