"""The first steps work as they are written, each after those before it: by hand, on a page of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from tests.meta.pages_of_docs import ROOT, Block, blocks_of

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases

README, BY_HAND = ROOT / "README.md", ROOT / "docs/setup.md"
EXAMPLE_VALUES = {
    "DOCSPACE_API_KEY": "sk-0000",
    "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!$Review 2026",
    "SECRET_KEY": "Zq8v$3rW6yKf0bXs2LmT9cHdJ4gP, $HOME",
}
"""What a reader puts in place of the dots."""
OF_SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_TEAM_ID")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the program where `./dev install` puts it, and the files of the steps."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/docspace-review").symlink_to(Path(sys.executable).parent / "docspace-review")
    (tmp_path / "routes.toml").write_text(block("[[route]]").text)
    (tmp_path / "docspace-review.env").write_text(filled(block("# docspace-review.env").text))
    return tmp_path


def block(part: str) -> Block:
    [found_block] = [each for each in blocks_of(BY_HAND) if part in each.text]
    return found_block


def filled(lines: str) -> str:
    return re.sub(
        r"^(\w+)=.*….*", lambda line: f"{line[1]}='{EXAMPLE_VALUES[line[1]]}'", lines, flags=re.MULTILINE
    )


def run(folder: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    """Run what the README has in one terminal; it inherits nothing."""
    script = "\n".join(block(part).text for part in parts)
    shell = ["/bin/sh", "-e", "-c", script]
    environment = {"PATH": os.defpath}
    return subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_each_step_comes_after_what_it_needs() -> None:
    steps = ["[[route]]", "# docspace-review.env", "set -a", "slack manifest", "docspace-review serve"]
    lines = [block(step).line for step in steps] + [block("webhook register").line]

    assert lines == sorted(lines)


def test_every_command_names_the_program_by_its_path() -> None:
    page = README.read_text()
    written = [each.text for file in (README, BY_HAND) for each in blocks_of(file) if each.language == "sh"]
    written += re.findall(r"`([^`\n]*docspace-review [^`\n]+)`", page)

    assert [text for text in written if re.search(r"(?<!\.venv/bin/)docspace-review (?!\|)", text)] == []
    assert any(".venv/bin/docspace-review doctor" in text for text in written)


def test_the_manifest_needs_no_setting_that_comes_later(checkout: Path) -> None:
    done = run(checkout, "set -a", "slack manifest")

    assert (done.returncode, done.stderr) == (0, "")
    assert "https://review.example.com" in json.dumps(json.loads(done.stdout))


def test_with_what_slack_gives_then_the_program_starts(
    checkout: Path, sqlite_databases: SqliteDatabases
) -> None:
    lines = [line.partition("=") for line in (checkout / "docspace-review.env").read_text().splitlines()]
    values = {name.lower(): text.strip("'") for name, mark, text in lines if mark}
    values |= {name.lower(): "xoxb-given" for name in OF_SLACK if f"`{name}`" in BY_HAND.read_text()}
    values |= {"routes_file": str(checkout / "routes.toml"), "database_url": sqlite_databases.new()}

    wiring = Wiring(parse_settings(values))
    rules = {str(rule) for rule in build_application(wiring).url_map.iter_rules()}
    wiring.engine.dispose()

    assert "/slack/events" in rules
