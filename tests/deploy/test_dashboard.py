"""Grafana's own model takes the dashboard, and each of its queries reads metrics that are there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.databases import ON_SQLITE
from tests.deploy.queries import fill, list_selections, read_metrics
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs/grafana.json").read_text())
PAGE = (ROOT / "docs/metrics.md").read_text()
OBJECTIVES = 3
FINAL_SCHEMA = 42
"""The last version of this form (Grafana, `DASHBOARD_SCHEMA_VERSION` in DashboardMigrator.ts)."""
WIDTH = 24


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def raw_queries() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def list_queries() -> list[str]:
    """Return the queries as Grafana sends them, with values in place of its variables."""
    queries = (query.replace("$__rate_interval", "5m") for query in raw_queries())
    return [query.replace("$job", "docspace-review") for query in queries]


def find_losses(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """Yield the members that are not the same after Grafana's model has read and written them."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from find_losses(value, after.get(name, "nothing"), f"{path}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from find_losses(one, other, f"{path}[{number}]")
    elif before != after:
        yield path


def write_again(dashboard: dict[str, Any]) -> Any:
    register_default_plugins()
    return json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))


def test_the_model_of_grafana_has_each_member_of_the_dashboard() -> None:
    assert list(find_losses(DASHBOARD, write_again(DASHBOARD))) == []


def test_a_member_that_grafana_does_not_know_is_found() -> None:
    [panel, *others] = DASHBOARD["panels"]
    changed = {**DASHBOARD, "panels": [{**panel, "gridPosition": {}}, *others]}

    assert list(find_losses(changed, write_again(changed))) == [".panels[0].gridPosition"]


def test_it_keeps_its_address_and_asks_for_its_data_source() -> None:
    assert (DASHBOARD["uid"], DASHBOARD["schemaVersion"]) == ("docspace-review", FINAL_SCHEMA)
    assert "id" not in DASHBOARD  # it is given by the Grafana that imports it
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    sources = [place["datasource"]["uid"] for panel in panels() for place in (panel, *panel["targets"])]
    assert set(sources) == {"${datasource}"}


def test_no_panel_covers_another() -> None:
    taken = [
        (row, column)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for row in range(place["y"], place["y"] + place["h"])
        for column in range(place["x"], place["x"] + place["w"])
    ]

    assert len(taken) == len(set(taken))
    assert max(column for _, column in taken) < WIDTH
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))


@ON_SQLITE
def test_each_query_reads_metrics_that_an_installation_has(engine: sa.Engine) -> None:
    fill(engine)
    present = read_metrics(engine)

    read = {each for query in list_queries() for each in list_selections(query)}

    assert [each for each in read if not each.labels <= present.get(each.metric, {"none"})] == []
    assert {each.metric for each in read} <= present.keys()


@ON_SQLITE
def test_each_metric_has_a_panel(engine: sa.Engine) -> None:
    fill(engine)
    shown = {each.metric for query in list_queries() for each in list_selections(query)}

    present = {name for name in read_metrics(engine) if not name.endswith(("_count", "_sum"))}

    assert present - shown == {"docspace_review_info"}


def test_the_page_has_the_query_of_each_objective_as_the_dashboard_has_it() -> None:
    section = PAGE.partition("## Objectives")[2].partition("\n## ")[0]
    shown = re.findall(r"\| `([^|]+)` \|$", section, re.MULTILINE)

    of_all_jobs = [
        re.sub(r'(?<=\{)job=~"\$job"(, )?', "", query).replace("{}", "") for query in raw_queries()
    ]
    assert shown == of_all_jobs[: len(shown)]
    assert len(shown) == OBJECTIVES


@ON_SQLITE
def test_the_page_names_each_metric_and_its_labels_and_no_other(engine: sa.Engine) -> None:
    fill(engine)
    rows = re.findall(r"^\| `(docspace_review_\w+)` \| ([^|]*)\|", PAGE, re.MULTILINE)

    documented = {name: set(re.findall(r"`(\w+)`", labels.partition(":")[0])) for name, labels in rows}
    present = {
        re.sub(r"_(bucket|count|sum)$", "", name): set(labels) - {"le"}
        for name, labels in read_metrics(engine).items()
    }
    assert documented == present


def test_each_panel_says_what_it_shows() -> None:
    assert [panel["title"] for panel in panels() if not panel.get("description", "").endswith(".")] == []
