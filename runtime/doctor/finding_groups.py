"""What the findings are about, in the words and the groups in which the command prints them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.doctor.findings import Finding

SETTINGS = "Settings"
OTHER = "Other"
_GROUPS = {
    "setting": SETTINGS,
    "database": "Database and worker",
    "evidence": "Ledger",
    "timestamps": "Ledger",
    "portal": "DocSpace",
    "rights": "DocSpace",
    "accounts": "DocSpace",
    "webhook": "Webhook",
    "slack": "Slack",
    "chats": "Other channels",
    "calendars": "Absences",
    "alarms": "Alarms and tests",
}
"""By the first word of the module that checks it."""
_GROUPS_OF_CHECKS = {
    "check_routes": "Routes",
    "check_reading": "Documents",
    "check_health_parts": _GROUPS["database"],
    "check_completeness": "Gap sweep",
    "check_ledger_guards": _GROUPS["evidence"],
}
"""Of the checks that stand in a module with others."""
_TARGET = re.compile(r"[a-z][a-z-]*:\S+")
_SUBJECTS = (
    ("setting ", ""),
    ("docspace key scope ", "The API key's scope "),
    ("docspace key user", "The API key's user"),
    ("docspace key expiry", "The API key's expiry"),
    ("docspace key scopes", "The API key's scopes"),
    ("docspace key", "The API key"),
    ("clock and ", "The clocks here and of "),
    ("account of ", "The account of "),
    ("rights in folder ", "Rights in folder "),
    ("slack scope ", "The app's scope "),
    ("group ", "User group "),
    ("canary", "Tests"),
    ("operators", "Alarms"),
    ("absences", "The calendar"),
)
"""How the subjects of findings begin, and what is printed instead."""


def find_group(check: Callable[..., object]) -> str:
    """Return the heading under which the findings of a check are printed."""
    module = check.__module__.rpartition(".")[2]
    name = getattr(check, "__name__", "")
    return _GROUPS_OF_CHECKS.get(name) or _GROUPS.get(module.partition("_")[0], OTHER)


def describe_subject(finding: Finding) -> str:
    """Return what a finding is about as people say it; a channel with its name, if that is known."""
    subject = finding.subject
    if _TARGET.fullmatch(subject):
        return f"Channel #{finding.name} ({subject})" if finding.name else f"Channel {subject}"
    for beginning, words in _SUBJECTS:
        if subject.startswith(beginning):
            return words + subject.removeprefix(beginning)
    return subject[:1].upper() + subject[1:]
