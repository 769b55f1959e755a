"""What the documents say is true: settings, commands, examples, addresses."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import notifiers
from demo import BOB, COMPLIANCE, DEEP, DemoPortal, Sender, run_portal
from demo.starting_data import API_KEY
from demo.transport import HttpAnswer
from reviews.identity import Person
from reviews.intake.intake import build_intake, receive_events
from reviews.model import ChangeEvent
from reviews.routes.route_table import KEYS, OPERATORS_KEYS
from runtime.cli import cli
from runtime.evidence.timestamp_client import TimestampClient
from runtime.evidence.timestamping import Timestamping
from runtime.settings import settings
from runtime.settings.settings import NAMES
from runtime.wiring.wiring import Wiring
from tests.edge.fake_authority import FakeAuthority, certify_authority
from tests.journeys import commands
from tests.journeys.installation import COMMAND_SECONDS
from tests.meta.pages_of_docs import READERS, ROOT
from webhook.receiver import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE_DOCUMENTS = {
    "policy.docx": "letter.docx",
    "policy-v3.docx": "letter.docx",
    "policy-v4.docx": "letter-paragraph-moved.docx",
}
"""Documents that the examples name, and files of the corpus that stand in for them."""

FOLDERS = (
    "bench", "bot", "demo", "docs", "docspace", "documents", "notifiers", "pages", "pictures", "reviews",
    "runtime", "store", "tests", "webhook",
)  # fmt: skip
SECRET = "Compl1ance!Review2026"


def examples() -> list[str]:
    """Return the command lines that the pages show with what they print."""
    pages = (page.read_text() for page in READERS)
    lines = (re.findall(r"^ *\$ (docspace-review .+)$", page, re.MULTILINE) for page in pages)
    return list(dict.fromkeys(itertools.chain.from_iterable(lines)))


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
    folder, programs = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("programs")
    commands.write_program(programs)
    routes = f'[[route]]\nname = "compliance"\nwatch = [{COMPLIANCE}]\n'
    routes += 'owners = ["o@company.com"]\nnotify = ["console"]\n'
    (folder / "routes.toml").write_text(routes)
    portal = DemoPortal(lambda: datetime.now(UTC))
    file = portal.add_file("Policy.docx", DEEP, by=BOB.id)
    # No server listens at the address of the examples, which the portal asks before it takes it.
    sender = Sender(portal, transport=lambda _request: HttpAnswer(200))
    sender.register("https://reviews.example.com/docspace/webhook", secret=SECRET)
    with run_portal(portal, sender) as address:
        environment = {
            "PATH": os.pathsep.join((str(programs), os.defpath)),
            "DATABASE_URL": f"sqlite:///{folder / 'docs.db'}",
            "ROUTES_FILE": str(folder / "routes.toml"),
            "DOCSPACE_API_HOST": address,
            "DOCSPACE_API_KEY": API_KEY,
            "DOCSPACE_WEBHOOK_SECRET": SECRET,
            "PUBLIC_URL": "https://reviews.example.com",
            "TEAMS_APP_ID": "00000000-0000-4000-8000-000000000000",
        }
        run(environment, "docspace-review migrate", folder)
        environment["REVIEW_ID"] = review_one_change(environment, file.id)
        environment["FILE_ID"] = str(file.id)
        environment["FOLDER"] = str(folder)
        shutil.copyfile(certify_authority().root, folder / "root.pem")
        for name, document in EXAMPLE_DOCUMENTS.items():
            shutil.copyfile(ROOT / "tests/documents/corpus" / document, folder / name)
        yield environment


def load_wiring(environment: dict[str, str]) -> Wiring:
    names = ("DATABASE_URL", "ROUTES_FILE", "DOCSPACE_API_HOST", "DOCSPACE_API_KEY", "PUBLIC_URL")
    return Wiring(settings.load({name.lower(): environment[name] for name in names}))


def make_checkpoint(environment: dict[str, str]) -> None:
    """Sign as a worker does when it is restarted."""
    wiring = load_wiring(environment)
    wiring.checkpoint_maker.make()
    wiring.engine.dispose()


def review_one_change(environment: dict[str, str], file_id: object) -> str:
    wiring = load_wiring(environment)
    event = ChangeEvent(
        delivery_key="d", semantic_key="s", webhook_id="1", event_id="1", trigger="file.updated",
        file_id=str(file_id), parent_id=str(DEEP), title="Policy.docx", actor=Person(id=BOB.id, name=""),
        occurred_at=None, modified_at=None, version=None, link=None,
    )  # fmt: skip
    receive_events(wiring.transactions, [event], now=datetime(2026, 1, 1, 9, 0, 0, 345_678, tzinfo=UTC))
    build_intake(
        wiring.transactions,
        wiring.portal,
        wiring.routes,
        canaries=wiring.canaries,
        clock=lambda: datetime.now(UTC),
        new_id=lambda: "first-review",
        random=lambda: 0.0,
    ).process(1)
    wiring.checkpoint_maker.make()
    timestamp_checkpoint(wiring)
    wiring.engine.dispose()
    return "first-review"


def timestamp_checkpoint(wiring: Wiring) -> None:
    with FakeAuthority(time=wiring.clock()) as authority:
        client = TimestampClient(authority.url, roots=(), clock=wiring.clock)
        assert Timestamping(wiring.engine, client, clock=wiring.clock).ask_due()


def run(environment: dict[str, str], line: str, folder: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a line as a reader would type it, with ids of their own in place of REVIEW_ID and FILE_ID.

    The shell is asked where a line needs one.
    """
    typed = re.sub(r"\b(REVIEW_ID|FILE_ID)\b", lambda word: environment[word[0]], line)
    words = shlex.split(typed)
    if shlex.join(words) == typed:
        return commands.run(words, folder=Path(folder), environment=environment, within=COMMAND_SECONDS)
    return subprocess.run(
        ["/bin/sh", "-c", typed], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("example", examples())
def test_every_example_of_a_command_runs(installation: dict[str, str], example: str) -> None:
    done = run(installation, example, installation["FOLDER"])

    # No worker runs here, which is for the doctor to find.
    assert (done.returncode, done.stderr) == (int("review doctor" in example), "")
    assert done.stdout
    if example.endswith("ledger key new"):
        make_checkpoint(installation)


def test_the_proxies_of_the_examples_take_what_the_receiver_takes() -> None:
    page = (ROOT / "docs/deploy.md").read_text()

    limits = re.findall(
        r"(?:client_max_body_size|client_body_buffer_size|max_size|request_buffers) +(\d+)k",
        page,
        re.IGNORECASE,
    )

    assert [int(limit) * 1024 for limit in limits] == [MAX_BODY_BYTES] * 4


def test_every_command_has_help_and_stands_on_the_page(subtests: pytest.Subtests) -> None:
    for path, command in list(leaves(cli)):
        with subtests.test(command=command, path=path):
            page = (ROOT / "docs/commands.md").read_text()

            assert command.help
            assert f"docspace-review {path}" in page or f"`{path}" in page


def test_every_setting_is_documented_and_no_other() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    documented = set(
        re.findall(r"`([A-Z][A-Z_]+)(?:_<NAME>)?`", "\n".join(row.split("|")[1] for row in rows.splitlines()))
    )

    assert documented == {name.upper() for name in NAMES}


def test_every_key_of_a_route_is_documented() -> None:
    page = (ROOT / "docs/routes.md").read_text()
    [table] = [part for part in page.split("\n\n") if part.startswith("| key |")]
    [operators] = [part for part in page.split("\n\n") if part.startswith("The route `operators` gets")]

    documented = [key for row in table.splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])]

    assert sorted(documented) == sorted(KEYS)
    assert [key for key in OPERATORS_KEYS if key != "name" and f"`{key}`" not in operators] == []


def test_every_link_between_documents_leads_somewhere(subtests: pytest.Subtests) -> None:
    for document in READERS:
        with subtests.test(document=document):
            links = re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", document.read_text())

            assert [link for link, _ in links if not (document.parent / link).exists()] == []
            for link, anchor in links:
                assert not anchor or anchor in anchors(document.parent / link if link else document)


def test_every_file_that_a_page_names_is_there(subtests: pytest.Subtests) -> None:
    for document in READERS:
        with subtests.test(document=document):
            named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`", document.read_text())

            assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_page_stands_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text()

    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"({page.name})" not in index] == [
        "README.md"
    ]


def anchors(page: Path) -> set[str]:
    """Return where on a page a link can lead: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_page_on_routes_names_every_channel() -> None:
    page = (ROOT / "docs/routes.md").read_text()

    assert all(f"`{name}" in page for name in notifiers.list_channels())


@pytest.mark.parametrize("line", ["events replay", "events replay 1 --all", "deliveries replay 7"])
def test_a_replay_names_one_dead_letter_or_all(installation: dict[str, str], line: str) -> None:
    done = run(installation, f"docspace-review {line}", installation["FOLDER"])

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
