"""Numbers that are shown in front of paragraphs of an OpenDocument text."""

from __future__ import annotations

import pytest

from tests.documents.packages import build_opendocument, list_texts, read
from tests.documents.texts import list_parts

FEES = "The fee is 500 euros a year."
TERM = "The term is three years from signing."
NOTICE = "Notice is given three months ahead."
COSTS = "Each party bears its own costs."


def write_level(number: int, attributes: str, kind: str = "number") -> str:
    return f'<text:list-level-style-{kind} text:level="{number}" {attributes}/>'


def write_styles(*levels: str) -> str:
    return (
        f'<office:automatic-styles><text:list-style style:name="L">{"".join(levels)}</text:list-style>'
        "</office:automatic-styles>"
    )


def write_list(*items: str, attributes: str = "") -> str:
    return f'<text:list text:style-name="L" {attributes}>{"".join(items)}</text:list>'


def write_item(text: str, inner: str = "", attributes: str = "") -> str:
    return f"<text:list-item {attributes}><text:p>{text}</text:p>{inner}</text:list-item>"


SYNC = 'style:num-letter-sync="true"'
CLAUSE = write_level(1, 'style:num-format="1" style:num-prefix="Clause " style:num-suffix="."')
INNER = write_level(2, 'style:num-format="a" style:num-suffix=")" text:display-levels="2"')
STYLES = write_styles(CLAUSE, INNER)


def build(body: str, styles: str = STYLES) -> bytes:
    return build_opendocument("text", body, before=styles)


def build_clauses(*texts: str, styles: str = STYLES) -> bytes:
    return build(write_list(*map(write_item, texts)), styles)


def compare(before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    return list_parts(read(before), read(after))


@pytest.mark.parametrize(
    ("level", "labels"),
    [
        (write_level(1, 'style:num-format="1" style:num-suffix="."'), ["1. A", "2. A"]),
        (write_level(1, 'style:num-format="I" text:start-value="4"'), ["IV A", "V A"]),
        (write_level(1, 'style:num-format="a" text:start-value="27"'), ["aa A", "ab A"]),
        (write_level(1, f'{SYNC} style:num-format="A" text:start-value="27"'), ["AA A", "BB A"]),
        (write_level(1, 'style:num-format="x"'), ["1 [x] A", "2 [x] A"]),
        (write_level(1, 'style:num-format=""'), ["A", "A"]),
        (write_level(1, 'text:bullet-char="\uf0b7"', "bullet"), ["• A", "• A"]),
        (write_level(1, 'text:bullet-char="–"', "bullet"), ["– A", "– A"]),
        (write_level(1, "", "image"), ["• A", "• A"]),
        (write_level(2, 'style:num-format="1"'), ["A", "A"]),
    ],
)  # fmt: skip
def test_an_item_has_the_number_that_is_shown(level: str, labels: list[str]) -> None:
    assert list_texts(build_clauses("A", "A", styles=write_styles(level))) == labels


def test_levels_are_counted_within_each_other() -> None:
    inner = write_list(write_item("B"), write_item("B"))
    body = write_list(write_item("A", inner), write_item("A", inner))
    assert list_texts(build(body)) == [
        "Clause 1. A", "1.a) B", "1.b) B", "Clause 2. A", "2.a) B", "2.b) B",
    ]  # fmt: skip


def test_the_pattern_of_newer_programs_is_read() -> None:
    loext = 'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
    level = write_level(
        1, f'style:num-format="1" {loext} loext:num-list-format="Not %1%:" style:num-suffix="."'
    )
    assert list_texts(build_clauses("A", styles=write_styles(level))) == ["Not 1: A"]


def test_another_list_starts_anew_unless_it_goes_on() -> None:
    lists = [
        write_list(write_item("A"), attributes='xml:id="one"'),
        write_list(write_item("B")),
        write_list(write_item("C"), attributes='text:continue-numbering="true"'),
        write_list(write_item("D"), attributes='text:continue-list="one"'),
        write_list(write_item("E", attributes='text:start-value="7"'), write_item("F")),
    ]
    numbers = ["1. A", "1. B", "2. C", "2. D", "7. E", "8. F"]
    assert list_texts(build("".join(lists))) == [f"Clause {each}" for each in numbers]


def test_only_the_first_paragraph_of_an_item_has_a_number() -> None:
    item = "<text:list-item><text:p>A</text:p><text:p>B</text:p></text:list-item>"
    header = "<text:list-header><text:p>C</text:p></text:list-header>"
    assert list_texts(build(write_list(item, header))) == ["Clause 1. A", "B", "C"]


def test_a_text_box_in_an_item_is_no_item() -> None:
    box = "<draw:frame><draw:text-box><text:p>B</text:p></draw:text-box></draw:frame>"
    assert list_texts(build_clauses(f"A{box}", "C")) == ["Clause 1. A", "B", "Clause 2. C"]


def test_headings_have_the_numbers_of_the_outline() -> None:
    outline = (
        '<office:styles><text:outline-style><text:outline-level-style text:level="1" style:num-format="1"/>'
        "</text:outline-style></office:styles>"
    )
    headings = "".join(
        f'<text:h text:outline-level="{level}">A</text:h>'
        for level in ("1", '2" text:style-name="x', '1" text:is-list-header="true', "1")
    )
    restart = '<text:h text:restart-numbering="true" text:start-value="9">A</text:h>'
    assert list_texts(build(headings + restart, outline)) == ["1 A", "A", "A", "2 A", "9 A"]


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("Clause ", "Not clause ", "Not clause 1."),
        ('num-format="1"', 'num-format="i"', "Clause i."),
        ('num-suffix="."', 'num-suffix=")"', "Clause 1)"),
        ('text:level="1"', 'text:level="1" text:start-value="5"', "Clause 5."),
    ],
)
def test_another_numbering_is_a_difference(old: str, new: str, label: str) -> None:
    [part] = compare(build_clauses(FEES), build_clauses(FEES, styles=STYLES.replace(old, new)))
    assert part == ("replaced", f"Clause 1. {FEES}", f"{label} {FEES}")


@pytest.mark.parametrize("position", [0, 1, 3])
def test_an_inserted_item_is_all_that_differs_in_a_list(position: int) -> None:
    texts = [FEES, TERM, NOTICE]
    after = [*texts[:position], COSTS, *texts[position:]]
    assert compare(build_clauses(*texts), build_clauses(*after)) == [
        ("inserted", "", f"Clause {position + 1}. {COSTS}")
    ]


def test_an_item_on_another_level_is_a_difference() -> None:
    after = write_list(write_item(FEES, write_list(write_item(TERM))), write_item(NOTICE))
    [part] = compare(build_clauses(FEES, TERM, NOTICE), build(after))
    assert part == ("replaced", f"Clause 2. {TERM}", f"1.a) {TERM}")


def test_a_list_that_starts_anew_midway_is_one_difference() -> None:
    after = write_list(write_item(FEES)) + write_list(write_item(TERM), write_item(NOTICE))
    [part] = compare(build_clauses(FEES, TERM, NOTICE), build(after))
    assert part[1:] == (
        f"Clause 2. {TERM}\nClause 3. {NOTICE}", f"Clause 1. {TERM}\nClause 2. {NOTICE}"
    )  # fmt: skip
