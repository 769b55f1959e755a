"""The deploy button asks for what the settings are, and its answers can be used as they come."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from runtime.settings import settings
from runtime.settings.settings import FAMILIES, NAMES, UnusableSettings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring

ROOT = Path(__file__).parents[2]
APP: dict[str, Any] = json.loads((ROOT / "app.json").read_text())
ASKED: dict[str, dict[str, Any]] = APP["env"]

NOT_ASKED = {
    "DATABASE_URL": "the addon sets it",
    "HOST": "the web line listens on every address",
    "PORT": "each dyno is given one",
    "LOG_FORMAT": "the log of a dyno is no terminal, and so is JSON",
    "TRUSTED_PROXIES": "a dyno has one router in front of it, which is known",
    "ROUTES_FILE": "no file of one's own lies beside the code; ROUTES takes its text",
    **dict.fromkeys(
        ("DYNO", "FLY_APP_NAME", "K_SERVICE", "RAILWAY_PROJECT_ID", "RENDER", "VCAP_APPLICATION"),
        "a platform sets it",
    ),
}
OF_THE_SERVER = {"WEB_CONCURRENCY"}
KNOWN = {
    "addons", "buildpacks", "description", "env", "formation", "keywords", "name", "stack", "success_url",
}  # fmt: skip


def setting_of(name: str) -> str:
    """Return the setting that a variable belongs to: a member of a family to the family."""
    families = [family.upper() for family in FAMILIES if name.startswith(f"{family.upper()}_")]
    return families[0] if families else name


def test_every_setting_is_asked_for_or_left_out_for_a_reason() -> None:
    assert {setting_of(name) for name in ASKED} - OF_THE_SERVER == {name.upper() for name in NAMES} - set(
        NOT_ASKED
    )


def test_the_manifest_is_one_that_the_platform_takes() -> None:
    assert set(APP) == KNOWN
    assert len(APP["name"]) <= 30
    assert len(APP["description"]) <= 140
    assert all(set(entry) <= {"description", "value", "required", "generator"} for entry in ASKED.values())
    assert all(entry["description"].endswith(".") for entry in ASKED.values())


def test_what_no_operator_has_to_know_is_made_up_or_may_stay_empty() -> None:
    needed = {name for name, entry in ASKED.items() if entry.get("required", True)}

    assert needed - {name for name in needed if "generator" in ASKED[name]} == {
        "COMPLIANCE_FOLDER_ID", "DEPARTMENT_OWNER_EMAIL", "DOCSPACE_API_HOST", "DOCSPACE_API_KEY",
        "DOCSPACE_WEBHOOK_SECRET", "NOTIFY",
    }  # fmt: skip
    # DocSpace takes 30 characters at most, and the platform makes 64.
    assert {name for name in needed if "generator" in ASKED[name]} == {"LEDGER_KEY", "SECRET_KEY"}


def test_what_is_left_as_it_was_offered_is_what_it_would_be_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = settings.load()
    for name, entry in ASKED.items():
        monkeypatch.setenv(name, entry.get("value", ""))

    offered = settings.load()

    changed = {name for name in NAMES if getattr(offered, name) != getattr(usual, name)}
    assert changed == {"docspace_api_host", "notify", "apprise", "teams_workflow"}


def test_with_the_needed_answers_alone_the_web_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "COMPLIANCE_FOLDER_ID": "539564",
        "DEPARTMENT_OWNER_EMAIL": "owner@company.com",
        "DOCSPACE_API_KEY": "sk-1",
        "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!",
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": "postgres://user:password@127.0.0.1:9/reviews",
        "DYNO": "web.1",
    }
    for name, entry in ASKED.items():
        monkeypatch.setenv(name, entry.get("value", ""))
    for name, value in answers.items():
        monkeypatch.setenv(name, value)

    app = build_application(Wiring(settings.load()))

    assert app.test_client().head("/docspace/webhook").status_code == 200


def test_a_dyno_refuses_sqlite_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNO", "web.1")

    with pytest.raises(UnusableSettings) as refused:
        _ = Wiring(settings.load()).engine

    assert str(refused.value) == (
        "DATABASE_URL: a file on Heroku's disk is lost at every restart, and the ledger with it: "
        "add a PostgreSQL and let DATABASE_URL name it"
    )


def test_each_line_of_the_procfile_that_runs_on_has_a_dyno() -> None:
    lines = re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)

    assert [*APP["formation"], "release"] == sorted(lines, key=["web", "worker", "release"].index)


def test_the_python_of_the_platform_is_one_that_the_project_runs_on() -> None:
    named = tuple(map(int, (ROOT / ".python-version").read_text().split(".")))

    assert named >= (3, 11)
    assert f"python:{'.'.join(map(str, named))}-" in (ROOT / "Dockerfile").read_text()
