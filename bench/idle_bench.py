"""What `serve` costs while nothing happens: processor time and memory of all its processes.

    .venv/bin/python -m bench.idle_bench [--seconds SECONDS]

On SQLite, with the stand-in portal as DocSpace in this process, which is not counted. Memory is the
proportional share (PSS): what processes have in common counts once. It is read from /proc, so on Linux only.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.servers import serve
from demo import COMPLIANCE, OLGA, DemoPortal, add_documents, run_portal

SETTLE_SECONDS = 5
TICKS = os.sysconf("SC_CLK_TCK")
SESSION, USER_TICKS, SYSTEM_TICKS = 3, 11, 12  # places in /proc/PID/stat after the program's name


@dataclass(frozen=True)
class Usage:
    """Of all processes of a session: seconds of processor time until now, and megabytes of memory."""

    processes: int
    seconds: float
    megabytes: float


def usage(session: int) -> Usage:
    seconds, kilobytes, processes = 0.0, 0, 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text().rpartition(")")[2].split()
            if int(stat[SESSION]) != session:
                continue
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue  # it has ended meanwhile, or is not ours
        seconds += (int(stat[USER_TICKS]) + int(stat[SYSTEM_TICKS])) / TICKS
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        processes += 1
    return Usage(processes, seconds, kilobytes / 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    # `./dev bench` hands its arguments to every bench.
    wait = parser.parse_known_args()[0].seconds
    portal = DemoPortal(lambda: datetime.now(UTC))
    add_documents(portal)
    with tempfile.TemporaryDirectory() as folder, run_portal(portal) as address:
        settings = {
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'idle.db'}",
            "DOCSPACE_API_HOST": address,
            "DOCSPACE_API_KEY": portal.api_key,
            "DOCSPACE_WEBHOOK_SECRET": "Compl1ance!Bench",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "COMPLIANCE_FOLDER_ID": str(COMPLIANCE),
            "DEPARTMENT_OWNER_EMAIL": OLGA.email,
            "LOG_LEVEL": "warning",
        }
        with serve(settings) as session:
            time.sleep(SETTLE_SECONDS)
            before, began = usage(session), time.monotonic()
            time.sleep(wait)
            after, lasted = usage(session), time.monotonic() - began
    percent = 100 * (after.seconds - before.seconds) / lasted
    memory = f"{after.megabytes:.0f} MB in {after.processes} processes"
    Console(width=120).print(f"serve, idle for {lasted:.0f} s: {percent:.2f} % of a core, {memory}")


if __name__ == "__main__":
    main()
