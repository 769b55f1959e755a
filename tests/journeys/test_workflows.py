"""Teams through Workflows beside Slack, with real processes: the same change, one answer, no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from demo import OLGA
from tests.edge.adaptive_cards import list_mentioned, read_buttons, read_card_text
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    OLGA_IN_SLACK,
    RunningInstallation,
    make_sqlite_address,
    route,
    run_installation,
)
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.adaptive_cards import Json

NOTIFY = f'slack:{CHANNEL}", "teams:compliance-eu'


@pytest.fixture(scope="module")
def sink() -> Iterator[WorkflowsSink]:
    with WorkflowsSink() as sink:
        yield sink
        assert sink.failed == []


@pytest.fixture(scope="module")
def opened(sink: WorkflowsSink, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    folder = tmp_path_factory.mktemp("workflows")
    settings = {
        "TEAMS_WORKFLOW_COMPLIANCE_EU": sink.url,
        "TEAMS_ALLOW_HOSTS": sink.host,
        "SECRET_KEY": SECRET_KEY,
        "LOG_LEVEL": "debug",
    }
    link = '[[route]]\nidentity = "link"\nsegregation_of_duties = "off"\n'
    routes = route(notify=NOTIFY).replace("[[route]]\n", link)
    with run_installation(make_sqlite_address(folder), folder, routes=routes, settings=settings) as opened:
        yield opened


def posts(sink: WorkflowsSink, title: str, *, count: int) -> list[Json]:
    """Wait for so many cards of this title, and return them."""
    return eventually(lambda: cards if len(cards := _of(sink, title)) == count else None)


def _of(sink: WorkflowsSink, title: str) -> list[Json]:
    return [post for post in sink.posts if title in read_card_text(post)]


def test_a_change_reaches_both_chats_and_an_answer_in_one_is_told_in_the_other(
    opened: RunningInstallation, sink: WorkflowsSink
) -> None:
    file = opened.save("Both.docx")
    card = opened.card("Both.docx", "Waiting for review")
    opened.wait_until_compared(file)
    [asked] = posts(sink, "Both.docx", count=1)
    page = requests.get(read_buttons(asked)["Acknowledge review"]["url"], timeout=60)
    opened.click(OLGA_IN_SLACK, card)
    [_, update] = posts(sink, "Both.docx", count=2)

    assert list_mentioned(asked) == [OLGA.email]
    assert (page.status_code, "Both.docx" in page.text) == (200, True)
    assert "Reviewed by Olga Owner" in read_card_text(update)
    assert set(read_buttons(update)) == {"What changed", "Open document"}


def test_a_workflow_that_was_deleted_is_a_dead_letter_and_its_address_stands_nowhere(
    opened: RunningInstallation, sink: WorkflowsSink
) -> None:
    sink.fail("404", headers={"no name": "x"})
    opened.save("Lost.docx")
    opened.card("Lost.docx")
    [dead] = eventually(lambda: opened.product.json("deliveries", "list", "--state", "dead"))

    assert (dead["notifier"], dead["target"]) == ("teams", "compliance-eu")
    assert "it was deleted, or its owner left" in dead["error"]
    assert SIG not in opened.product.output()
    assert all(SIG.encode() not in file.read_bytes() for file in opened.product.folder.glob("*.db*"))


def test_a_retired_connector_stops_the_start_in_one_line_without_its_address(
    opened: RunningInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    retired = f"https://x.webhook.office.com/{SIG}"
    monkeypatch.setitem(opened.product.environment, "TEAMS_WORKFLOW_COMPLIANCE_EU", retired)

    refused = opened.product.run("worker")

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "TEAMS_WORKFLOW_COMPLIANCE_EU is a connector of Office 365" in refused.stderr
    assert SIG not in refused.stderr + refused.stdout
