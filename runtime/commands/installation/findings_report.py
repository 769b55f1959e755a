"""What `doctor` prints: the findings in groups, then how many there are of each kind and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from reviews.text import clean_text
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.folding import fold
from runtime.commands.printing.json_output import print_json
from runtime.commands.printing.tables import find_width, print_lines
from runtime.doctor import examine
from runtime.doctor.finding_groups import describe_subject
from runtime.doctor.findings import Finding, Severity
from runtime.doctor.health_sentences import count_things

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = {Severity.OK: "ok", Severity.WARNING: "warning", Severity.ERROR: "problem"}
_STYLES = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.ERROR: "red"}
_MARK_WIDTH = 9


def report_findings(*, as_json: bool) -> None:
    """Print each finding as soon as it is available: remote services may be slow."""
    findings: list[Finding] = []
    for finding in examine():
        if not as_json:
            _print_finding(finding, begins_group=not findings or findings[-1].group != finding.group)
        findings.append(finding)
    if as_json:
        print_json(list(map(_describe_finding, findings)))
    else:
        print_text(f"\n{count_findings(findings)}\n{say_what_is_first(findings)}")
    if any(finding.severity is Severity.ERROR for finding in findings):
        click.get_current_context().exit(1)


def count_findings(findings: Sequence[Finding]) -> str:
    """Return how many there are of each kind: `2 problems, 1 warning, 23 fine.` or the like."""
    problems, warnings, fine = (
        sum(finding.severity is severity for finding in findings)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.OK)
    )
    return f"{count_things(problems, 'problem')}, {count_things(warnings, 'warning')}, {fine} fine."


def say_what_is_first(findings: Sequence[Finding]) -> str:
    """Return what to do first: about the first problem, or the first warning where there is none."""
    for severity in (Severity.ERROR, Severity.WARNING):
        for finding in findings:
            if finding.severity is severity:
                remedy = finding.remedy or finding.message
                return f"Begin with this: {clean_text(describe_subject(finding))}: {clean_text(remedy)}"
    return "There is nothing to do."


def _describe_finding(finding: Finding) -> dict[str, str]:
    return {
        "group": finding.group,
        "about": finding.subject,
        "standing": finding.severity,
        "says": finding.message,
        "do": finding.remedy,
    }


def _print_finding(finding: Finding, *, begins_group: bool) -> None:
    """Print a finding below the heading of its group, if it is the first; in a pipe it is one line."""
    width = find_width()
    lines = [Text(finding.group, style="bold")] if begins_group else []
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    text = clean_text(f"{describe_subject(finding)}: {finding.message}{remedy}")
    indent = f"  {'':{_MARK_WIDTH}}"
    room = None if width is None else width - len(indent)
    for number, part in enumerate(fold(text, room, breaks_words=False)):
        line = Text(indent if number else "  ")
        if not number:
            line.append(_MARKS[finding.severity].ljust(_MARK_WIDTH), style=_STYLES[finding.severity])
        lines.append(line.append(part))
    print_lines(lines)
