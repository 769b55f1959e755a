"""Each fenced block of the pages is run, or checked as far as its language can be checked here."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml

from runtime.cli import UNUSABLE
from runtime.settings.routes_source import parse_routes
from runtime.settings.settings import NAMES
from tests.meta import shell_lines
from tests.meta.pages_of_docs import READERS, ROOT, Block, blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BLOCKS = blocks()
RUN_ELSEWHERE = {ROOT / "docs/adding-a-notifier.md": "tests/notifiers/test_adding_a_notifier.py"}
"""Pages whose Python is taken out and run by a test of their own."""
SHIPPED = "/opt/docspace-review/.venv/bin/docspace-review"


def console(block: Block) -> None:
    """`tests/meta/test_docs.py` runs what begins with this prompt."""
    lines = block.text.splitlines()
    assert lines[0].startswith("$ docspace-review ")
    assert all(line.startswith("$ docspace-review ") for line in lines if line.startswith("$"))


def shell(block: Block) -> None:
    assert shell_lines.mistakes(block.text) == []


def routes(block: Block) -> None:
    assert parse_routes(block.text, today=datetime.now(UTC).date()).all


def json_text(block: Block) -> None:
    json.loads(block.text)


def json_lines(block: Block) -> None:
    for line in block.text.splitlines():
        json.loads(line)


def yaml_text(block: Block) -> None:
    assert yaml.safe_load(block.text)


def python(block: Block) -> None:
    """A session is run by pytest, which looks for those in the pages of its `testpaths`."""
    if block.text.startswith(">>> "):
        assert block.page.name == "README.md" or block.page.parent == ROOT / "docs"
        return
    ast.parse(block.text)
    assert block.page.name in (ROOT / RUN_ELSEWHERE[block.page]).read_text()


def ini(block: Block) -> None:
    name = block.text.splitlines()[0].removeprefix("# ")
    if name.endswith(".env"):
        lines = block.text.splitlines()[1:]
        assert {line.partition("=")[0].lower() for line in lines} <= set(NAMES)
    else:
        unit(block)


def braces(block: Block) -> None:
    """What an nginx or a Caddy would say first."""
    bare = re.sub(r"#.*", "", block.text)
    assert bare.count("{") == bare.count("}") > 0
    if block.language == "nginx":
        lines = [line.strip() for line in bare.splitlines() if line.strip()]
        assert all(line[-1] in ";{}" for line in lines)


def shown(block: Block) -> None:
    """A picture in letters, or an address: nothing that runs."""
    assert block.text.strip()


CHECKS: dict[str, Callable[[Block], None]] = {
    "caddyfile": braces,
    "console": console,
    "ini": ini,
    "json": json_text,
    "jsonl": json_lines,
    "nginx": braces,
    "python": python,
    "sh": shell,
    "text": shown,
    "toml": routes,
    "yaml": yaml_text,
}


def test_every_block_holds(subtests: pytest.Subtests) -> None:
    for block in BLOCKS:
        with subtests.test(block=block):
            assert block.language in CHECKS, (
                f"{block}: nothing checks a block of {block.language or 'no language'}"
            )

            CHECKS[block.language](block)


def test_every_fence_is_one_of_a_block(subtests: pytest.Subtests) -> None:
    for page in READERS:
        with subtests.test(page=page):
            fences = len(re.findall(r"^ *```", page.read_text(), re.MULTILINE))

            assert fences == 2 * sum(block.page == page for block in BLOCKS)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("docspace-review frobnicate", "No such command"),
        ("docspace-review reviews list --colour", "No such option"),
        ("heroku run python -m runtime reviews show", "Missing argument"),
        ("docker exec docspace-review docspace-review doktor", "No such command"),
        ('echo "$(docspace-review ledger heads)"', "No such command"),
        ("./dev fly", "no task fly"),
        (".venv/bin/pytest tests/nowhere", "is not there"),
        ("wget https://example.com", "no program that the pages may ask for"),
        ("export SLACK_TOKEN=x", "SLACK_TOKEN is no setting"),
        ("if true", "end of file"),
    ],
)
def test_what_would_not_run_is_found(line: str, problem: str) -> None:
    assert any(problem in mistake for mistake in shell_lines.mistakes(line + "\n"))


def unit(block: Block) -> None:
    """The unit is one, and closes what it can; `systemd-analyze` says what it does not know, where it is."""
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(block.text)
    assert read["Service"]["ExecStart"] == f"{SHIPPED} serve"
    # The exit code of what trying again does not mend, and of nothing else (docs/commands.md).
    assert (read["Service"]["Restart"], read["Service"]["RestartPreventExitStatus"]) == (
        "on-failure",
        str(UNUSABLE),
    )
    assert {read["Service"][name] for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome")} == {"yes"}


def test_the_folder_that_the_unit_works_in_is_made_before_anything_is_put_there() -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    [place] = re.findall(r"^WorkingDirectory=(.+)$", page, re.MULTILINE)
    made = re.search(rf"^install --directory .*{place}$", page, re.MULTILINE)

    assert made
    assert made.start() < page.index("Put `routes.toml` there")


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """What of a unit every machine can tell is held by `unit`; systemd itself is asked where there is one."""
    [text] = [block.text for block in BLOCKS if block.text.startswith("# /etc/systemd/")]
    file = tmp_path / "docspace-review.service"
    file.write_text(text.replace(SHIPPED, sys.executable))
    systemd = shutil.which("systemd-analyze")

    assert SHIPPED in text
    if systemd:
        verify = [systemd, "verify", "--man=no", str(file)]
        verified = subprocess.run(verify, capture_output=True, text=True, check=False)
        assert [line for line in verified.stderr.splitlines() if file.name in line] == []
