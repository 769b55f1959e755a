"""Prometheus takes the alert rules; each fires when it should, reads metrics that exist, and has a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.databases import ON_SQLITE
from tests.deploy.queries import fill, list_selections, read_metrics
from tests.deploy.tools import run_tool
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    import sqlalchemy as sa

FOLDER = ROOT / "deploy/prometheus"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "docspace-review.rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
CASES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "docspace-review.rules.test.yml").read_text())["tests"]


def test_prometheus_takes_the_rules_and_their_tests_hold() -> None:
    for arguments in (
        ("check", "rules", "docspace-review.rules.yml"),
        ("test", "rules", "docspace-review.rules.test.yml"),
    ):
        done = run_tool("promtool", *arguments, folder=FOLDER)
        if done is None:
            pytest.skip("promtool is not installed: the tests below hold what they can without it")
        assert (done.returncode, "FAILED" in done.stdout) == (0, False), done.stdout + done.stderr


def test_each_alert_is_tried_where_it_fires_and_where_it_does_not() -> None:
    tried = {
        (part["alertname"], bool(part["exp_alerts"])) for case in CASES for part in case["alert_rule_test"]
    }

    assert tried == {(alert["alert"], fires) for alert in ALERTS for fires in (True, False)}


@ON_SQLITE
def test_each_rule_reads_metrics_that_an_installation_has(engine: sa.Engine) -> None:
    fill(engine)
    present = read_metrics(engine)
    present |= dict.fromkeys(RECORDED | {"up"}, frozenset())

    read = {each for rule in RULES for each in list_selections(rule["expr"])}

    assert [each for each in read if not each.labels <= present.get(each.metric, {"none"})] == []
    assert read
    assert {each.metric for each in read} <= present.keys()


def test_what_is_recorded_is_used() -> None:
    used = {each.metric for alert in ALERTS for each in list_selections(alert["expr"])}
    used |= {each.metric for rule in RULES if "record" in rule for each in list_selections(rule["expr"])}

    assert RECORDED - used == set()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_each_alert_says_what_it_is_how_bad_and_what_to_do(alert: dict[str, Any]) -> None:
    page, _, anchor = alert["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)

    assert page == "docs/alarms.md"
    assert anchor in {heading.lower() for heading in headings}
    [row] = re.findall(rf"^\| .*`{alert['alert']}`.*$", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    assert f"(alarms.md#{anchor})" in row
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"]


def test_the_labels_of_a_summary_are_those_of_its_alert() -> None:
    for alert in ALERTS:
        named = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
        grouped = re.search(r"by \(([^)]*)\)", alert["expr"])

        assert named <= set(grouped[1].split(", ") if grouped else ())
