"""Which ports the processes of a program listen on, as Linux says."""

from __future__ import annotations

import contextlib
import ipaddress
import sys
from pathlib import Path

LISTENING = "0A"
"""The state of a listening socket in `/proc/net/tcp` (proc_pid_net(5), `tcp_states.h` of Linux)."""


def list_listening_ports(processes: list[int]) -> list[int]:
    """Return the TCP ports on which any of the processes listens, on whatever address."""
    return [port for _, port in list_listening_addresses(processes)]


def list_listening_addresses(processes: list[int]) -> list[tuple[str, int]]:
    """Return the addresses and TCP ports on which any of the processes listens, each once."""
    return sorted({each for pid in processes for each in _list_addresses(Path("/proc") / str(pid))})


def _list_addresses(process: Path) -> list[tuple[str, int]]:
    held = {_read_link(file) for file in (process / "fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in (process / "net" / table).read_text().splitlines()[1:]
    ]
    return [_read_address(row[1]) for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in held]


def _read_address(text: str) -> tuple[str, int]:
    """Read `0100007F:1F90`: words of four bytes in the machine's order, and the port in hex digits."""
    digits, _, port = text.rpartition(":")
    words = [int(digits[start : start + 8], 16) for start in range(0, len(digits), 8)]
    packed = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    return str(ipaddress.ip_address(packed)), int(port, 16)


def _read_link(file: Path) -> str:
    with contextlib.suppress(FileNotFoundError):  # closed meanwhile
        return str(file.readlink())
    return ""
