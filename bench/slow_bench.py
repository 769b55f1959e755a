"""How long others wait while forty connections send slowly: half a head, or a byte of a body each second.

.venv/bin/python -m bench.slow_bench [--seconds 8]
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bench.intake_bench import SETTINGS, signed_requests
from bench.servers import procfile
from tests.databases import SqliteDatabases
from tests.edge.slow_senders import HALF_A_HEAD, bodies, slow_senders

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW, SECONDS, PATIENCE = 40, 8.0, 30.0
KINDS = {"none": [], "40 heads": [HALF_A_HEAD], "40 bodies": bodies("/docspace/webhook")}
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS)
    seconds = parser.parse_known_args()[0].seconds
    table = Table("slow connections", "asked", "times", "p50 ms", "max ms", box=None)
    with tempfile.TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))
        for name, beginnings in {
            "none": [],
            "40 heads": [HALF_A_HEAD],
            "40 bodies": bodies("/docspace/webhook"),
        }.items():
            with procfile({**SETTINGS, "DATABASE_URL": databases.new()}) as address:
                figures = measure(address, beginnings, seconds=seconds)
                for asked, took in zip(("/healthz", "a delivery"), figures, strict=True):
                    middle, most = statistics.median(took), max(took)
                    table.add_row(name, asked, str(len(took)), f"{middle:.1f}", f"{most:.0f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
