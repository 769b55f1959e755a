"""What the program is made of: the packages that `requirements.txt` pins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.txt"
_PACKAGE = re.compile(
    r"^(?P<pin>[^\s#-].*?) \\\n(?P<hashes>(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Package:
    """`hashes` are the SHA-256 of its files; `is_used` where its marker does not leave it out here."""

    name: str
    version: str
    hashes: frozenset[str]
    is_used: bool


def packages(lock: str) -> list[Package]:
    """Return the packages of a lock, in its order."""
    return [_package(match["pin"], match["hashes"]) for match in _PACKAGE.finditer(lock)]


def _package(pin: str, hashes: str) -> Package:
    required = Requirement(pin)
    [exact] = required.specifier
    return Package(
        name=required.name,
        version=exact.version,
        hashes=frozenset(re.findall(r"[0-9a-f]{64}", hashes)),
        is_used=required.marker is None or required.marker.evaluate(),
    )
