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
        _make(environment, programs / "python")
        complete.touch()
    return programs


def _make(environment: Path, python: Path) -> None:
    """Make the environment by uv; by pip where uv is missing, or does not get at what pip gets at.

    It is the developer's pip, which installs from outside: the environment has none either way.
    """
    make = (sys.executable, "-m", "venv", "--clear", "--without-pip", environment)
    options = ("--quiet", "--require-hashes", "-r", REQUIREMENTS)
    by_uv = (UV, "pip", "install", "--python", python, "--link-mode", "copy", "--compile-bytecode", *options)
    by_pip = (sys.executable, "-m", "pip", "--python", python, "install", *options)
    failure = ""
    for install in (by_uv, by_pip):
        failure = _run(*make) or _run(*install)
        if not failure:
            return
    raise SystemExit(
        f"The packages of {REQUIREMENTS.name} could not be installed, which needs the network: {failure}"
    )


def _run(*command: str | Path) -> str:
    """Run a command; return why it failed, or nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    # pip warns of each time that it tries again, and lists what it got after its first line.
    errors = (line for line in done.stderr.splitlines() if not line.startswith("WARNING"))
    return next(errors, f"{command[0]} ended with {done.returncode}")
