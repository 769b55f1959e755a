"""A process that is asked to end ends, whatever hangs, and what it leaves is done by the next one."""

from __future__ import annotations

import re
import signal
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.installation import SERVE, SPLIT
from tests.journeys.processes import STOP_SECONDS, eventually
from tests.journeys.running_installation import DATABASE, make_sqlite_address, run_installation
from tests.journeys.table_locks import lock_table, writers_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from tests.databases import PostgresDatabases
    from tests.journeys.running_installation import RunningInstallation

TITLE = "Stopped while the database hangs.docx"


@pytest.fixture(scope="module")
def under_way(
    tmp_path_factory: pytest.TempPathFactory, postgres_databases: PostgresDatabases
) -> Iterator[Mapping[str, Future[Any]]]:
    """Begin all at once, since most of the time they wait; each test waits for what is its own."""
    names = ("hanging", "killed", "serve", "web-worker")
    folders = {name: tmp_path_factory.mktemp(name) for name in names}
    urls = {name: make_sqlite_address(folders[name]) for name in ("killed", "serve")}
    urls |= {name: postgres_databases.new() for name in ("hanging", "web-worker")}

    def begin(
        name: str, scenario: Callable[[RunningInstallation], object], lines: tuple[str, ...]
    ) -> Future[Any]:
        def run() -> object:
            with run_installation(urls[name], folders[name], names=lines) as opened:
                return scenario(opened)

        return pool.submit(run)

    with ThreadPoolExecutor(len(names)) as pool:
        yield {
            "hanging": begin("hanging", stop_while_the_database_hangs, SPLIT),
            "killed": begin("killed", kill_the_first_process, SERVE),
            **{"-".join(lines): begin("-".join(lines), blocked_by_thread, lines) for lines in (SERVE, SPLIT)},
        }


def test_a_worker_whose_database_hangs_ends_all_the_same_also_one_that_has_not_come_up(
    under_way: Mapping[str, Future[Any]],
) -> None:
    under_way["hanging"].result()


def test_a_server_whose_first_process_was_killed_ends_though_its_database_hangs(
    under_way: Mapping[str, Future[Any]],
) -> None:
    under_way["killed"].result()


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux shows, in /proc, which signals a thread blocks"
)
@pytest.mark.parametrize("names", [SERVE, SPLIT], ids="-".join)
def test_one_thread_hears_that_its_process_is_to_end_and_no_other_can_take_the_signal_away(
    under_way: Mapping[str, Future[Any]], names: tuple[str, ...]
) -> None:
    threads = under_way["-".join(names)].result()

    assert len(threads) == len(names)
    for blocked in threads:
        assert len(blocked) > 2
        assert [mask >> signal.SIGTERM - 1 & 1 for mask in blocked].count(0) == 1


def stop_while_the_database_hangs(opened: RunningInstallation) -> None:
    """Stop two workers of which only one has come up, and hold what the next ones do against it."""
    a_card_is_being_posted(opened)

    url = opened.product.environment["DATABASE_URL"]
    with lock_table(url, "workers") as holder, lock_table(url, "cards"):
        opened.product.start_one("worker-2")
        eventually(lambda: writers_waiting(holder, "workers") == 2)
        opened.product.stop()

    opened.product.start()
    assert_posted_once(opened)


def kill_the_first_process(opened: RunningInstallation) -> None:
    """Kill a server's first process alone, while the other one's database hangs."""
    a_card_is_being_posted(opened)

    file = opened.product.folder / DATABASE
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        opened.product.processes.kill_alone("serve")
        eventually(lambda: not opened.product.processes.orphans(), within=STOP_SECONDS)

    opened.product.start()
    assert_posted_once(opened)


def blocked_by_thread(opened: RunningInstallation) -> list[list[int]]:
    """Return for each process which signals each of its threads does not take, once it has worked."""
    opened.save(TITLE)
    opened.card(TITLE)
    return [blocked_signals(opened.product.processes.youngest(name)) for name in opened.product.names]


def a_card_is_being_posted(opened: RunningInstallation) -> None:
    """Return while Slack, which has the card, keeps its answer back."""
    opened.slack.hang_seconds = 5
    opened.slack.fail("chat.postMessage", "hang_after")
    opened.save(TITLE)
    opened.card(TITLE)


def assert_posted_once(opened: RunningInstallation) -> None:
    def states() -> list[str]:
        return [card["state"] for card in opened.product.json("deliveries", "list")]

    eventually(lambda: states() == ["posted"])
    assert len(opened.cards(TITLE)) == 1


def blocked_signals(pid: int) -> list[int]:
    """Return the set of signals that it does not take, for each thread of a process."""
    states = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/status")]
    return [int(mask, 16) for state in states for mask in re.findall(r"SigBlk:\s*(\w+)", state)]
