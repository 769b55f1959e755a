"""What the documents say is true: settings, commands, examples, addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import notifiers
from demo import BOB, COMPLIANCE, DEEP, Portal, running
from demo.cast import API_KEY
from reviews import routes_file
from reviews.intake import Intake, receive
from reviews.model import ChangeEvent, Person
from reviews.routing import Route
from runtime.cli import cli
from runtime.settings import Settings
from runtime.wiring import Wiring
from store.engine import create_engine
from store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).parent / "docspace-review"
READERS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples() -> list[str]:
    """Return the command lines of the page on commands."""
    page = (ROOT / "docs/commands.md").read_text()
    return re.findall(r"^\$ docspace-review (.+)$", page, re.MULTILINE)


def leaves(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        path = f"{above}{name}"
        if isinstance(command, click.Group):
            yield from leaves(command, f"{path} ")
        else:
            yield path, command


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Yield the environment of an installation that has reviewed one change."""
    folder = tmp_path_factory.mktemp("docs")
    routes = f'[[route]]\nname = "compliance"\nwatch = [{COMPLIANCE}]\n'
    routes += 'owners = ["o@company.com"]\nnotify = ["console"]\n'
    (folder / "routes.toml").write_text(routes)
    portal = Portal(lambda: datetime.now(UTC))
    file = portal.add_file("Policy.docx", DEEP, by=BOB.id)
    with running(portal) as address:
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": f"sqlite:///{folder / 'docs.db'}",
            "ROUTES_FILE": str(folder / "routes.toml"),
            "DOCSPACE_API_HOST": address,
            "DOCSPACE_API_KEY": API_KEY,
        }
        run(environment, "migrate", folder)
        environment["REVIEW_ID"] = review_one_change(environment, file.id)
        environment["FILE_ID"] = str(file.id)
        environment["FOLDER"] = str(folder)
        yield environment


def review_one_change(environment: dict[str, str], file_id: object) -> str:
    engine = create_engine(environment["DATABASE_URL"])
    transactions = partial(UnitOfWork, engine)
    settings = Settings(
        database_url=environment["DATABASE_URL"],  # type: ignore[arg-type]
        routes_file=environment["ROUTES_FILE"],
        docspace_api_host=environment["DOCSPACE_API_HOST"],
        docspace_api_key=environment["DOCSPACE_API_KEY"],  # type: ignore[arg-type]
    )
    wiring = Wiring(settings)
    event = ChangeEvent(
        delivery_key="d", semantic_key="s", webhook_id="1", event_id="1", trigger="file.updated",
        file_id=str(file_id), parent_id=str(DEEP), title="Policy.docx", actor=Person(id=BOB.id, name=""),
        occurred_at=None, modified_at=None, version=None, link=None,
    )  # fmt: skip
    receive(transactions, [event], now=datetime(2026, 1, 1, tzinfo=UTC))
    Intake(
        transactions=transactions,
        portal=wiring.portal,
        routes=wiring.routes,
        clock=lambda: datetime.now(UTC),
        new_id=lambda: "first-review",
        random=lambda: 0.0,
    ).process(1)
    engine.dispose()
    wiring.engine.dispose()
    return "first-review"


def run(environment: dict[str, str], line: str, folder: str | Path) -> subprocess.CompletedProcess[str]:
    words = [environment.get(word, word) for word in line.split()]
    return subprocess.run(
        [COMMAND, *words], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("example", examples())
def test_every_example_of_a_command_runs(installation: dict[str, str], example: str) -> None:
    done = run(installation, example, installation["FOLDER"])

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize(("path", "command"), list(leaves(cli)), ids=str)
def test_every_command_has_help_and_stands_on_the_page(path: str, command: click.Command) -> None:
    page = (ROOT / "docs/commands.md").read_text()

    assert command.help
    assert f"docspace-review {path}" in page or f"`{path}" in page


def test_every_setting_is_documented_and_no_other() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    documented = set(
        re.findall(r"`([A-Z][A-Z_]+)`", "\n".join(row.split("|")[1] for row in rows.splitlines()))
    )

    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_key_of_a_route_is_documented() -> None:
    page = (ROOT / "docs/routes.md").read_text()

    assert all(
        f"| `{key}`" in page or f", `{key}`" in page or f"`{key}`," in page for key in Route.__annotations__
    )


@pytest.mark.parametrize("document", READERS, ids=lambda path: path.name)
def test_every_routing_example_is_a_valid_routing_file(document: Path) -> None:
    blocks = re.findall(r"^( *)```toml\n(.*?)^ *```", document.read_text(), re.MULTILINE | re.DOTALL)

    for _, block in blocks:
        assert routes_file.parse(block, notifiers=notifiers.examples()).all


@pytest.mark.parametrize("document", READERS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_page_on_routes_names_every_channel() -> None:
    page = (ROOT / "docs/routes.md").read_text()

    assert all(f"`{name}" in page for name in notifiers.names())


@pytest.mark.parametrize("line", ["events replay", "events replay 1 --all", "deliveries replay 7"])
def test_a_replay_names_one_dead_letter_or_all(installation: dict[str, str], line: str) -> None:
    done = run(installation, line, installation["FOLDER"])

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
