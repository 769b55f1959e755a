"""The bill of materials in CycloneDX's form, written from the lock by CycloneDX's tool."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.supply.lock import LOCK, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.supply.lock import Package


class NoBill(Exception):
    """The tool has written none; its own last words say why."""


def write_bill(to: Path) -> Mapping[str, Any]:
    """Write the bill, valid by CycloneDX's schema, and return it. The same lock makes the same bytes.

    Raises `NoBill`.
    """
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoBill(f"{to.parent}: {error.strerror}") from error
    tool = Path(sys.executable).parent / "cyclonedx-py"
    command: list[str | Path] = [tool, "requirements", LOCK, "--pyproject", ROOT / "pyproject.toml"]
    command += ["--output-reproducible", "--validate", "--output-format", "JSON", "--output-file", to]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoBill(done.stderr.strip().rpartition("\n")[2])
    bill: Mapping[str, Any] = json.loads(to.read_bytes())
    return bill


def differences(bill: Mapping[str, Any], packages: Iterable[Package]) -> list[str]:
    """Return the packages that a bill lacks or adds, or has in another version or with other files."""
    billed = {(each["name"], each["version"], _hashes(each)) for each in bill["components"]}
    locked = {(each.name, each.version, each.hashes) for each in packages}
    return sorted(f"{name} {version}" for name, version, _ in billed ^ locked)


def _hashes(component: Mapping[str, Any]) -> frozenset[str]:
    places = component.get("externalReferences", [])
    return frozenset(each["content"] for place in places for each in place.get("hashes", []))
