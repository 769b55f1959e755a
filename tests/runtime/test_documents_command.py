"""`documents text` and `documents compare`, on files of this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.documents.packages import build_docx, build_xlsx, write_paragraph
from tests.runtime.command import CommandResult, run_command

if TYPE_CHECKING:
    from pathlib import Path

LETTER = build_docx(write_paragraph("They shall pay 500 € in May."))
CHANGED = build_docx(write_paragraph("They may pay 900 € in May."))
HOSTILE = "pay\u202ecod\u2028.\u200f exe"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "before.docx").write_bytes(LETTER)
    (tmp_path / "after.docx").write_bytes(CHANGED)
    (tmp_path / "cut.docx").write_bytes(LETTER[:-40])
    return tmp_path


def run(folder: Path, command: str, *names: str) -> CommandResult:
    words = [name if name.startswith("--") else str(folder / name) for name in names]
    return run_command(["documents", command, *words])


def test_text_prints_each_passage_with_its_place(folder: Path) -> None:
    done = run(folder, "text", "before.docx")
    assert (done.code, done.out) == (0, "[Beginning of the document] They shall pay 500 € in May.\n")


def test_text_as_json_has_format_and_passages(folder: Path) -> None:
    done = run(folder, "text", "before.docx", "--json")
    value = json.loads(done.out)
    assert (done.code, value["state"], value["reason"], value["format"]) == (0, "read", None, "docx")
    assert [each["text"] for each in value["passages"]] == ["They shall pay 500 € in May."]


def test_text_marks_hidden_cells(folder: Path) -> None:
    sheet = '<sheetData><row hidden="1"><c><v>5</v></c></row></sheetData>'
    (folder / "fees.xlsx").write_bytes(build_xlsx(sheet))
    assert "[Sheet Fees, cell A1] [hidden: 5]" in run(folder, "text", "fees.xlsx").out


def test_a_prompt_of_a_cell_is_named_by_the_cell(folder: Path) -> None:
    rule = '<dataValidations><dataValidation sqref="B2" prompt="Pick one"/></dataValidations>'
    (folder / "fees.xlsx").write_bytes(build_xlsx(f"<sheetData/>{rule}"))
    assert "[Sheet Fees, cell B2] Pick one" in run(folder, "text", "fees.xlsx").out


def test_compare_prints_what_matters_before_and_after(folder: Path) -> None:
    done = run(folder, "compare", "before.docx", "after.docx")
    assert done.code == 0
    assert done.out.splitlines() == [
        "1 changed; 1 amount, 1 obligation",
        "",
        "Beginning of the document: replaced (amount, obligation)",
        "  - They shall pay 500 € in May.",
        "  + They may pay 900 € in May.",
    ]


def test_compare_as_json_has_state_counts_and_parts(folder: Path) -> None:
    done = run(folder, "compare", "before.docx", "after.docx", "--json")
    value = json.loads(done.out)
    assert (done.code, value["state"], value["reason"]) == (0, "compared", None)
    assert value["counts"] == {"inserted": 0, "deleted": 0, "replaced": 1, "moved": 0, "mark": 0}
    [part] = value["parts"]
    assert {key: part[key] for key in ("where", "kind", "before", "after")} == {
        "where": "Beginning of the document",
        "kind": "replaced",
        "before": "They shall pay 500 € in May.",
        "after": "They may pay 900 € in May.",
    }


def test_compare_lists_signs_that_differ_where_no_word_does(folder: Path) -> None:
    for name, sign in (("old.md", "> "), ("new.md", "")):
        (folder / name).write_text(f"{sign}500 euros\n", encoding="utf-8")

    done = run(folder, "compare", "old.md", "new.md")
    value = json.loads(run(folder, "compare", "old.md", "new.md", "--json").out)

    assert (done.code, value["state"], value["counts"]["mark"]) == (0, "marks_differ", 1)
    assert done.out.splitlines()[-2:] == ["  - > 500 euros", "  + 500 euros"]


def test_compare_of_a_file_with_itself_says_the_same_content(folder: Path) -> None:
    done = run(folder, "compare", "before.docx", "before.docx")
    assert (done.code, done.out) == (0, "Same content.\n")


@pytest.mark.parametrize(
    "names", [("before.docx", "cut.docx"), ("cut.docx", "before.docx"), ("cut.docx", "cut.docx")]
)
def test_compare_says_which_file_can_not_be_read(folder: Path, names: tuple[str, str]) -> None:
    done = run(folder, "compare", *names)
    assert (done.code, done.out.partition(": ")[0]) == (1, "cut.docx")
    assert "the file is damaged" in done.out


@pytest.mark.parametrize("command", [("text", "cut.docx"), ("compare", "before.docx", "cut.docx")])
def test_what_can_not_be_read_is_a_state_with_a_reason(folder: Path, command: tuple[str, ...]) -> None:
    done = run(folder, *command, "--json")
    value = json.loads(done.out)
    assert (done.code, value["state"], value["reason"]) == (1, "unreadable", "damaged")


@pytest.mark.parametrize("command", [("text", "none.docx"), ("text",), ("compare", "before.docx")])
def test_a_file_that_is_missing_is_a_wrong_call(folder: Path, command: tuple[str, ...]) -> None:
    done = run(folder, *command)
    assert done.code == 2
    assert done.err


@pytest.mark.parametrize("command", [("text", "bad.docx"), ("compare", "before.docx", "bad.docx")])
def test_hostile_text_turns_no_terminal(folder: Path, command: tuple[str, ...]) -> None:
    (folder / "bad.docx").write_bytes(build_docx(write_paragraph(HOSTILE)))
    done = run(folder, *command)
    assert done.code == 0
    assert "cod" in done.out
    assert not set("\u202e\u2028\u200f\x1b") & set(done.out)


def test_a_text_that_looks_like_markup_is_printed_as_it_is(folder: Path) -> None:
    (folder / "markup.txt").write_text("[red]<b>*Pay*</b> {state}")
    assert "[red]<b>*Pay*</b> {state}" in run(folder, "text", "markup.txt").out
