"""Moves words, cells, comments and marks within documents of each format: none may be called the same.

`python -m tests.documents.moves --tables 20000 --seed 7`, by hand.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from documents.cell_names import format_cell_name
from documents.comparison.comparison import compare_documents
from documents.comparison.parts import PartKind
from documents.errors import State
from tests.documents.packages import (
    WORKBOOK_NAMESPACES,
    build_docx,
    build_opendocument,
    build_pptx,
    build_xlsx,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXTS = ("x", "x", "", "", "", "☒", "☐", "Rent", "EUR 1,200,000", "- 500", "500", "Pay group 5/6", "No. 3")
_SIGNS = ("-", "*", "+", "1.", "2.", "15.", "30.", "7)", "☒", "☐", "> ", "§")
_WORDS = ("June", "500", "rent is due", "paid", "Anna")
_COMMENT = "Please check."
_ADDED = "A sentence that is new."


@dataclass
class Model:
    """What a document says: a table, lines that begin with a sign, a comment, a choice and a hidden row."""

    rows: list[list[str]]
    lines: list[list[str]]
    comment: tuple[int, int]
    choice: tuple[int, int]
    hidden: int


def draw_model(source: random.Random) -> Model:
    width, height = source.randint(2, 5), source.randint(2, 6)
    rows = [[source.choice(_TEXTS) for _ in range(width)] for _ in range(height)]
    rows[0] = [f"Column {number}" for number in range(width)]
    rows[-1][0] = "Sum"
    lines = [[source.choice(_SIGNS), source.choice(_WORDS)] for _ in range(source.randint(2, 4))]
    first, second = ((source.randrange(1, height), source.randrange(width)) for _ in range(2))
    return Model(rows, lines, first, second, source.randrange(1, height))


def move_cell(model: Model, source: random.Random) -> None:
    (row, column), (other, there) = _draw_cell(model, source), _draw_cell(model, source)
    rows = model.rows
    rows[row][column], rows[other][there] = rows[other][there], rows[row][column]


def shift_cell(model: Model, source: random.Random) -> None:
    row, column = _draw_cell(model, source)
    cells = model.rows[row]
    if column + 1 < len(cells) and not cells[column + 1]:
        cells[column : column + 2] = "", cells[column]


def move_word(model: Model, source: random.Random) -> None:
    (row, column), (other, there) = _draw_cell(model, source), _draw_cell(model, source)
    rest, _, word = model.rows[row][column].rpartition(" ")
    model.rows[row][column] = rest
    model.rows[other][there] = f"{model.rows[other][there]} {word}".strip()


def move_row(model: Model, source: random.Random) -> None:
    source.shuffle(model.rows)


def move_column(model: Model, source: random.Random) -> None:
    order = list(range(len(model.rows[0])))
    source.shuffle(order)
    model.rows[1:] = [[row[each] for each in order] for row in model.rows[1:]]


def move_line(model: Model, source: random.Random) -> None:
    source.shuffle(model.lines)


def change_sign(model: Model, source: random.Random) -> None:
    source.choice(model.lines)[0] = source.choice(_SIGNS)


def move_comment(model: Model, source: random.Random) -> None:
    model.comment = _draw_cell(model, source)


def move_choice(model: Model, source: random.Random) -> None:
    model.choice = _draw_cell(model, source)


def hide_row(model: Model, source: random.Random) -> None:
    model.hidden = source.randrange(1, len(model.rows))


def _draw_cell(model: Model, source: random.Random) -> tuple[int, int]:
    return source.randrange(1, len(model.rows)), source.randrange(len(model.rows[0]))


MOVES: tuple[Callable[[Model, random.Random], None], ...] = (
    move_cell, shift_cell, shift_cell, move_word, move_row, move_column, move_line, change_sign,
    move_comment, move_choice, hide_row,
)  # fmt: skip


def write_docx(model: Model, *, is_again: bool) -> bytes:
    def write(text: str) -> str:
        pieces = list(text) if is_again else [text]
        return "".join(f'<w:r><w:t xml:space="preserve">{each}</w:t></w:r>' for each in pieces)

    def write_cell(row: int, column: int) -> str:
        note = '<w:r><w:commentReference w:id="1"/></w:r>' if (row, column) == model.comment else ""
        return f"<w:tc><w:p>{write(model.rows[row][column])}{note}</w:p></w:tc>"

    table = _write_table(model, "<w:tr>{}</w:tr>", write_cell)
    lines = "".join(f"<w:p>{write(' '.join(line))}</w:p>" for line in model.lines)
    notes = f'<w:comments><w:comment w:id="1"><w:p>{write(_COMMENT)}</w:p></w:comment></w:comments>'
    body = f"{lines}<w:tbl>{table}</w:tbl>"
    return build_docx(body, ("comments", "comments.xml"), parts={"comments": notes})


def write_pptx(model: Model, *, is_again: bool) -> bytes:
    def write(text: str) -> str:
        pieces = list(text) if is_again else [text]
        return f"<a:p>{''.join(f'<a:r><a:t>{each}</a:t></a:r>' for each in pieces)}</a:p>"

    def write_cell(row: int, column: int) -> str:
        return f"<a:tc><a:txBody>{write(model.rows[row][column])}</a:txBody></a:tc>"

    table = _write_table(model, "<a:tr>{}</a:tr>", write_cell)
    lines = "".join(write(" ".join(line)) for line in model.lines)
    return build_pptx(
        f"<p:sp><p:txBody>{lines}</p:txBody></p:sp><p:graphicFrame><a:tbl>{table}</a:tbl></p:graphicFrame>"
    )


def write_odt(model: Model, *, is_again: bool) -> bytes:
    return build_opendocument(
        "text", f"{_write_open_lines(model)}{_write_open_table(model, is_again=is_again)}"
    )


def write_odp(model: Model, *, is_again: bool) -> bytes:
    lines = f"<draw:frame><draw:text-box>{_write_open_lines(model)}</draw:text-box></draw:frame>"
    table = f"<draw:frame>{_write_open_table(model, is_again=is_again, has_notes=False)}</draw:frame>"
    return build_opendocument("presentation", f"<draw:page>{lines}{table}</draw:page>")


def write_ods(model: Model, *, is_again: bool) -> bytes:
    rules = (
        '<table:content-validations><table:content-validation table:name="v"'
        ' table:condition="of:cell-content-is-in-list(&quot;Yes&quot;;&quot;No&quot;)"/>'
        "</table:content-validations>"
    )
    row = "<table:table-row><table:table-cell>{}</table:table-cell></table:table-row>"
    lines = "".join(row.format(_write_open(" ".join(line))) for line in model.lines)
    other = f'<table:table table:name="Lines">{lines}</table:table>'
    return build_opendocument(
        "spreadsheet", f"{rules}{_write_open_table(model, is_again=is_again, is_sheet=True)}{other}"
    )


def write_md(model: Model, *, is_again: bool) -> bytes:
    gap = "   " if is_again else " "
    rows = [f"|{gap}{f'{gap}|{gap}'.join(row)}{gap}|" for row in model.rows]
    rows.insert(1, f"|{'---|' * len(model.rows[0])}")
    return "\n\n".join([*(f"{sign}{gap}{text}" for sign, text in model.lines), "\n".join(rows)]).encode()


def write_xlsx(model: Model, *, is_again: bool) -> bytes:
    def write_cell(row: int, column: int) -> str:
        name, text = format_cell_name(row + 1, column + 1), model.rows[row][column]
        pieces = "".join(f"<r><t>{each}</t></r>" for each in text) if is_again else f"<t>{text}</t>"
        return f'<c r="{name}" t="inlineStr"><is>{pieces}</is></c>'

    def write_row(number: int, row: list[str]) -> str:
        hidden = ' hidden="1"' if number == model.hidden else ""
        cells = "".join(write_cell(number, column) for column in range(len(row)))
        return f'<row r="{number + 1}"{hidden}>{cells}</row>'

    rows = "".join(write_row(number, row) for number, row in enumerate(model.rows))
    comment, choice = (format_cell_name(row + 1, column + 1) for row, column in (model.comment, model.choice))
    lines = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{" ".join(line)}</t></is></c></row>'
        for number, line in enumerate(model.lines, 50)
    )
    rule = (
        f'<dataValidations><dataValidation sqref="{choice}"><formula1>"Yes,No"</formula1></dataValidation>'
        "</dataValidations>"
    )
    notes = (
        f"<comments {WORKBOOK_NAMESPACES}><authors><author>Anna</author></authors><commentList>"
        f'<comment ref="{comment}" authorId="0"><text><t>{_COMMENT}</t></text></comment>'
        "</commentList></comments>"
    )
    sheet = f"<sheetData>{rows}{lines}</sheetData>{rule}"
    return build_xlsx(sheet, ("comments", "../comments1.xml"), members={"xl/comments1.xml": notes})


def _write_table(model: Model, row: str, write_cell: Callable[[int, int], str]) -> str:
    return "".join(
        row.format("".join(write_cell(number, column) for column in range(len(cells))))
        for number, cells in enumerate(model.rows)
    )


def _write_open(text: str) -> str:
    return f"<text:p>{text}</text:p>" if text else ""


def _write_open_lines(model: Model) -> str:
    return "".join(_write_open(" ".join(line)) for line in model.lines)


def _write_open_table(model: Model, *, is_again: bool, has_notes: bool = True, is_sheet: bool = False) -> str:
    """Return a table; written again, equal neighbours are one cell that is repeated."""

    def write_cell(row: int, column: int) -> tuple[str, str]:
        has_note = has_notes and (row, column) == model.comment
        note = f"<office:annotation>{_write_open(_COMMENT)}</office:annotation>" if has_note else ""
        rule = ' table:content-validation-name="v"' if is_sheet and (row, column) == model.choice else ""
        text = _write_open(model.rows[row][column])
        content = f"{note}{text}" if is_sheet else f"<text:p>{note}{model.rows[row][column]}</text:p>"
        return rule, content

    rows = []
    for number, row in enumerate(model.rows):
        cells = [write_cell(number, column) for column in range(len(row))]
        groups = [(cell, len(list(same))) for cell, same in groupby(cells)]
        groups = groups if is_again else [(cell, 1) for cell in cells]
        written = "".join(
            f'<table:table-cell{rule} table:number-columns-repeated="{count}">{content}</table:table-cell>'
            for (rule, content), count in groups
        )
        hidden = ' table:visibility="collapse"' if is_sheet and number == model.hidden else ""
        rows.append(f"<table:table-row{hidden}>{written}</table:table-row>")
    return f'<table:table table:name="Fees">{"".join(rows)}</table:table>'


FORMATS: dict[str, tuple[Callable[..., bytes], str]] = {
    "docx": (write_docx, "comment"),
    "pptx": (write_pptx, ""),
    "odt": (write_odt, "comment"),
    "odp": (write_odp, ""),
    "md": (write_md, ""),
    "xlsx": (write_xlsx, "comment choice hidden"),
    "ods": (write_ods, "comment choice hidden"),
}
"""How each format is written, and what of a model it has besides table and lines."""


def see(model: Model, parts: str) -> object:
    """Return what a reader sees of a model."""
    return (
        model.rows,
        model.lines,
        model.comment if "comment" in parts else None,
        model.choice if "choice" in parts else None,
        model.hidden if "hidden" in parts and any(model.rows[model.hidden]) else None,
    )


def find_failures(tables: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Return how many outcomes there were by format and state, and each that is wrong."""
    source = random.Random(seed)  # noqa: S311 - no secret
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    for number in range(tables):
        before = draw_model(source)
        after = copy.deepcopy(before)
        name = list(FORMATS)[number % len(FORMATS)]
        write, parts = FORMATS[name]
        while see(before, parts) == see(after, parts):
            source.choice(MOVES)(after, source)
        beside = copy.deepcopy(after)
        beside.lines.append(["§", _ADDED])
        old, new, again, edited = (
            read(write(model, is_again=is_again), f"x.{name}")
            for model, is_again in ((before, False), (after, False), (before, True), (beside, False))
        )
        moved, saved = compare_documents(old, new), compare_documents(old, again)
        others = [part for part in compare_documents(old, edited).parts if _ADDED not in part.after]
        outcomes[f"{name} {moved.state}"] += 1
        if moved.state is State.SAME_TEXT or not moved.parts:
            failures.append(f"{number}: {name}: called the same: {before} {after}")
        if saved.state is not State.SAME_TEXT:
            failures.append(f"{number}: {name}: called different: {before} {saved.parts}")
        # A number in front of a line is no difference there, as lists may be counted anew.
        is_in_table = see(replace(before, lines=[]), parts) != see(replace(after, lines=[]), parts)
        if is_in_table and not others:
            failures.append(f"{number}: {name}: not listed beside another difference: {before} {after}")
        failures += (
            f"{number}: {name}: a mark without a difference: {part} {before} {after}"
            for part in (*moved.parts, *others)
            if part.kind is PartKind.MARK and part.before == part.after
        )
    return outcomes, failures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    outcomes, failures = find_failures(chosen.tables, chosen.seed)
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6} {outcome}")
    print("\n".join(failures[:20]))
    print(f"{chosen.tables} changed tables, {len(failures)} wrong")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
