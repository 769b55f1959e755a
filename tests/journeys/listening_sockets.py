"""Which ports the processes of a program listen on, as Linux says."""

from __future__ import annotations

import contextlib
from pathlib import Path

LISTENING = "0A"
"""The state of a listening socket in `/proc/net/tcp` (proc_pid_net(5), `tcp_states.h` of Linux)."""


def list_listening_ports(processes: list[int]) -> list[int]:
    """Return the TCP ports on which any of the processes listens, on whatever address."""
    return sorted(port for pid in processes for port in _list_ports(Path("/proc") / str(pid)))


def _list_ports(process: Path) -> list[int]:
    held = {_read_link(file) for file in (process / "fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in (process / "net" / table).read_text().splitlines()[1:]
    ]
    return [
        int(row[1].rpartition(":")[2], 16)
        for row in rows
        if row[3] == LISTENING and f"socket:[{row[9]}]" in held
    ]


def _read_link(file: Path) -> str:
    with contextlib.suppress(FileNotFoundError):  # closed meanwhile
        return str(file.readlink())
    return ""
