"""Each alarm has its section on the page that is read at night, and the page leads to it."""

from __future__ import annotations

import itertools
import re

from runtime.worker.conditions import CONDITIONS
from tests.meta.pages_of_docs import ROOT

PAGE = (ROOT / "docs/alarms.md").read_text()
KINDS = sorted(itertools.chain.from_iterable(CONDITIONS.values()))
FROM_OUTSIDE = ("database", "no-worker", "slow-answers", "slow-cards")
"""Sections for what a monitor sees and no worker reports."""
SECTION = re.compile(r"^### ([^\n]+)\n(.+?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
PARTS = ("**Means**:", "**People notice**:", "\n1. ")


def read_sections() -> dict[str, str]:
    """Return the sections of *What to do* by their headings."""
    text = PAGE.partition("\n## What to do\n")[2].partition("\n## ")[0]
    return dict(SECTION.findall(text))


def test_every_kind_of_alarm_has_its_section_and_no_other() -> None:
    assert sorted(read_sections()) == sorted([*KINDS, *FROM_OUTSIDE])


def test_the_tables_lead_to_every_section_once() -> None:
    table = PAGE.partition("\n## What to do\n")[0]

    led_to = re.findall(r"^\|.+\| \[([\w-]+)\]\(#([\w-]+)\) \|$", table, re.MULTILINE)

    assert all(name == anchor for name, anchor in led_to)
    assert sorted(name for name, _ in led_to) == sorted(read_sections())


def test_a_section_says_what_it_means_what_people_notice_and_what_to_do() -> None:
    lacking = {
        (heading, part) for heading, body in read_sections().items() for part in PARTS if part not in body
    }

    assert lacking == set()


def test_a_section_of_an_alarm_says_when_it_is_over() -> None:
    sections = read_sections()

    assert [kind for kind in KINDS if "**Over** when " not in sections[kind]] == []
