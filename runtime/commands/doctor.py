"""The command `doctor`: what is broken, and what to do about it."""

from __future__ import annotations

import click

from reviews.text import clean_text
from runtime.commands.json_output import json_option, print_json
from runtime.doctor import examine
from runtime.doctor.findings import Finding, Severity
from runtime.observe.output import print_coloured

_MARKS = {Severity.OK: "ok", Severity.WARNING: "look", Severity.ERROR: "MEND"}
_COLOURS = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.ERROR: "red"}
WIDTH = 6


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Check settings, database, DocSpace, each channel and each route; exit 1 if something is broken."""
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            _print_finding(finding)
    if as_json:
        print_json(list(map(_describe_finding, findings)))
    if any(finding.severity is Severity.ERROR for finding in findings):
        click.get_current_context().exit(1)


def _describe_finding(finding: Finding) -> dict[str, str]:
    return {
        "about": finding.subject,
        "standing": finding.severity,
        "says": finding.message,
        "do": finding.remedy,
    }


def _print_finding(finding: Finding) -> None:
    """Print each finding as soon as it is available: remote services may be slow."""
    mark = click.style(_MARKS[finding.severity].ljust(WIDTH), fg=_COLOURS[finding.severity])
    do = f": {finding.remedy}" if finding.remedy else ""
    print_coloured(f"{mark}{clean_text(finding.subject)}: {clean_text(finding.message)}{clean_text(do)}\n")
