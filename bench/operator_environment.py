"""The packages that an operator has: those of `requirements.txt`, without the developers' tools.

One of the tools brings a package that `requests` loads wherever it finds it: four megabytes of every process,
and part of its start. The environment is made once for each state of `requirements.txt`, in the user's folder
for caches.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements.txt"
CACHE = Path.home() / ".cache/docspace-review-bench"
UV = Path(sys.executable).parent / "uv"


@cache
def find_programs() -> Path:
    """Return the folder of the environment's programs; it is made where it is missing.

    Its files are copies: what two environments share on the disk would count half in the memory of each.
    Raises `SystemExit` if the packages can't be had.
    """
    state = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    environment = CACHE / f"packages-{state}"
    complete = environment / "complete"
    programs = environment / "bin"
    if not complete.exists():
        options = ["--quiet", "--require-hashes", "--link-mode", "copy", "--compile-bytecode"]
        _run(sys.executable, "-m", "venv", "--clear", "--without-pip", environment)
        _run(UV, "pip", "install", *options, "--python", programs / "python", "-r", REQUIREMENTS)
        complete.touch()
    return programs


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(
            f"The packages of {REQUIREMENTS.name} could not be installed: {done.stderr.strip()[-300:]}"
        )
