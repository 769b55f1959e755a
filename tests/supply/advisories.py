"""What is known against the packages of the lock, as far as the index of packages can be asked."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

PATIENCE = 60.0  # seconds for all packages together


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`open` are advisories that are not accepted, each with what mends it; `unasked` are packages."""

    asked: int
    open: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


def report_on(lock: Path) -> Mapping[str, Any] | None:
    """Return what pip-audit reports; `None` where it reports nothing, as without a network."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "advisories.json"
        command: list[str | Path] = [Path(sys.executable).parent / "pip-audit", "--requirement", lock]
        command += [
            "--disable-pip",
            "--require-hashes",
            "--progress-spinner",
            "off",
            "--format",
            "json",
            "--output",
            file,
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
            report: Mapping[str, Any] = json.loads(file.read_bytes())
        except (subprocess.TimeoutExpired, OSError, ValueError):
            return None
    return report


def judge(report: Mapping[str, Any], accepted: Mapping[str, Mapping[str, Any]], *, today: date) -> Verdict:
    """Return what a report says. `accepted` says by an advisory's id until when it may stay, and why."""
    packages = report["dependencies"]
    asked = [each for each in packages if "skip_reason" not in each]
    return Verdict(
        asked=len(asked),
        open=tuple(line for each in asked for line in _open(each, accepted, today)),
        unasked=tuple(each["name"] for each in packages if "skip_reason" in each),
    )


def _open(
    package: Mapping[str, Any], accepted: Mapping[str, Mapping[str, Any]], today: date
) -> Iterator[str]:
    for advisory in package["vulns"]:
        names = [advisory["id"], *advisory.get("aliases", [])]
        terms = next((accepted[name] for name in names if name in accepted), None)
        if terms is None or terms["until"] < today:
            mended = ", ".join(advisory["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {' '.join(names)}, mended in {mended}"
