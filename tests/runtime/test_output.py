"""Nothing that a command prints moves a terminal's cursor or turns the direction of text."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click
import pytest

from demo import COMPLIANCE
from runtime.cli import cli
from runtime.commands.printing.progress import show_progress
from runtime.observe import output
from tests.runtime.command import run_command
from tests.runtime.hostile_house import FILE, HOSTILE, hostile_house, routes
from tests.runtime.terminal import Terminal, on_terminal, unprinted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases

ENDLESS = {"demo", "events watch", "reviews watch", "serve", "worker"}
"""Programs that run until they are stopped; `test_watching.py` has what the two that watch print."""

LINES = {
    "campaign start": [
        "campaign start {hostile} --folder {hostile} --owners {hostile} --due 2026-12-18",
        f"campaign start {{hostile}} --folder {COMPLIANCE} --owners {{hostile}} --due {{hostile}}",
        f"campaign start {{hostile}} --folder {COMPLIANCE} --owners o@example.com --due 2020-01-01",
    ],
    "campaign list": ["campaign list", "campaign list --json", "campaign list --route {hostile}"],
    "campaign show": [
        "campaign show cam-3", "campaign show cam-3 --json", "campaign show cam-3 --csv",
        "campaign show {hostile}",
    ],
    "campaign end": ["campaign end {hostile}"],
    "canary": ["canary --wait 0", "canary --wait 0 --json"],
    "completion": ["completion bash", "completion {hostile}"],
    "deliveries list": ["deliveries list", "deliveries list --json"],
    "deliveries replay": ["deliveries replay 99", "deliveries replay {hostile}", "deliveries replay --all"],
    "documents compare": ["documents compare {file} {file}", "documents compare {file} {file} --json"],
    "documents text": ["documents text {file}", "documents text {file} --json", "documents text {hostile}"],
    "doctor": ["doctor", "doctor --json"],
    "events list": ["events list", "events list --json"],
    "events replay": ["events replay 99", "events replay {hostile}", "events replay --all"],
    "init": ["init", "init --answers {file}", "init --answers /no/{hostile}"],
    "ledger export": ["ledger export", "ledger export --format csv", "ledger export --from {hostile}"],
    "ledger head": ["ledger head", "ledger head --json"],
    "ledger checkpoint": ["ledger checkpoint", "ledger checkpoint --json"],
    "ledger key accept": ["ledger key accept", "ledger key accept --yes"],
    "ledger key retire": ["ledger key retire"],
    "ledger key new": ["ledger key new", "ledger key", "ledger key --json"],
    "ledger pack": [
        "ledger pack --route compliance --from 2026-01-01 --to 2027-01-01 --out /no/{hostile}",
        "ledger pack --route {hostile} --from 2026-01-01 --to 2027-01-01 --out /no/pack",
        "ledger pack --route compliance --from {hostile} --to {hostile} --out {file}",
        "ledger pack --route compliance --from 2026-01-01 --to 2027-01-01 --seed {hostile} --out {file}",
    ],
    "ledger receipt": ["ledger receipt {hostile}", "ledger receipt rev-1 --out /no/{hostile}"],
    "ledger restore-guards": ["ledger restore-guards"],
    "ledger timestamp": [
        "ledger timestamp", "ledger timestamp --json", "ledger timestamp --day {hostile}",
        "ledger timestamp --out /no/{hostile}",
    ],
    "ledger verify": [
        "ledger verify", "ledger verify --json", "ledger verify {file}", "ledger verify --part {file}",
        "ledger verify {file} --checkpoint {file}", "ledger verify --key {hostile}",
        "ledger verify --tsa-certificates {hostile}", "ledger verify --checkpoint {file} --timestamp {file}",
        "ledger verify {file} --export {file}", "ledger verify --export /no/{hostile}",
    ],
    "migrate": ["migrate"],
    "people erase": [
        "people erase {hostile}", "people erase {hostile}@example.com --yes",
        "people erase {hostile}@x --json", "people erase owner@example.com --yes",
        "people erase alice@example.com --json",
    ],
    "reviews list": [
        "reviews list",
        "reviews list --json",
        "reviews list --lapsed",
        "reviews list --overdue",
        "reviews list --open --by {hostile}",
        "reviews list --route {hostile}",
    ],
    "reviews show": ["reviews show rev-1", "reviews show rev-1 --json", "reviews show {hostile}"],
    "reviews changes": ["reviews changes rev-1", "reviews changes rev-1 --json", "reviews changes {hostile}"],
    "routes check": [
        "routes check", "routes check --json", "routes check {file}", "routes check {file} --json",
        "routes check {hostile}",
    ],
    "routes test": [f"routes test {FILE}", "routes test {hostile}", "routes test 3358400"],
    "slack manifest": ["slack manifest"],
    "sweep": ["sweep --baseline", "sweep", "sweep --json", "sweep --since {hostile}"],
    "teams manifest": ["teams manifest --output {file}", "teams manifest --output /no/such/{hostile}"],
    "webhook register": ["webhook register --name {hostile}", "webhook register"],
    "webhook status": ["webhook status", "webhook status --json"],
}  # fmt: skip


def commands(group: click.Group, *before: str) -> Iterator[str]:
    """Yield every command with the groups that it is in."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield " ".join((*before, name))


@pytest.fixture(scope="module")
def settings(sqlite_databases: SqliteDatabases) -> Iterator[dict[str, str]]:
    with hostile_house(sqlite_databases.new()) as made:
        yield made


def test_every_command_is_tried() -> None:
    assert set(commands(cli)) - ENDLESS == set(LINES)


@pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])
def test_no_control_character_leaves_a_command(settings: dict[str, str], tmp_path: Path, line: str) -> None:
    file = tmp_path / HOSTILE.replace("\r", "")
    file.write_text(json.dumps({"seq": HOSTILE, "title": HOSTILE}) if "ledger" in line else routes(HOSTILE))
    words = [word.format(hostile=HOSTILE, file=file) for word in line.split()]
    wanted = {**settings, "PUBLIC_URL": "https://reviews.company.com"} if "manifest" in line else settings

    done = run_command(words, cli, **wanted)

    assert done.code in {0, 1, 2}
    assert done.out or done.err
    assert unprinted(done.out + done.err) == set()


def test_json_still_says_the_same(settings: dict[str, str]) -> None:
    done = run_command(["reviews", "show", "rev-1", "--json"], cli, **settings)

    assert json.loads(done.out)["title"] == HOSTILE
    assert json.loads(done.out)["answers"][0]["note"] == HOSTILE
    assert "\\u202e" in done.out


def test_an_export_with_escapes_is_still_the_record(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text(run_command(["ledger", "export"], cli, **settings).out)
    head = run_command(["ledger", "head"], cli, **settings).out

    done = run_command(["ledger", "verify", str(file), "--head", head], DATABASE_URL="nonsense")

    assert "\\u202e" in file.read_text()
    assert (done.code, done.out[:31]) == (0, "The ledger is intact: 8 entries")


@click.command()
@click.argument("what")
def careless(what: str) -> None:
    """Print what it is given, as a command that is added later may do."""
    print(what)  # noqa: T201
    click.echo(what)
    click.echo(what, err=True)
    raise click.ClickException(what)


def test_a_command_that_thinks_of_nothing_is_no_exception() -> None:
    done = run_command([HOSTILE], careless)

    assert done.out.count("pay\\u202ecod.") == 2
    assert unprinted(done.out + done.err) == set()


@pytest.mark.parametrize(
    "line", ["reviews list", "reviews show rev-1", "events list", "deliveries list", "doctor"]
)
def test_on_a_terminal_there_are_colours_and_nothing_else(settings: dict[str, str], line: str) -> None:
    drawn = on_terminal(line.split(), settings)

    assert "\x1b[" in drawn
    assert unprinted(re.sub(r"\x1b\[[0-9;]*m", "", drawn)) == set()
    assert "owned" in drawn


def test_a_bar_shows_titles_without_their_codes() -> None:
    terminal = Terminal()
    with redirect_stdout(terminal), output.escape_output(), show_progress(to_stderr=False) as progress:
        progress.begin(HOSTILE)
        progress.update(1, 2)
        progress.show_wait(3, HOSTILE)

    drawn = re.sub(r"\x1b\[(\?25[lh]|[0-9;]*[mAK]|1A|2K)", "", terminal.getvalue()).replace("\r", "")
    assert "2J" in drawn
    assert unprinted(drawn) == set()
