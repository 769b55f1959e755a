"""How long others wait while forty connections send slowly: half a head, or a byte of a body each second.

./dev bench slow [--seconds 8]
"""

from __future__ import annotations

import http.client
import itertools
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bench.command_line import command_line
from bench.figures import SQLITE, Figure, hand_over
from bench.intake_bench import SETTINGS, signed_requests
from bench.servers import procfile
from tests.databases import SqliteDatabases
from tests.edge.slow_senders import HALF_A_HEAD, bodies, slow_senders

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW, SECONDS, ROUNDS, PATIENCE = 40, 8.0, 2, 30.0
DELIVERY = "a delivery"
NONE = "none"
KINDS = {NONE: [], "40 heads": [HALF_A_HEAD], "40 bodies": bodies("/docspace/webhook")}
ROWS = {"40 heads": "a delivery beside 40 slow heads", "40 bodies": "a delivery beside 40 slow bodies"}
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n"


def ask(address: tuple[str, int], request: bytes) -> float:
    """Return the milliseconds that one request took, on a connection of its own."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    started = time.perf_counter()
    try:
        connection.connect()
        connection.sock.sendall(request)
        connection.sock.recv(4096)
    except TimeoutError:
        return PATIENCE * 1000
    finally:
        connection.close()
    return (time.perf_counter() - started) * 1000


def measure(
    address: tuple[str, int], started_requests: list[bytes], *, seconds: float
) -> Iterator[list[float]]:
    """Yield how long health took each time while the slow ones were there, then how long deliveries did."""
    count = SLOW if started_requests else 0
    deliveries = iter(signed_requests(2000))
    health, delivered = [], []
    done = threading.Event()
    with slow_senders(address, started_requests or [b""], count=count) as slow:

        def drip() -> None:
            while not done.wait(1):
                slow.drip()

        thread = threading.Thread(target=drip)
        thread.start()
        end = time.monotonic() + seconds
        for delivery in itertools.takewhile(lambda _: time.monotonic() < end, deliveries):
            health.append(ask(address, HEALTH))
            delivered.append(ask(address, delivery))
            time.sleep(0.02)
        done.set()
        thread.join()
    yield from (health, delivered)


Durations = dict[tuple[str, str], list[float]]


def measure_all(seconds: float) -> Durations:
    """Measure each kind of sender once a round; return the milliseconds by kind and by what was asked."""
    durations: Durations = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))
        for name, beginnings in [*KINDS.items()] * ROUNDS:
            with procfile({**SETTINGS, "DATABASE_URL": databases.new()}) as server:
                figures = measure(server.address, beginnings, seconds=seconds / ROUNDS)
                for what, took in zip(("/healthz", DELIVERY), figures, strict=True):
                    durations[name, what] += took
    return durations


def main() -> None:
    parser = command_line("slow", __doc__, databases=False)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to measure")
    arguments = parser.parse_args()
    durations = measure_all(arguments.seconds)
    table = Table("slow connections", "asked", "times", "p50 ms", "max ms", box=None)
    for (name, what), took in durations.items():
        table.add_row(name, what, str(len(took)), f"{statistics.median(took):.1f}", f"{max(took):.0f}")
    Console(width=120).print(table)
    alone = statistics.median(durations[NONE, DELIVERY])
    figure = Figure(row="", value=alone, unit="ms", database=SQLITE, beside="no one slow", reference=alone)
    medians = {row: statistics.median(durations[name, DELIVERY]) for name, row in ROWS.items()}
    hand_over(arguments, [replace(figure, row=row, value=median) for row, median in medians.items()])


if __name__ == "__main__":
    main()
