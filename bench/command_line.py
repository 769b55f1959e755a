"""How every bench takes its arguments, and where it makes its databases."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import POSTGRESQL, SQLITE
from tests.databases import SqliteDatabases, postgres_databases

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases

    MadeDatabases = SqliteDatabases | PostgresDatabases


def command_line(bench: str, description: str, *, databases: bool = True) -> ArgumentParser:
    """Return the parser of a bench, which adds what is its own; its help is the module's docstring.

    `databases` says whether it runs on both databases, and can be limited to one.
    """
    parser = ArgumentParser(
        prog=f"./dev bench {bench}", description=description, formatter_class=RawDescriptionHelpFormatter
    )
    parser.set_defaults(bench=bench)
    parser.add_argument("--figures", type=Path, help="add the figures of bench/README.md to this file too")
    if databases:
        parser.add_argument("--database", choices=["sqlite", "postgresql"], help="both if not given")
    return parser


def positive_number(text: str) -> int:
    """Read a whole number above zero, for `type=` of an argument."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"must be a whole number of 1 or more: {text}")
    return number


@contextmanager
def open_databases(arguments: Namespace) -> Iterator[dict[str, MadeDatabases]]:
    """Yield where new databases are made, by the name of each that was asked for.

    SQLite's are files, PostgreSQL's are on a server of the bench; commits of both are durable.
    """
    made: dict[str, MadeDatabases] = {}
    with ExitStack() as opened:
        if arguments.database != "postgresql":
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="docspace-review-bench-"))
            made[SQLITE] = SqliteDatabases(Path(folder))
        if arguments.database != "sqlite":
            made[POSTGRESQL] = opened.enter_context(postgres_databases(durable=True))
        yield made
