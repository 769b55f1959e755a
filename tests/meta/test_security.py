"""The page on security names a test for each threat, and the files that hold it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_FILE = re.compile(r"`([\w/.-]+/[\w.-]+\.(?:py|toml|txt))`")


def threats() -> list[tuple[str, str, str]]:
    """Return the rows of the tables of threats: the threat, what holds it, and the test."""
    part = PAGE.read_text(encoding="utf-8").partition("\n## Threats, ")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert {len(row) for row in rows} == {3}
    return [(row[0], row[1], row[2]) for row in rows if row[0] != "threat"]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_threats() -> None:
    assert len(threats()) > 50


def test_each_threat_names_a_test_and_files_that_are_there() -> None:
    for threat, holds, named in threats():
        match = _TEST.fullmatch(named)

        assert match, threat
        file, test = match.groups()
        assert (ROOT / file).is_file(), threat
        assert test in names_in(file), threat
        assert [each for each in _FILE.findall(holds) if not (ROOT / each).is_file()] == [], threat
