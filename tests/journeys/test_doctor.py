"""`doctor`: whatever is broken is one line that says what to do, and the exit code tells of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from demo import COMPLIANCE, OLGA
from tests.journeys.running_installation import (
    CHANNEL,
    RunningInstallation,
    make_missing_sqlite_address,
    make_sqlite_address,
    route,
    run_installation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSING = str(10**6)
OTHER_PEOPLE = """
[[route]]
name = "channel"
watch = ["1000001"]
owners = ["stranger@example.com"]
notify = ["slack:C0ELSEWHERE"]
may_acknowledge = "channel"

[[route]]
name = "alias"
watch = ["1000002"]
owners = ["alias@example.com"]
notify = ["slack:C0ELSEWHERE"]

[people]
"alias@example.com" = { slack = "U0123456789" }
"main@example.com" = { slack = "U0123456789", docspace = "66faa6e4-f133-11ea-b126-00ffeec8b4ef" }
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    folder = tmp_path_factory.mktemp("doctor")
    with run_installation(make_sqlite_address(folder), folder) as opened:
        yield opened


def examined(installation: RunningInstallation) -> dict[str, dict[str, Any]]:
    """Return what the doctor finds, by what it is about."""
    completed = installation.product.run("doctor", "--json")
    findings = {each["about"]: each for each in json.loads(completed.stdout)}
    assert completed.returncode == int(any(each["standing"] == "error" for each in findings.values()))
    return findings


def test_an_installation_in_order_has_nothing_to_mend(installation: RunningInstallation) -> None:
    findings = examined(installation)

    assert {about for about, each in findings.items() if each["standing"] == "error"} == set()
    assert "Compliance" in findings[f"folder {COMPLIANCE}"]["says"]
    assert "the bot is in it" in findings[f"slack:{CHANNEL}"]["says"]


def test_a_missing_right_is_named_with_what_it_is_for(installation: RunningInstallation) -> None:
    installation.slack.scopes -= {"channels:history", "users:read.email"}
    try:
        findings = examined(installation)
    finally:
        installation.slack.scopes |= {"channels:history", "users:read.email"}

    assert findings["slack scope users:read.email"]["standing"] == "error"
    assert "mentions owners" in findings["slack scope users:read.email"]["says"]
    assert findings["slack scope channels:history"]["standing"] == "warning"
    assert "reinstall it" in findings["slack scope channels:history"]["do"]


def test_a_folder_that_is_not_there_a_channel_without_the_bot_and_an_owner_without_an_account_are_named(
    installation: RunningInstallation,
) -> None:
    installation.slack.add_channel("C0ELSEWHERE", "elsewhere", bot_is_member=False)
    text = route(notify="slack:C0ELSEWHERE").replace(f'"{COMPLIANCE}"', f'"{MISSING}"')
    text = text.replace(OLGA.email, "nobody@example.com") + OTHER_PEOPLE

    completed = installation.product.run("doctor", "--json", settings={"ROUTES": text, "ROUTES_FILE": None})

    findings = {each["about"]: each for each in json.loads(completed.stdout)}
    assert completed.returncode == 1
    assert findings[f"folder {MISSING}"]["standing"] == "error"
    assert "/invite" in findings["slack:C0ELSEWHERE"]["do"]
    assert findings["account of nobody@example.com"]["standing"] == "warning"
    assert "[people]" in findings["account of nobody@example.com"]["do"]
    assert findings["route compliance"]["standing"] == "error"
    assert findings["account of stranger@example.com"]["standing"] == "warning"
    assert "account of alias@example.com" not in findings
    assert not {"route channel", "route alias"} & set(findings)


def test_a_channel_that_only_a_ladder_names_is_checked_too(installation: RunningInstallation) -> None:
    installation.slack.add_channel("C0BOSS", "boss", bot_is_member=False)
    text = route(more='due = "8h"\nladder = [{after = "100%", do = "escalate", to = "slack:C0BOSS"}]\n')

    completed = installation.product.run("doctor", "--json", settings={"ROUTES": text, "ROUTES_FILE": None})

    findings = {each["about"]: each for each in json.loads(completed.stdout)}
    assert "/invite" in findings["slack:C0BOSS"]["do"]


def test_a_token_that_slack_refuses_is_a_line_and_the_rest_is_checked_all_the_same(
    installation: RunningInstallation,
) -> None:
    completed = installation.product.run("doctor", settings={"SLACK_BOT_TOKEN": "xoxb-revoked"})

    assert completed.returncode == 1
    assert "check SLACK_BOT_TOKEN" in completed.stdout
    assert f"folder {COMPLIANCE}" in completed.stdout
    assert "xoxb-revoked" not in completed.stdout + completed.stderr


def test_settings_that_can_not_be_used_are_a_finding(installation: RunningInstallation) -> None:
    completed = installation.product.run("doctor", settings={"PORT": "http"})

    assert completed.returncode == 1
    assert "PORT" in completed.stdout


def test_a_public_channel_of_a_private_route_is_told_also_where_other_routes_post_there(
    installation: RunningInstallation,
) -> None:
    text = route(more="private = true\n")

    completed = installation.product.run("doctor", "--json", settings={"ROUTES": text, "ROUTES_FILE": None})

    findings = {each["about"]: each for each in json.loads(completed.stdout)}
    assert findings[f"slack:{CHANNEL}"]["standing"] == "warning"
    assert "the route is private" in findings[f"slack:{CHANNEL}"]["says"]


def test_what_is_to_be_done_is_said_once(installation: RunningInstallation, tmp_path: Path) -> None:
    completed = installation.product.run(
        "doctor", settings={"DATABASE_URL": make_missing_sqlite_address(tmp_path)}
    )

    findings, count, _summary = completed.stdout.rpartition("\n\n")
    assert findings.count("docspace-review migrate") == 1
    assert count


def test_the_doctor_says_who_is_told_of_alarms_and_that_a_test_needs_an_outside_address(
    installation: RunningInstallation,
) -> None:
    without_operators = examined(installation)["operators"]
    operators = f'[[route]]\nname = "operators"\nnotify = ["slack:{CHANNEL}"]\n'
    text = route(more='canary = "daily"\n') + operators

    completed = installation.product.run("doctor", "--json", settings={"ROUTES": text, "ROUTES_FILE": None})

    findings = {each["about"]: each for each in json.loads(completed.stdout)}
    assert (without_operators["standing"], "log only" in without_operators["says"]) == ("warning", True)
    assert findings["operators"]["says"] == f"alarms are posted in slack:{CHANNEL}"
    assert "it is not set, so tests go to http://127.0.0.1" in findings["PUBLIC_URL"]["says"]
