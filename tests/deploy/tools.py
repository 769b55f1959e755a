"""The programs that the deployment files are for: asked where the machine has them.

On CI `./dev test` installs them. What every machine can tell is held by tests that need none.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = {"docker-compose": "docker-compose", "kustomize": "kustomize", "promtool": "promtool"}
"""Names of programs, and of the Debian packages that have them."""


def run_tool(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str] | None:
    """Run one of these programs; return `None` where it is not installed."""
    assert name in PACKAGES
    program = shutil.which(name)
    if program is None:
        return None
    command = [program, *arguments]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=False)
