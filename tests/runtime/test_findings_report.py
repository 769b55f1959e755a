"""What `doctor` prints: findings in groups, in people's words, and in the end how many and what is first."""

from __future__ import annotations

import pytest

from runtime.commands.installation.findings_report import count_findings, say_what_is_first
from runtime.doctor import CHECKS
from runtime.doctor.finding_groups import OTHER, describe_subject, find_group
from runtime.doctor.findings import Finding, Severity, report_error, report_ok, report_warning
from runtime.doctor.health_sentences import describe_part
from tests.runtime.command import run_command
from tests.runtime.terminal import COLOUR, on_terminal

OK, WARNING, ERROR = (
    report_ok("routes", "1 in routes.toml"),
    report_warning("setting PUBLIC_URL", "it is not set", "set it"),
    report_error("docspace key", "DocSpace refuses it", "make a new key"),
)
ROUTES = '[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["o@example.com"]\nnotify = ["console"]\n'


def test_each_check_has_a_group() -> None:
    assert OTHER not in map(find_group, CHECKS)


def test_checks_of_one_group_stand_together() -> None:
    groups = list(map(find_group, CHECKS))
    changes = [group for number, group in enumerate(groups) if group not in groups[number - 1 : number]]

    assert len(changes) == len(set(groups))


@pytest.mark.parametrize(
    ("subject", "name", "words"),
    [
        ("docspace key", "", "The API key"),
        ("docspace key scope files:read", "", "The API key's scope files:read"),
        ("setting PUBLIC_URL", "", "PUBLIC_URL"),
        ("slack:C0123456789", "", "Channel slack:C0123456789"),
        ("slack:C0123456789", "compliance", "Channel #compliance (slack:C0123456789)"),
        ("group @lawyers", "", "User group @lawyers"),
        ("folder 539564", "", "Folder 539564"),
        ("dead letters", "", "Dead letters"),
        ("account of olga@company.com", "", "The account of olga@company.com"),
        ("witness https://witness.example.com", "", "Witness https://witness.example.com"),
    ],
)
def test_subjects_are_named_as_people_name_them(subject: str, name: str, words: str) -> None:
    finding = Finding(subject=subject, severity=Severity.OK, message="in order", name=name)

    assert describe_subject(finding) == words


@pytest.mark.parametrize(
    ("findings", "says", "first"),
    [
        ([OK], "0 problems, 0 warnings, 1 fine.", "There is nothing to do."),
        ([OK, WARNING], "0 problems, 1 warning, 1 fine.", "Begin with this: PUBLIC_URL: set it"),
        (
            [WARNING, ERROR, ERROR, OK],
            "2 problems, 1 warning, 1 fine.",
            "Begin with this: The API key: make a new key",
        ),
    ],
)
def test_the_end_counts_and_says_what_to_do_first(findings: list[Finding], says: str, first: str) -> None:
    assert count_findings(findings) == says
    assert say_what_is_first(findings) == first


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [
        ("worker", {"state": "broken", "reason": "no worker is running"}, "no worker is running"),
        (
            "worker",
            {"state": "late", "seen_seconds_ago": 1.0, "overdue_rounds": ["sweep", "digests"]},
            "it runs, and these of its rounds do not end: sweep, digests",
        ),
        (
            "backlog",
            {"state": "late", "events": 1, "cards": 1200, "oldest_seconds": 700.0},
            "waiting: 1 event and 1,200 cards, the oldest for 11 min 40 s",
        ),
        ("dead_letters", {"state": "attention", "events": 2, "cards": 0}, "given up: 2 events and 0 cards"),
        (
            "channels",
            {
                "state": "attention",
                "failing_targets": 3,
                "failing": [{"target": "slack:C1", "error": "not_in_channel", "dead": 2, "retrying": 1}],
            },
            "slack:C1: not_in_channel (2 given up, 1 tried again); and 2 more",
        ),
        ("another", {"state": "late", "reviews": 3}, "reviews 3"),
    ],
)
def test_a_part_that_is_not_in_order_is_a_sentence(name: str, part: dict[str, object], says: str) -> None:
    assert describe_part(name, part) == says


def test_in_a_pipe_each_finding_is_a_line_below_its_group(database_url: str) -> None:
    done = run_command(["doctor"], DATABASE_URL=database_url, ROUTES=ROUTES)

    lines = done.out.splitlines()
    headings = [line for line in lines[: lines.index("")] if not line.startswith(" ")]
    assert done.code == 1
    assert len(headings) == len(set(headings))
    assert headings[0] == "Settings"
    assert any(line.startswith("  problem  DOCSPACE_WEBHOOK_SECRET: it is not set") for line in lines)
    assert lines[-2].endswith(" fine.")
    assert lines[-1].startswith("Begin with this: ")


def test_on_a_terminal_findings_are_folded_below_themselves(database_url: str) -> None:
    settings = {"DATABASE_URL": database_url, "ROUTES": ROUTES}

    drawn = COLOUR.sub("", on_terminal(["doctor"], settings, columns=80))

    findings = drawn.partition("\n\n")[0].splitlines()
    assert [line for line in findings if len(line) > 80 and " " in line.strip()] == []
    assert any(line.startswith(" " * 11) for line in findings)
