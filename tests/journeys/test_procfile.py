"""The Procfile as a platform runs it: its own shell lines, several processes of each, one PostgreSQL."""

from __future__ import annotations

import re
import subprocess
import time
from typing import TYPE_CHECKING

import requests

from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http
from tests.journeys.installation import HONCHO, SIGNING_SECRET, WEBHOOK_SECRET
from tests.journeys.processes import STOP_SECONDS, eventually
from tests.journeys.running_installation import OLGA_IN_SLACK, run_installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.journeys.running_installation import RunningInstallation

FIRST, SECOND = "By the first web.docx", "By the second web.docx"
STARTED = ("web.1", "web.2", "worker.1", "worker.2")


def test_two_webs_and_two_workers_share_a_database_and_end_in_time(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    url = postgres_databases.empty().replace("postgresql://", "postgres://", 1)
    with run_installation(url, tmp_path, names=HONCHO, settings={"WEB_CONCURRENCY": "2"}) as opened:
        port = opened.product.port
        eventually(lambda: answers(port + 1))
        # A server answers once one of its processes does.
        eventually(lambda: [processes_of_server(each) for each in (port, port + 1)] == [2, 2])
        opened.save(FIRST)
        deliver_to(opened, port + 1)
        opened.save(SECOND)
        for title in (FIRST, SECOND):
            opened.card(title)
        click_at(opened, port + 1, FIRST)
        opened.card(FIRST, "Reviewed by")

        asked = time.monotonic()
        opened.product.stop()

        assert time.monotonic() - asked < STOP_SECONDS
        assert [len(opened.cards(title)) for title in (FIRST, SECOND)] == [1, 1]
        assert_ran_in_order(opened.product.stdout())


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok
    except requests.RequestException:
        return False


def deliver_to(opened: RunningInstallation, port: int) -> None:
    """Have the portal send what happens from now on to this port."""
    [webhook] = opened.sender.webhooks()
    opened.sender.remove(webhook.id)
    opened.sender.register(f"http://127.0.0.1:{port}/docspace/webhook", secret=WEBHOOK_SECRET)


def click_at(opened: RunningInstallation, port: int, title: str) -> None:
    side = SlackSide(opened.slack, SIGNING_SECRET, over_http(f"http://127.0.0.1:{port}", timeout=60))
    assert side.click(OLGA_IN_SLACK, opened.card(title), "acknowledge_review").status == 200


def processes_of_server(port: int) -> int:
    """Return how many processes answer on a port."""
    started = subprocess.check_output(["pgrep", "-f", f"[-]-port {port} --workers"], text=True)  # noqa: S607
    return sum(len(children(int(pid))) for pid in started.split())


def children(pid: int) -> list[str]:
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return listed.stdout.split()


def assert_ran_in_order(output: str) -> None:
    """Hold what the runner says against: release alone, then all others, each ended by itself.

    The runner tells all processes of a server at once. Where one of them hears it before the server does,
    granian takes that for a crash and ends with 1, as orderly as otherwise.
    """
    ended = re.findall(r"(\S+) stopped \(rc=(-?\d+)\)", output)
    assert ended[0] == ("release.1", "0")
    codes = dict(ended[1:])
    for web in re.findall(r"(\S+) +\| \[INFO\] Granian shutdown completed", output):
        assert codes[web] == ("1" if re.search(rf"{web} .*Unexpected exit", output) else "0"), output[-3000:]
        codes[web] = "0"
    assert codes == dict.fromkeys(STARTED, "0"), output[-3000:]
    assert output.index("The database is up to date.") < output.index("web.1 started")
