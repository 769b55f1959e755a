"""What several test modules use is in a helper module; no module imports a test module."""

from __future__ import annotations

import ast
from importlib.util import resolve_name
from typing import TYPE_CHECKING

import pytest

from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


def imported_tests(source: str, package: str) -> list[str]:
    """Return the test modules that a module of this package imports, wherever in it."""
    names = (name for node in ast.walk(ast.parse(source)) for name in imported_names(node, package))
    return [name for name in names if any(part.startswith("test_") for part in name.split("."))]


def imported_names(node: ast.AST, package: str) -> Iterator[str]:
    """Return what a statement imports, as whole names; of a module, and of each name taken from it."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = resolve_name("." * node.level + (node.module or ""), package)
        yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    "statement",
    [
        "from tests.pages.test_inbox import TITLE",
        "from tests.pages import test_inbox",
        "import tests.pages.test_inbox",
        "import json, tests.pages.test_inbox as inbox",
        "from .test_inbox import TITLE",
        "from . import test_inbox",
        "def later():\n    from tests.pages.test_inbox import TITLE",
        "if TYPE_CHECKING:\n    from tests.pages.test_inbox import Place",
    ],
)
def test_an_import_from_a_test_module_is_found_however_it_is_written(statement: str) -> None:
    [module] = imported_tests(statement, "tests.pages")

    assert module.startswith("tests.pages.test_inbox")


@pytest.mark.parametrize("folder", ["tests", "bench", "pictures"])
def test_no_module_imports_a_test_module(folder: str) -> None:
    paths = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py")]
    packages = {path: ".".join(path.parent.parts) for path in paths}

    imports = {str(path): imported_tests((ROOT / path).read_text(), packages[path]) for path in paths}

    assert imports
    assert {path: names for path, names in imports.items() if names} == {}
