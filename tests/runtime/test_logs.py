"""The log of a process: one form for our own lines and those of libraries, and no secrets in either."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

SECRETS = {
    "bot token": "xoxb-0123456789-abcdef",
    "webhook secret": "Compl1ance!secret",
    "password": "p4ssw0rd-of-the-database",
}
_PREPARED = """
import logging, sys
import structlog
from runtime.observe import logs
from runtime.settings import settings
logs.prepare(settings.load({{
    "slack_bot_token": "xoxb-0123456789-abcdef",
    "docspace_webhook_secret": "Compl1ance!secret",
    "database_url": "postgresql://me:p4ssw0rd-of-the-database@db/name",
    "log_format": {written!r} or None,
}}))
log = structlog.get_logger()
def fail():
    local = "only-a-local-variable"
    raise ValueError("https://me:p4ssw0rd-of-the-database@db/ refused xoxb-0123456789-abcdef sig=abcdefghijk")
"""


def run_script(script: str, *, written: str = "json") -> str:
    """Run a script after logging was set up; return what it wrote on standard error."""
    command = [sys.executable, "-c", _PREPARED.format(written=written) + script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    script = """
log.info("event_received", trigger="?ticket=abcdefgh-1", header={"Authorization": "Bearer abcdefgh"})
logging.getLogger("sqlalchemy.pool").warning("the pool of %s is full", "Compl1ance!secret")
try:
    fail()
except ValueError:
    log.exception("work_failed", card_id=7)
    logging.getLogger("alembic").exception("a step failed")
logging.getLogger("a.package").info("chatter")
"""
    return [json.loads(line) for line in run_script(script).splitlines()]


def test_libraries_are_written_as_our_own_lines_are(lines: list[dict[str, Any]]) -> None:
    assert [(line["event"], line["level"], line.get("logger")) for line in lines] == [
        ("event_received", "info", None),
        ("the pool of [secret] is full", "warning", "sqlalchemy.pool"),
        ("work_failed", "error", None),
        ("a step failed", "error", "alembic"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_a_traceback_is_part_of_its_line_and_holds_no_secret(lines: list[dict[str, Any]]) -> None:
    whole = json.dumps(lines)

    assert [line["exception"][0]["exc_type"] for line in lines[2:]] == ["ValueError"] * 2
    assert [name for name, value in SECRETS.items() if value in whole] == []
    assert "only-a-local-variable" not in whole
    assert "abcdefgh" not in whole


def test_on_a_terminal_lines_are_for_people_and_move_no_cursor() -> None:
    script = """
log.info("event_settled", reason="\\x1b[2J\\u202egone", trigger="file.updated")
try:
    fail()
except ValueError:
    log.exception("work_failed", card_id=7)
logging.getLogger("a.package").warning("\\x1b[31mred")
"""
    output = run_script(script, written="console")

    assert "event_settled" in output
    assert "trigger=file.updated" in output
    assert "Traceback (most recent call last)" in output
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert [name for name, value in SECRETS.items() if value in output] == []


@pytest.mark.parametrize("written", ["json", "console"])
def test_no_form_of_the_log_holds_what_turns_or_moves_text(written: str) -> None:
    script = """
hostile = "\\x1b[2J\\x9b31m\\u202egone\\u2028\\x7f"
log.info("event_settled", reason=hostile, names=[hostile])
logging.getLogger("a.package").warning("of %s", hostile)
"""
    output = run_script(script, written=written)

    assert output.count("gone") == 3
    assert [char for char in output if not char.isprintable() and char != "\n"] == []
    if written == "json":
        assert json.loads(output.splitlines()[0])["reason"] == "\x1b[2J\x9b31m\u202egone\u2028\x7f"


def test_what_is_not_written_for_a_terminal_is_json() -> None:
    assert json.loads(run_script('log.info("started")', written="").splitlines()[0])["event"] == "started"
