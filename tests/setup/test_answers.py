"""The answers of a file, and the example of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.setup.answers import NAMES, Answers, list_missing, parse_answers
from tests.meta.pages_of_docs import ROOT

if TYPE_CHECKING:
    import pytest

EXAMPLE = ROOT / "docs/init-answers.toml"


def test_the_example_can_be_read_and_misses_nothing() -> None:
    answers, problems = parse_answers(EXAMPLE.read_text(), Answers())

    assert problems == []
    assert list_missing(answers, problems) == []
    assert answers.folder == ("539564",)


def test_the_lines_that_are_commented_out_can_be_read_too() -> None:
    lines = EXAMPLE.read_text().splitlines()
    text = "\n".join(line.removeprefix("# ") if " = " in line else line for line in lines)

    answers, problems = parse_answers(text, Answers())

    assert problems == []
    assert [name for name in NAMES if not getattr(answers, name)] == ["route"]


def test_a_file_that_is_no_toml_has_that_problem_alone() -> None:
    answers, problems = parse_answers('key = "a"\nkey = "b"\n', Answers())

    assert [(problem.answer, problem.sentence) for problem in problems] == [
        ("the file", "is not TOML: Cannot overwrite a value (at line 2, column 10)")
    ]
    assert list_missing(answers, problems) == []


def test_problems_come_in_the_order_of_the_answers_and_a_repetition_is_none() -> None:
    text = "smtp_url = 1\nroute = 1\nfolder = true\nportal = 1\nowners = 'a@b.example, a@b.example'"

    answers, problems = parse_answers(text, Answers())

    assert [problem.answer for problem in problems] == ["portal", "folder", "smtp_url", "route"]
    assert answers.owners == ("a@b.example",)


def test_every_answer_stands_on_the_page() -> None:
    page = (ROOT / "docs/setup.md").read_text()

    assert [name for name in NAMES if f"`{name}`" not in page] == []


def test_what_a_file_leaves_out_stays() -> None:
    current = Answers(portal="https://a.example", key="sk-1", teams_workflow={"ops": "https://b.example"})

    answers, problems = parse_answers(
        'notify = "teams:audit-log"\nteams_workflow = "https://c.example"', current
    )

    assert problems == []
    assert (answers.portal, answers.key) == ("https://a.example", "sk-1")
    assert answers.teams_workflow == {"ops": "https://b.example", "audit_log": "https://c.example"}


def test_no_answer_shows_a_secret_by_accident() -> None:
    answers = Answers(key="s3cr3t", slack_bot_token="s3cr3t", slack_app_token="s3cr3t", smtp_url="s3cr3t")

    assert "s3cr3t" not in repr(answers)


def test_what_no_parser_can_read_is_said(subtests: pytest.Subtests) -> None:
    for text in ("owners = " + "[" * 20_000, "folder = " + "9" * 5000, "a = {" * 20_000, "= 1"):
        with subtests.test(text[:12]):
            _, [problem] = parse_answers(text, Answers())
            assert "is not TOML" in problem.sentence
