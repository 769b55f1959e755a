"""The command as an operator types it: what it prints, and how it ends.

The commands of a table are run at the same time, once, because each is a process of its own.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from demo import COMPLIANCE, DEEP, OLGA, ROOM
from runtime.cli import cli
from tests.journeys.idle_installation import CONSOLE, installation
from tests.journeys.installation import AT_ONCE
from tests.journeys.running_installation import RunningInstallation, route

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping


MISTAKEN = '[[route]]\nwatch = ["1"]\nowners = ["nobody"]\nnotfy = ["console"]\nquiet_period = "soon"\n'
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s1gning"}
PASSWORD = "hunter2"

Results = dict[str, "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Unusable:
    """A command line that can't be carried out, and the words that its one line of complaint must hold."""

    arguments: str
    says: tuple[str, ...]
    settings: Mapping[str, str | None] = field(default_factory=dict)
    routes: str = CONSOLE


UNUSABLE = {
    "no webhook secret": Unusable(
        "serve", ("DOCSPACE_WEBHOOK_SECRET is empty",), {"DOCSPACE_WEBHOOK_SECRET": ""}
    ),
    "no signing secret": Unusable(
        "serve", ("SLACK_SIGNING_SECRET is empty",), {**SLACK, "SLACK_SIGNING_SECRET": ""}, route()
    ),
    "no bot token": Unusable(
        "serve", ("SLACK_BOT_TOKEN is empty",), {**SLACK, "SLACK_BOT_TOKEN": ""}, route()
    ),
    "no secret key": Unusable("serve", ("SECRET_KEY is empty",), {"SECRET_KEY": ""}),
    "a mistake in the routes": Unusable(
        "serve", ("routes.toml", "line 3: owners: 'nobody'", "line 4: unknown key 'notfy'"), routes=MISTAKEN
    ),
    "routes that are no TOML": Unusable("serve", ("routes.toml", "line 2"), routes="a = 1\n[[route]\n"),
    "no routes file": Unusable("serve", ("ROUTES_FILE", "missing.toml"), {"ROUTES_FILE": "missing.toml"}),
    "no routes at all": Unusable("serve", ("COMPLIANCE_FOLDER_ID",), {"ROUTES_FILE": None}),
    "a folder and no owner": Unusable(
        "serve", ("DEPARTMENT_OWNER_EMAIL is empty",), {"ROUTES_FILE": None, "COMPLIANCE_FOLDER_ID": "1"}
    ),
    "a port that is no number": Unusable("serve", ("PORT",), {"PORT": "http"}),
    "an address that is none": Unusable("serve", ("PUBLIC_URL",), {"PUBLIC_URL": "example.com"}),
    "a secret's file that is missing": Unusable(
        "serve",
        ("DOCSPACE_WEBHOOK_SECRET_FILE", "missing"),
        {"DOCSPACE_WEBHOOK_SECRET": None, "DOCSPACE_WEBHOOK_SECRET_FILE": "missing"},
    ),
    "a database that is none": Unusable("reviews list", ("DATABASE_URL",), {"DATABASE_URL": "nonsense"}),
    "a database of another kind": Unusable(
        "reviews list", ("DATABASE_URL", "mysql"), {"DATABASE_URL": f"mysql://me:{PASSWORD}@host/name"}
    ),
    "a database that does not answer": Unusable(
        "migrate", ("DATABASE_URL",), {"DATABASE_URL": f"postgresql://me:{PASSWORD}@127.0.0.1:1/name"}
    ),
    "a database in no folder": Unusable("serve", ("DATABASE_URL",), {"DATABASE_URL": "sqlite:////no/such/db"}),
    "a database without tables": Unusable("reviews list", ("DATABASE_URL", "docspace-review migrate")),
    "no API key": Unusable("routes test 1", ("DOCSPACE_API_KEY is empty",), {"DOCSPACE_API_KEY": ""}),
    "a host that does not exist": Unusable("serve", ("HOST", "no-host.invalid"), {"HOST": "no-host.invalid"}),
    "a half address of the portal": Unusable(
        "routes test 1", ("DOCSPACE_API_HOST",), {"DOCSPACE_API_HOST": "https://"}
    ),
    "an unknown command": Unusable("frobnicate", ("frobnicate",)),
    "an unknown option": Unusable("reviews list --frobnicate", ("--frobnicate",)),
    "an unknown state": Unusable("reviews list --state done", ("--state", "done", "acknowledged")),
    "an argument that is missing": Unusable("reviews show", ("REVIEW_ID",)),
    "a file that is missing": Unusable("ledger verify missing.jsonl", ("missing.jsonl",)),
    "serve without an API key": Unusable("serve", ("DOCSPACE_API_KEY is empty",), {"DOCSPACE_API_KEY": ""}),
    "a token with a line break": Unusable(
        "serve", (
        "SLACK_BOT_TOKEN", "line break"), {**SLACK, "SLACK_BOT_TOKEN": f"xoxb-1\n{PASSWORD}"}, route()
    ),
    "a database with a wrong port": Unusable(
        "reviews list", ("DATABASE_URL",), {"DATABASE_URL": f"postgresql://me:{PASSWORD}@host:port/name"}
    ),
    "a database password with a bare @": Unusable(
        "reviews list", ("DATABASE_URL", "%40"), {"DATABASE_URL": f"postgresql://me:x@{PASSWORD}@host/name"}
    ),
    "no command": Unusable("", ("--help",)),
    "a group without its command": Unusable("reviews", ("reviews --help",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def unusable(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("unusable")

    def run(item: tuple[int, Unusable]) -> subprocess.CompletedProcess[str]:
        number, case = item
        place = installation(folder / str(number), routes=case.routes, settings=case.settings)
        return place.run(*case.arguments.split())

    cases = UNUSABLE
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(cases, pool.map(run, enumerate(cases.values())), strict=True))


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_unusable_ends_with_2_and_one_line_that_names_it(unusable: Results, name: str) -> None:
    case, done = UNUSABLE[name], unusable[name]

    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("docspace-review: ")
    assert [words for words in case.says if words not in line] == []
    assert PASSWORD not in line


def _commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from _commands(command, *above, name)


@pytest.mark.parametrize("command", [(), *_commands(cli)], ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, [*command, "--help"], prog_name="docspace-review")

    assert (done.exit_code, done.stderr) == (0, "")
    usage, _, description = done.stdout.partition("\n\n")
    assert usage.startswith(" ".join(("Usage: docspace-review", *command)))
    assert re.match(r"  [A-Z].*", description), "no sentence says what it does"


def test_help_needs_no_settings(tmp_path: Path) -> None:
    place = installation(tmp_path / "place", settings={"PORT": "http", "DATABASE_URL": "nonsense"})

    done = place.run("reviews", "list", "--help")

    assert (done.returncode, done.stderr, "--state" in done.stdout) == (0, "", True)


def test_routes_are_checked_with_a_line_for_each_mistake(tmp_path: Path) -> None:
    place = installation(tmp_path / "place")
    (tmp_path / "mistaken.toml").write_text(MISTAKEN)
    with Path(place.environment["ROUTES_FILE"]).open("a") as routes:
        routes.write('[people]\n"a@example.com" = {slack = "U1"}\n"b@example.com" = {slack = "U1"}\n')

    good = place.run("routes", "check", place.environment["ROUTES_FILE"])
    bad = place.run("routes", "check", str(tmp_path / "mistaken.toml"))

    assert (good.returncode, bad.returncode) == (0, 1)
    assert f"compliance: {OLGA.email} reviews {COMPLIANCE}, posted in console" in good.stdout
    assert good.stdout.splitlines()[2:] == ["[people]: a@example.com and b@example.com are one person"]
    mistakes = bad.stdout.splitlines()
    assert all("mistaken.toml: line " in mistake for mistake in mistakes)
    for line, word in ((3, "nobody"), (4, "notfy"), (5, "soon")):
        assert any(f"line {line}: " in mistake and word in mistake for mistake in mistakes)


def test_a_file_is_told_its_route_and_why(serving: RunningInstallation) -> None:
    watched, ignored = serving.file("\x1b[2JWatched\n.docx", DEEP), serving.file("Ignored.docx", ROOM)

    routed, unrouted, unknown = serving.product.run_all(
        *(f"routes test {file_id}" for file_id in (watched.id, ignored.id, 1))
    )

    assert routed.returncode == 0
    assert routed.stdout.startswith("[2JWatched .docx is in ")
    assert f"route compliance, which watches Compliance ({COMPLIANCE}); {OLGA.email}" in routed.stdout
    assert unrouted.returncode == 1
    assert f"{ROOM} Legal & Compliance" in unrouted.stdout
    assert (unknown.returncode, "file 1: " in unknown.stdout) == (1, True)


def test_what_is_not_there_is_said_in_one_line(serving: RunningInstallation) -> None:
    commands = ("reviews show 999999", "events replay 999999", "deliveries replay 999999")
    for done in serving.product.run_all(*commands):
        [line] = done.stderr.splitlines()
        assert (done.returncode > 0, "999999" in line) == (True, True)
