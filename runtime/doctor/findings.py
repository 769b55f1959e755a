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
    """A finding. `subject` names the part, as in `slack:C0123456789`; `remedy` may be empty.

    `name` is what people call the subject, where that is known; `group` what the check is about.
    """

    subject: str
    severity: Severity
    message: str
    remedy: str = ""
    name: str = ""
    group: str = ""


def report_ok(subject: str, message: str) -> Finding:
    return Finding(subject=subject, severity=Severity.OK, message=message)


def report_warning(subject: str, message: str, remedy: str) -> Finding:
    return Finding(subject=subject, severity=Severity.WARNING, message=message, remedy=remedy)


def report_error(subject: str, message: str, remedy: str) -> Finding:
    return Finding(subject=subject, severity=Severity.ERROR, message=message, remedy=remedy)
