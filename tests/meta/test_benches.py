"""Every bench has its rows in `bench/README.md`, and every row there is a command that works."""

from __future__ import annotations

import importlib
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from bench import page
from bench.__main__ import choose, measures_all, run
from bench.catalogue import BENCHES, Bench, find_bench
from bench.command_line import command_line
from bench.figures import Figure, hand_over, read_figures
from bench.patience import wait_for

if TYPE_CHECKING:
    from pathlib import Path

ROWS = page.read_rows(page.PAGE.read_text())
COMMAND = "./dev bench "
TABLE = """
Machine: an older one.

| row | what it says | command | SQLite | PostgreSQL | beside it | what bounds it |
|---|---|---|---|---|---|---|
| a click | how long | `./dev bench click` | - | 9 ms | - | the commit |
| a scrape | how long | `./dev bench scrape` | 3 ms | 4 ms | - | the rows |
"""


def commands() -> list[str]:
    """Return the commands of the table, and those of a short run."""
    short = [f"{COMMAND}{bench.name} {bench.quick}" for bench in BENCHES if bench.quick is not None]
    return [*(bench.command for bench in BENCHES), *short]


def test_each_bench_is_in_the_catalogue() -> None:
    modules = {path.stem.removesuffix("_bench") for path in page.PAGE.parent.glob("*_bench.py")}

    assert {bench.name for bench in BENCHES} == modules


def test_the_table_has_the_rows_of_the_catalogue_and_no_others() -> None:
    assert [row["row"] for row in ROWS] == [row for bench in BENCHES for row in bench.rows]


def test_the_command_of_a_row_is_that_of_its_bench() -> None:
    of_row = {row: f"`{bench.command}`" for bench in BENCHES for row in bench.rows}

    assert {row["row"]: row["command"] for row in ROWS} == of_row


@pytest.mark.parametrize("command", commands())
def test_a_bench_takes_the_arguments_of_its_command(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names all arguments that it does not know, and only that which no bench knows is among them."""
    name, *arguments = shlex.split(command.removeprefix(COMMAND))
    module = importlib.import_module(find_bench(name).module)
    monkeypatch.setattr(sys, "argv", [name, *arguments, "--figures", "file", "--unknown"])

    with pytest.raises(SystemExit):
        module.main()

    assert capsys.readouterr().err.endswith("error: unrecognized arguments: --unknown\n")


def test_figures_are_handed_over_by_a_file(tmp_path: Path) -> None:
    asked = command_line("click", "").parse_args(["--figures", str(tmp_path / "figures")])
    figures = [Figure(row="a click", value=7.25, unit="ms", beside="at most", reference=15.0)]

    hand_over(asked, figures)
    hand_over(asked, figures)

    assert read_figures(tmp_path / "figures") == figures * 2


def test_a_figure_of_no_row_is_refused() -> None:
    asked = command_line("click", "").parse_args([])

    with pytest.raises(SystemExit, match="a clack"):
        hand_over(asked, [Figure(row="a clack", value=1.0)])


def test_figures_take_the_place_of_earlier_ones_and_leave_other_rows_alone() -> None:
    click = Figure(row="a click", value=7.25, unit="ms", database="SQLite", beside="at most", reference=15.0)

    written = page.write_figures(TABLE, [click], "this one")

    assert "Machine: this one.\n" in written
    assert (
        "| a click | how long | `./dev bench click` | 7.25 ms (0.48) | 9 ms | at most 15 ms | the commit |\n"
        in written
    )
    assert TABLE.splitlines()[-1] in written


def test_figures_of_some_benches_leave_the_machine_of_the_table_alone() -> None:
    click = Figure(row="a click", value=7.25, unit="ms", database="SQLite", beside="at most", reference=15.0)

    written = page.write_figures(TABLE, [click], None)

    assert "Machine: an older one.\n" in written
    assert "7.25 ms (0.48)" in written


def test_the_whole_table_is_measured_when_all_benches_ran_to_their_end() -> None:
    assert measures_all(BENCHES, failed=[])
    assert not measures_all(BENCHES, failed=["click"])
    assert not measures_all(BENCHES[1:], failed=[])


@pytest.mark.parametrize(
    ("value", "text"), [(0.4567, "0.46"), (12.34, "12.3"), (1234.5, "1,234"), (3.0, "3"), (0.00123, "0.0012")]
)
def test_a_figure_has_about_three_digits(value: float, text: str) -> None:
    assert Figure(row="", value=value).text == text


def test_a_bench_is_found_by_its_name() -> None:
    bench: Bench = find_bench("click")

    assert bench.module == "bench.click_bench"


def test_a_bench_that_does_not_come_to_its_end_is_seen(tmp_path: Path) -> None:
    missing = Bench(name="missing", rows=(), minutes=0)

    assert not run(missing, tmp_path / "figures", tmp_path / "log", quick=True)
    assert "No module named bench.missing_bench" in (tmp_path / "log").read_text()


def test_a_bench_says_what_it_waited_for_in_vain() -> None:
    with pytest.raises(SystemExit, match=r"within 0\.01 s: 3 cards are posted"):
        wait_for(lambda: False, "3 cards are posted", patience=0.01, interval=0.001)


def test_a_short_run_leaves_out_what_takes_long_unless_it_is_named() -> None:
    short = [bench.name for bench in choose([], quick=True)]

    assert "click" in short
    assert "year" not in short
    assert [bench.name for bench in choose(["year"], quick=True)] == ["year"]
    assert choose([], quick=False) == list(BENCHES)
