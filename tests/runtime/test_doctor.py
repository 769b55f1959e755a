"""What the doctor finds without asking a channel: settings, clocks, the database, the key of the portal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from demo import OLGA, DemoPortal, run_portal
from runtime.cli import cli
from runtime.doctor import clocks
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine
from store.workers import WorkerRegistry
from tests.keys import SECRET_KEY
from tests.reviews.samples import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

ROUTES = (
    '[[route]]\nwatch = ["539564"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'
    'identity = "link"\nsegregation_of_duties = "off"\n'
)
SETTINGS = {
    "ROUTES": ROUTES,
    "DOCSPACE_API_HOST": "http://127.0.0.1:9",
    "DOCSPACE_API_KEY": "sk-1",
    "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!",
    "SECRET_KEY": SECRET_KEY,
    "PUBLIC_URL": "https://reviews.company.com",
}
Findings = dict[str, dict[str, Any]]


def examined(database_url: str, **settings: str) -> Findings:
    """Run the command in this process; return what it found, by what it is about."""
    environment = {**SETTINGS, "DATABASE_URL": database_url, **settings}
    done = CliRunner().invoke(cli, ["doctor", "--json"], env=environment)
    findings = json.loads(done.stdout)
    assert done.exit_code == int(any(each["standing"] == "error" for each in findings))
    return {each["about"]: each for each in findings}


@pytest.fixture
def address(sqlite_databases: Any) -> str:
    new: str = sqlite_databases.new()
    return new


def test_a_guard_of_the_ledger_that_is_missing_is_an_error_with_the_command_that_restores_it(
    address: str,
) -> None:
    whole = examined(address)["ledger guards"]
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_refuses_delete")
    engine.dispose()

    finding = examined(address)["ledger guards"]

    assert whole["standing"] == "ok"
    assert finding["standing"] == "error"
    assert "ledger_refuses_delete of the table ledger is missing" in finding["says"]
    assert "docspace-review ledger restore-guards" in finding["do"]


def test_a_name_that_is_no_setting_is_told_with_the_nearest(address: str) -> None:
    settings = {"SLACK_TOKEN": "xoxb-secret", "SECRET_KEYS": "x", "DOCSPACE_HOST": "acme", "EDITOR": "vi"}

    findings = examined(address, **settings)

    assert findings["setting SLACK_TOKEN"]["do"] == "is SLACK_BOT_TOKEN meant?"
    assert findings["setting SECRET_KEYS"]["do"] == "is SECRET_KEY meant?"
    assert findings["setting DOCSPACE_HOST"]["do"] == "is DOCSPACE_API_HOST meant?"
    assert "setting EDITOR" not in findings
    assert "xoxb-secret" not in str(findings)


def test_files_of_secrets_and_families_are_settings(address: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40)

    findings = examined(address, APPRISE_OPS="json://host", METRICS_TOKEN_FILE=str(tmp_path / "key"))

    assert not [about for about in findings if about in {"setting APPRISE_OPS", "setting METRICS_TOKEN_FILE"}]
    assert "requires METRICS_TOKEN" in findings["metrics"]["says"]


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"TEAMS_APP_ID": "a", "TEAMS_TENANT_ID": "t"}, "TEAMS_APP_PASSWORD"),
        ({"OIDC_ISSUER": "https://issuer.company.com"}, "OIDC_CLIENT_ID"),
        ({"SMTP_URL": "smtps://mail.company.com"}, "MAIL_FROM"),
    ],
)
def test_a_group_that_is_half_set_is_an_error(address: str, settings: dict[str, str], missing: str) -> None:
    finding = examined(address, **settings)[f"setting {missing}"]

    assert finding["standing"] == "error"
    assert f"remove {next(iter(settings))}" in finding["do"]


def test_short_secrets_and_plain_addresses_are_told(address: str) -> None:
    workflow = "https://acme.webhook.office.com/webhookb2/1"

    findings = examined(
        address, METRICS_TOKEN="m", PUBLIC_URL="http://reviews.company.com",
        TEAMS_WORKFLOW_OPS=workflow,
    )  # fmt: skip

    assert "1 characters" in findings["setting METRICS_TOKEN"]["says"]
    assert findings["setting PUBLIC_URL"]["standing"] == "error"
    assert "retired" in findings["setting TEAMS_WORKFLOW_OPS"]["says"]
    assert workflow not in str(findings)


def test_a_key_that_can_be_guessed_is_told_with_the_command_that_makes_one(address: str) -> None:
    findings = examined(address, SECRET_KEY="short")

    assert findings["settings"]["standing"] == "error"
    assert "SECRET_KEY: has 5 characters" in findings["settings"]["says"]
    assert "secrets.token_urlsafe(48)" in findings["settings"]["says"]


def test_an_installation_without_a_webhook_secret_can_not_start(address: str) -> None:
    findings = examined(address, DOCSPACE_WEBHOOK_SECRET="", METRICS_TOKEN="")

    assert findings["setting DOCSPACE_WEBHOOK_SECRET"]["standing"] == "error"
    assert "METRICS_TOKEN turns /metrics on" in findings["metrics"]["says"]


@pytest.mark.parametrize(
    ("ahead", "standing"),
    [(0, "ok"), (-29, "ok"), (31, "warning"), (-200, "warning"), (241, "error"), (-9000, "error")],
)
def test_clocks_that_are_apart_are_told(ahead: int, standing: str) -> None:
    their_date = format_datetime(START - timedelta(seconds=ahead), usegmt=True)

    [finding] = clocks.compare_clocks("Slack", their_date, START)

    assert finding.severity == standing
    if standing != "ok":
        assert f"{abs(ahead)} seconds {'ahead' if ahead > 0 else 'behind'}" in finding.message


@pytest.mark.parametrize("date", ["", "soon", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_an_answer_without_a_date_tells_nothing(date: str) -> None:
    assert list(clocks.compare_clocks("Slack", date, START)) == []


def test_a_mistyped_database_is_told_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "mistyped.db"

    findings = examined(f"sqlite:///{file}")

    assert findings["database"]["says"] == f"there is no file {file}"
    assert "DATABASE_URL" in findings["database"]["do"]
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_told_with_its_version_and_room(database_url: str) -> None:
    findings = examined(database_url)

    lite = database_url.startswith("sqlite")
    assert findings["database"]["says"].startswith("SQLite 3." if lite else "PostgreSQL 1")
    assert ("disk" in findings) is lite


def test_a_database_that_others_of_the_machine_may_read_is_told(address: str) -> None:
    file = Path(address.removeprefix("sqlite:///"))
    before = examined(address)
    file.chmod(0o644)

    finding = examined(address)["database files"]

    assert "database files" not in before
    assert (finding["standing"], finding["do"].split()[:3]) == ("warning", ["chmod", "600", str(file)])
    assert oct(file.stat().st_mode & 0o777) == "0o644"


def test_several_workers_on_one_sqlite_file_are_told(database_url: str, engine: sa.Engine) -> None:
    for _ in range(2):
        WorkerRegistry(engine).register()

    finding = examined(database_url)["workers"]

    assert finding["standing"] == ("warning" if engine.dialect.name == "sqlite" else "ok")


@pytest.fixture(scope="module")
def portal() -> Iterator[tuple[DemoPortal, str]]:
    made = DemoPortal(get_utc_time)
    with run_portal(made) as place:
        yield made, place


def test_a_key_that_may_do_all_is_good(address: str, portal: tuple[DemoPortal, str]) -> None:
    findings = examined(address, DOCSPACE_API_HOST=portal[1], DOCSPACE_API_KEY=portal[0].api_key)

    assert findings["docspace key scopes"] == {
        "group": "DocSpace", "about": "docspace key scopes", "standing": "ok", "says": "all", "do": "",
    }  # fmt: skip
    assert findings["clock and DocSpace"]["standing"] == "ok"
    assert "docspace key expiry" not in findings


def test_each_scope_that_a_key_lacks_is_named_with_what_it_is_for(
    address: str, portal: tuple[DemoPortal, str]
) -> None:
    key = portal[0].add_key(OLGA.id, "files:read", "accounts.self:read")
    routes = SETTINGS["ROUTES"].replace('"console"', '"comment"')

    findings = examined(address, DOCSPACE_API_HOST=portal[1], DOCSPACE_API_KEY=key, ROUTES=routes)

    scopes = {
        about: each["standing"] for about, each in findings.items() if about.startswith("docspace key scope")
    }
    assert scopes == {
        "docspace key scope accounts:read": "error",
        "docspace key scope files:write": "error",
        "docspace key scopes": "warning",
    }


@pytest.mark.parametrize(("days", "standing"), [(-1, "error"), (3, "warning"), (100, "ok")])
def test_the_end_of_a_key_is_told(
    address: str, portal: tuple[DemoPortal, str], days: int, standing: str
) -> None:
    portal[0].keys_expire = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    findings = examined(address, DOCSPACE_API_HOST=portal[1], DOCSPACE_API_KEY=portal[0].api_key)

    portal[0].keys_expire = ""
    assert findings["docspace key expiry"]["standing"] == standing
