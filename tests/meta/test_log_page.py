"""The page on the log shows lines as the code writes them, and its searches find what it says."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.meta.pages_of_docs import ROOT, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs/log.md"
ROOMS = ("bot", "docspace", "notifiers", "pages", "reviews", "runtime", "store", "webhook")
WRITTEN_BY_ALL = {"event", "level", "timestamp"}
CONSOLE = re.compile(r"^\S+Z \[\w+ *\] (\w+) +(.+)$")
JSON_LINES = [
    json.loads(line)
    for block in blocks_of(PAGE)
    if block.language == "jsonl"
    for line in block.text.splitlines()
]


def read_console_lines() -> list[tuple[str, set[str]]]:
    """Return the name and the fields of each line for people."""
    lines = [
        line for block in blocks_of(PAGE) if block.language == "text" for line in block.text.splitlines()
    ]
    matches = [CONSOLE.match(line) for line in lines]
    assert all(matches)
    return [(match[1], set(re.findall(r"(\w+)=", match[2]))) for match in matches if match]


def read_own_lines() -> list[tuple[str, set[str]]]:
    """Return the name and the fields of each line of JSON that is ours, not a library's."""
    return [(line["event"], set(line) - WRITTEN_BY_ALL) for line in JSON_LINES if "logger" not in line]


@cache
def find_written_fields() -> dict[str, list[tuple[set[str], bool]]]:
    """Return the fields with which the code writes each name, and whether a call may add others."""
    written = defaultdict(list)
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for name, call in _find_calls(ast.parse(file.read_text())):
                fields = {keyword.arg for keyword in call.keywords if keyword.arg} - {"exc_info"}
                written[name].append((fields, any(keyword.arg is None for keyword in call.keywords)))
    return dict(written)


def _find_calls(module: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls that write a line; one whose name is a variable counts for each text of its module."""
    nodes = list(ast.walk(module))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for node in nodes:
        if not isinstance(node, ast.Call) or not node.args or not _writes_line(node.func):
            continue
        first = node.args[0]
        names = {first.value} if isinstance(first, ast.Constant) else texts
        yield from ((name, node) for name in names if isinstance(name, str))


def _writes_line(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "write_line"
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) == "log"


@pytest.mark.parametrize(("name", "fields"), [*read_own_lines(), *read_console_lines()])
def test_a_line_is_written_by_the_code_with_these_fields(name: str, fields: set[str]) -> None:
    ways = find_written_fields().get(name, [])

    assert any(fields == own or (is_open and fields >= own) for own, is_open in ways), (name, ways)


def test_the_table_names_what_the_lines_have() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    written = find_written_fields()
    outcomes = [(name, set(re.findall(r"`(\w+)`", says))) for name, _, says in rows if name in written]

    assert len(outcomes) == 6
    for name, fields in outcomes:
        assert any(fields - {"outcome"} <= own for own, _ in written[name]), name


@pytest.mark.parametrize(
    "search", [line for block in blocks_of(PAGE) for line in block.text.splitlines() if "grep" in line]
)
def test_a_search_finds_lines_of_the_page(search: str, tmp_path: Path) -> None:
    """Of the page's own lines in a file, as a service writes them."""
    lines = [block.text for block in blocks_of(PAGE) if block.language == "jsonl"]
    (tmp_path / "review.log").write_text("".join(lines))

    done = subprocess.run(
        ["/bin/sh", "-c", search], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert set(done.stdout.splitlines()) < set("".join(lines).splitlines())
