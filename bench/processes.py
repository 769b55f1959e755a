"""What running processes have taken until now: processor time and memory.

Memory is the proportional share (PSS): what processes have in common counts once. It is read from /proc, so
on Linux only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SESSION, USER_TICKS, SYSTEM_TICKS = 3, 11, 12  # places in /proc/PID/stat after the program's name


@dataclass(frozen=True)
class Usage:
    """Of all processes of a session: seconds of processor time until now, and megabytes of memory."""

    processes: int
    seconds: float
    megabytes: float


def read_seconds(pid: int) -> float:
    """Return the processor time of one process, in seconds."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[USER_TICKS]) + int(stat[SYSTEM_TICKS])) / TICKS


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
