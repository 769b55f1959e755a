"""Help and completion know all commands by a table, without importing any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from runtime.commands.command_table import COMMANDS
from runtime.commands.lazy_group import CommandPlace, GroupPlaces
from tests.meta.pages_of_docs import ROOT
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONG = 1000


def list_places(
    places: Mapping[str, CommandPlace | GroupPlaces], above: str = ""
) -> Iterator[tuple[str, CommandPlace]]:
    for name, place in places.items():
        if isinstance(place, GroupPlaces):
            yield from list_places(place.places, f"{above}{name} ")
        else:
            yield f"{above}{name}", place


@pytest.mark.parametrize(("path", "place"), list(list_places(COMMANDS)), ids=lambda each: str(each)[:40])
def test_the_help_of_the_table_is_the_first_sentence_of_the_command(path: str, place: CommandPlace) -> None:
    command = place.load(path.rpartition(" ")[2])

    assert command.get_short_help_str(LONG) == place.help
    assert command.name in {path.rpartition(" ")[2], path.rpartition(" ")[2].replace("-", "_")}


def test_no_help_is_cut_and_each_option_has_one() -> None:
    for path, place in list_places(COMMANDS):
        command = place.load(path.rpartition(" ")[2])
        lines = run_command([*path.split(), "--help"]).out.splitlines()

        assert [line for line in lines if line.endswith("...") and "Usage" not in line] == [], path
        assert "INTEGER" not in " ".join(lines), path
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [each.name for each in options if not (each.help or "").endswith((".", ")"))] == [], path


def test_help_lists_each_command_with_its_sentence() -> None:
    done = run_command(["--help"])

    assert done.code == 0
    for name, place in COMMANDS.items():
        first = place.help.split()[0]
        assert any(line.split()[:2] == [name, first] for line in done.out.splitlines())


def test_the_page_has_each_command_with_the_same_sentence() -> None:
    page = (ROOT / "docs/commands.md").read_text()
    table = page.partition("| command | what it does |\n|---|---|\n")[2].partition("\n\n")[0]

    assert table.splitlines() == [f"| `{path}` | {place.help} |" for path, place in list_places(COMMANDS)]
