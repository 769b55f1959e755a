"""What holds a connection is built in the wiring, each kind in one of its modules, and nowhere above it."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PRODUCT = ("bot", "docspace", "documents", "notifiers", "pages", "reviews", "runtime", "store", "webhook")
CONNECTIONS = ("runtime.wiring.databases", "runtime.wiring.docspace")
"""What the members of the classes in these modules return is a connection, or holds one."""


def parse(path: Path) -> ast.Module:
    """Return a file's tree. None is kept: the garbage collector would look through all of them."""
    return ast.parse(path.read_text())


def sources(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield the name and the tree of each module beneath a folder."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), parse(path)


def rooms_above_the_wiring() -> list[str]:
    """Return the rooms of the runtime that may import the wiring, as import-linter has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [layers] = [each["layers"] for each in contracts if each.get("containers") == ["runtime"]]
    return [f"runtime.{room}" for room in layers[: layers.index("wiring")]]


def is_in(module: str, rooms: list[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def names_of(module: str, tree: ast.Module) -> dict[str, str]:
    """Return the full name of each name that a module imports, for types too, or defines."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            plain = [each.name.partition(".")[0] for each in node.names if not each.asname]
            names |= {name: name for name in plain}
            names |= {each.asname: each.name for each in node.names if each.asname}
    names |= {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
    return names


def full_names(node: ast.AST, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the full names that an expression or a statement uses."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            first, *rest = ast.unparse(each).split(".")
            if first in names:
                yield ".".join([names[first], *rest])


def annotations_of(node: ast.ClassDef) -> Iterator[ast.expr]:
    """Yield what a class is built from, by its fields or its constructor."""
    for each in node.body:
        if isinstance(each, ast.AnnAssign):
            yield each.annotation
        elif isinstance(each, ast.FunctionDef) and each.name == "__init__":
            arguments = [*each.args.args, *each.args.kwonlyargs]
            yield from (argument.annotation for argument in arguments if argument.annotation)


def connections() -> set[str]:
    names: set[str] = set()
    for module, tree in sources(ROOT / "runtime/wiring"):
        if module in CONNECTIONS:
            members = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.returns)
            for member in members:
                names |= set(full_names(member.returns or member, names_of(module, tree)))
    return {name for name in names if "." in name and not name.startswith(("datetime.", "functools."))}


@cache
def holders() -> frozenset[str]:
    """Return the classes that are built from a connection, or from another of these classes."""
    built_from: dict[str, set[str]] = {}
    for module, tree in (each for folder in PRODUCT for each in sources(ROOT / folder)):
        names = names_of(module, tree)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                parts = [part for each in annotations_of(node) for part in full_names(each, names)]
                built_from[f"{module}.{node.name}"] = set(parts)
    classes = connections()
    while more := {name for name, parts in built_from.items() if parts & classes} - classes:
        classes |= more
    return frozenset(classes & set(built_from))


def uses(module: str, tree: ast.Module) -> set[str]:
    """Return the holders that a module uses as values: it builds them, or has them built."""
    types = {id(part) for node in ast.walk(tree) for each in types_in(node) for part in ast.walk(each)}
    names, used = names_of(module, tree), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in types:
            used |= set(full_names(node, names)) & holders()
    return used


def types_in(node: ast.AST) -> Iterator[ast.expr]:
    annotations = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    annotations += node.bases if isinstance(node, ast.ClassDef) else []
    yield from (each for each in annotations if each is not None)


def test_the_rooms_above_the_wiring_build_nothing_that_holds_a_connection() -> None:
    above, wrong = rooms_above_the_wiring(), {}
    for module, tree in sources(ROOT / "runtime"):
        if is_in(module, above):
            wrong[module] = {name for name in uses(module, tree) if not is_in(name, above)}

    assert wrong
    assert {module: names for module, names in wrong.items() if names} == {}


def test_each_kind_is_built_in_one_module_of_the_wiring() -> None:
    places = defaultdict(set)
    for module, tree in sources(ROOT / "runtime/wiring"):
        for name in uses(module, tree):
            places[name].add(module)

    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


@pytest.mark.parametrize(
    "name",
    [
        "docspace.client.Client",
        "reviews.lists.archive.Archive",
        "reviews.people.mailed_codes.MailedCodes",
        "reviews.sweep.sweep.GapSweep",
        "webhook.registration.Registration",
    ],
)
def test_what_is_built_from_a_connection_is_recognized_and_has_its_place(name: str) -> None:
    [place] = [module for module, tree in sources(ROOT / "runtime/wiring") if name in uses(module, tree)]

    assert place


@pytest.mark.parametrize(
    "source",
    [
        "from reviews.lists.archive import Archive\n\ndef build():\n    return Archive()",
        "from reviews.lists.archive import Archive as Lists\n\nbuild = partial(Lists, keep=None)",
        "from reviews.lists import archive\n\nbuilt = archive.Archive(keep=None)",
        "import reviews.lists.archive\n\nbuilt = reviews.lists.archive.Archive(keep=None)",
    ],
)
def test_a_construction_is_found_however_it_is_written(source: str) -> None:
    assert uses("runtime.web.example", ast.parse(source)) == {"reviews.lists.archive.Archive"}


def test_a_type_is_no_construction() -> None:
    source = "from reviews.lists.archive import Archive\n\ndef show(lists: Archive) -> Archive: ..."

    assert uses("runtime.web.example", ast.parse(source)) == set()
