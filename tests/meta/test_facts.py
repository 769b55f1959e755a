"""The facts on remote services: what is cited of them is there, and says where it is from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.meta import cited_facts
from tests.meta.cited_facts import PAGES, Citation, Section

FEWEST = 150
"""So many citations there are at least: a pattern that finds none would agree with everything."""
NAMES = {"DocSpace": "docspace", "Slack": "slack", "Teams": "teams"}
SECTIONS = [section for page in PAGES.values() for section in cited_facts.read_sections(page)]


@pytest.fixture(scope="module")
def cited() -> list[Citation]:
    """Return what the checkout cites, without the examples of this file."""
    here = f"tests/meta/{Path(__file__).name}:"
    return [citation for citation in cited_facts.collect_citations() if not citation.place.startswith(here)]


def test_every_section_that_is_cited_exists(cited: list[Citation]) -> None:
    existing = {(section.page, section.number) for section in SECTIONS}

    assert [
        str(citation) for citation in cited if (NAMES[citation.page], citation.number) not in existing
    ] == []


def test_each_page_is_cited_often(cited: list[Citation]) -> None:
    assert len(cited) >= FEWEST
    assert {NAMES[citation.page] for citation in cited} == set(PAGES)


def test_all_citations_have_one_form() -> None:
    here = f"tests/meta/{Path(__file__).name}:"

    assert [
        misspelled for misspelled in cited_facts.collect_misspelled() if not misspelled.startswith(here)
    ] == []


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: f"{section.page} {section.number}")
def test_every_section_names_its_source(section: Section) -> None:
    assert section.number
    assert section.has_source


def test_no_number_stands_for_two_sections() -> None:
    numbers = [(section.page, section.number) for section in SECTIONS]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(facts on DocSpace, 2.5)", ["2.5"]),
        ("(facts on DocSpace, 1.5, 1.6)", ["1.5", "1.6"]),
        ("(facts on DocSpace, 1.3, 1.4 and 3)", ["1.3", "1.4", "3"]),
        ("(facts on Slack, 1.1 to 1.4 and 3).", ["1.1", "1.2", "1.3", "1.4", "3"]),
        ("facts on Slack, 1.6 and 2. What the app", ["1.6", "2"]),
        ("(facts on Teams, 2.3 b1).", ["2.3 b1"]),
        ("tries (facts on DocSpace,\n1.5, 10.2). Three", ["1.5", "10.2"]),
        ("# share a number (facts on\n    # DocSpace, 2.5).", ["2.5"]),
        ("(facts on Slack, 1.6; facts on Teams, 2.4)", ["1.6", "2.4"]),
    ],
)
def test_the_forms_of_a_citation_are_read(text: str, numbers: list[str]) -> None:
    assert [citation.number for citation in cited_facts.find_citations("a.py", text)] == numbers
    assert list(cited_facts.find_misspelled("a.py", text)) == []


@pytest.mark.parametrize(
    ("text", "misspelled"),
    [
        ("one\n(facts, 4.4)", "a.py:2: facts, 4"),
        ("facts on docspace, 4.4", "a.py:1: facts on docspace, 4"),
        ("facts on DocSpace 4.4", "a.py:1: facts on DocSpace 4"),
        ("(facts on DocSpace, section 4.4)", "a.py:1: facts on DocSpace"),
        ("(facts on Slack, 1.6; on Teams, 2.4)", "a.py:1: on Teams, 2"),
        ("not kept (section 4.4)", "a.py:1: (section 4.4"),
    ],
)
def test_what_is_nearly_a_citation_is_named(text: str, misspelled: str) -> None:
    assert list(cited_facts.find_misspelled("a.py", text)) == [misspelled]


def test_a_section_without_a_source_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n## 1. B\n\nSource: a\n\n### 1.1 C\n\nNone.\n\n### 2.3 b1 D\n\nSource: b\n")

    sections = cited_facts.read_sections(page)

    assert [(section.number, section.has_source) for section in sections] == [
        ("1", True), ("1.1", False), ("2.3 b1", True),
    ]  # fmt: skip
