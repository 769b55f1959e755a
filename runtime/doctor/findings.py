"""One finding a line: its subject, its severity, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding. A `warning` works in part; only an `error` makes the doctor's exit code 1."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding. `about` names the part, as in `slack:C0123456789`; `do` is empty if nothing is to do."""

    about: str
    standing: Severity
    says: str
    do: str = ""


def report_ok(about: str, says: str) -> Finding:
    return Finding(about=about, standing=Severity.OK, says=says)


def report_warning(about: str, says: str, do: str) -> Finding:
    return Finding(about=about, standing=Severity.WARNING, says=says, do=do)


def report_error(about: str, says: str, do: str) -> Finding:
    return Finding(about=about, standing=Severity.ERROR, says=says, do=do)
