"""One word for one thing: the retired words of the glossary are in no name, no docstring and no page."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "docspace", "documents", "notifiers", "pages", "reviews", "runtime", "store", "webhook")
FOLDERS = (*PRODUCT, "bench", "demo", "pictures", "tests")
STORED = {"store/migrations/versions"}
"""What is never changed again."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "app.json", "bench/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
TEMPLATES = sorted(path for folder in (*PRODUCT, "demo") for path in (ROOT / folder).rglob("*.html"))
JINJA, STRING = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL), re.compile(r"\"[^\"]*\"|'[^']*'")
NAME = re.compile(r"(?<![\w.])[a-z_]\w*")
GLOSSARY = ROOT / "docs/glossary.md"
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
QUOTED = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
"""Code and stored words in prose: `somebody` is the log's word for a person as a target."""


def retired(where: str) -> list[str]:
    table = GLOSSARY.read_text().partition("## Retired words")[2]
    rows = [match for line in table.splitlines() if (match := ROW.match(line))]
    return [word for row in rows if where in row[2].split(", ") for word in row[1].split(", ")]


def find_words(text: str) -> set[str]:
    return {match[1].lower() for match in pattern().finditer(text)}


@cache
def pattern() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(retired('prose'))})s?\b", re.IGNORECASE)


def sources() -> list[Path]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in paths if not any(each in path.as_posix() for each in STORED)]


def parse(path: Path) -> tuple[str, ast.Module]:
    """Return a file's text and tree. None is kept: the garbage collector would look through all of them."""
    source = path.read_text()
    return source, ast.parse(source)


def names_of(tree: ast.Module) -> Iterator[str]:
    """Yield each name that a file gives: of classes, functions, parameters, fields, attributes, variables."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case (
                ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name
            case ast.MatchAs(name=str(name)):
                yield name


def prose_of(source: str, tree: ast.Module) -> Iterator[str]:
    """Yield docstrings, also those of fields and constants, and comments but for what a tool reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.rpartition(" - ")[2] if "noqa" in token.string else token.string


def names_to_check(path: Path, *, words: set[str], whole: set[str]) -> Iterator[str]:
    """Yield the name of a file, and the names in it if its text has one of the words: parsing takes long."""
    yield path.stem
    text = path.read_text()
    if any(word in text.lower() for word in words) or not whole.isdisjoint(re.findall(r"[a-z]+", text)):
        yield from names_of(parse(path)[1])


def test_no_name_has_a_retired_word() -> None:
    words, whole, wrong = set(retired("names")), set(retired("whole names")), []
    for path in sources():
        names = list(names_to_check(path, words=words, whole=whole))
        wrong += [f"{path}: {name}" for name in names if words & {w.lower() for w in PARTS.findall(name)}]
        wrong += [f"{path}: {name}" for name in names if name.strip("_") in whole]

    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_uses_a_retired_name(path: Path) -> None:
    code = " ".join(STRING.sub("", part) for part in JINJA.findall(path.read_text()))

    assert {*NAME.findall(code)} & {*retired("whole names"), *retired("names")} == set()


def test_no_docstring_or_comment_says_a_retired_word() -> None:
    wrong = []
    for path in sources():
        if not find_words(path.read_text()):
            continue  # a word that is in no part of the text is in no docstring and no comment
        prose = QUOTED.sub("", "\n".join(prose_of(*parse(path))))
        wrong += [f"{path}: {word}" for word in find_words(prose)]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_says_a_retired_word(page: Path) -> None:
    text = page.read_text().partition("## Retired words")[0] if page == GLOSSARY else page.read_text()

    assert find_words(QUOTED.sub("", text)) == set()


@pytest.mark.parametrize("text", ["Whoever answers.", "two far sides", "the record holds", "a veiled card"])
def test_a_retired_word_is_seen_in_whichever_form(text: str) -> None:
    assert len(find_words(text)) == 1
