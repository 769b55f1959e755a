"""Numbers that Word shows in front of paragraphs, and how documents differ by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents.packages import build_docx, list_texts, read
from tests.documents.texts import list_parts

DECIMAL = '<w:numFmt w:val="decimal"/>'
FEES = "The fee is 500 euros a year."
TERM = "The term is three years from signing."
NOTICE = "Notice is given three months ahead."
COSTS = "Each party bears its own costs."


def write_level(number: int, text: str, *properties: str, start: str = "1", kind: str = DECIMAL) -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/>{kind}{"".join(properties)}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def write_list(*levels: str, number: int = 1) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def write_use(number: int, overrides: str = "", abstract: int = 1) -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'


def write_format(name: str) -> str:
    return f'<w:numFmt w:val="{name}"/>'


def write_start(level: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def write_item(text: str, level: int | None = 0, number: int = 1, style: str = "") -> str:
    level_element = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    numbers = f'<w:numPr>{level_element}<w:numId w:val="{number}"/></w:numPr>' if number >= 0 else ""
    style_element = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style_element}{numbers}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def build(body: str, numbering: str = "", styles: str = "") -> bytes:
    return build_docx(
        body,
        ("numbering", "numbering.xml"),
        ("styles", "styles.xml"),
        parts={
            "numbering": f"<w:numbering>{numbering}</w:numbering>",
            "styles": f"<w:styles>{styles}</w:styles>",
        },
    )


HIDDEN = "<w:rPr><w:vanish/></w:rPr>"
WINGDINGS = '<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr>'
NEWER = """
  <mc:AlternateContent><mc:Choice><w:numFmt w:val="custom" w:format="001"/></mc:Choice></mc:AlternateContent>
"""
CLAUSES = write_list(write_level(0, "Clause %1."), write_level(1, "%1.%2")) + write_use(1)


def compare(before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    return list_parts(read(before), read(after))


def build_clauses(*texts: str, numbering: str = CLAUSES) -> bytes:
    return build("".join(write_item(text) for text in texts), numbering)


@pytest.mark.parametrize(
    ("level", "labels"),
    [
        (write_level(0, "%1."), ["1. A", "2. A", "3. A"]),
        (write_level(0, "%1.", start="7"), ["7. A", "8. A", "9. A"]),
        (write_level(0, "(%1)", kind=write_format("lowerLetter"), start="26"), ["(z) A", "(aa) A", "(bb) A"]),
        (write_level(0, "%1", kind=write_format("upperLetter")), ["A A", "B A", "C A"]),
        (write_level(0, "%1", kind=write_format("lowerRoman"), start="3"), ["iii A", "iv A", "v A"]),
        (write_level(0, "%1", kind=write_format("upperRoman"), start="49"), ["XLIX A", "L A", "LI A"]),
        (write_level(0, "%1", kind=write_format("decimalZero"), start="8"), ["08 A", "09 A", "10 A"]),
        (write_level(0, "%1", kind=write_format("hex")), ["1 [hex] A", "2 [hex] A", "3 [hex] A"]),
        (write_level(0, "%1", kind=write_format("none")), ["A", "A", "A"]),
        (write_level(0, "\uf0b7", kind=write_format("bullet")), ["• A"] * 3),
        (write_level(0, "–", kind=write_format("bullet")), ["– A"] * 3),
        (write_level(0, "\uf0fc", WINGDINGS, kind=write_format("bullet")), ["✓ A"] * 3),
        (write_level(0, "\uf0fb", WINGDINGS, kind=write_format("bullet")), ["✗ A"] * 3),
        (write_level(0, "%1.", HIDDEN), ["[hidden: 1.] A", "[hidden: 2.] A", "[hidden: 3.] A"]),
        (write_level(0, "%1.", start="9" * 5000), ["0. A", "1. A", "2. A"]),
        (write_level(0, "%1", kind=write_format("lowerLetter"), start="800"), ["800 A", "801 A", "802 A"]),
        (write_level(0, "%1", kind=NEWER), ["1 [001] A", "2 [001] A", "3 [001] A"]),
        (write_level(0, ""), ["A", "A", "A"]),
        (write_level(1, "%1."), ["A", "A", "A"]),
    ],
)  # fmt: skip
def test_a_paragraph_of_a_list_has_the_number_that_is_shown(level: str, labels: list[str]) -> None:
    assert list_texts(build_clauses("A", "A", "A", numbering=write_list(level) + write_use(1))) == labels


@pytest.mark.parametrize(
    ("level", "labels"),
    [
        (write_level(1, "%1.%2"), ["I.", "I.1", "I.2", "II.", "II.1"]),
        (write_level(1, "%1.%2", "<w:isLgl/>"), ["I.", "1.1", "1.2", "II.", "2.1"]),
        (write_level(1, "%2)"), ["I.", "1)", "2)", "II.", "1)"]),
        (write_level(1, "%2)", '<w:lvlRestart w:val="0"/>'), ["I.", "1)", "2)", "II.", "3)"]),
        (write_level(1, "%2)", '<w:lvlRestart w:val="1"/>'), ["I.", "1)", "2)", "II.", "1)"]),
    ],
)  # fmt: skip
def test_levels_are_counted_within_each_other(level: str, labels: list[str]) -> None:
    first = write_level(0, "%1.", kind=write_format("upperRoman"))
    body = "".join(write_item("A", number) for number in (0, 1, 1, 0, 1))
    texts = list_texts(build(body, write_list(first, level) + write_use(1)))
    assert texts == [f"{label} A" for label in labels]


def test_lists_of_one_kind_are_counted_on_unless_one_starts_anew() -> None:
    numbering = (
        write_list(write_level(0, "%1.")) + write_use(1) + write_use(2) + write_use(3, write_start(0, 5))
    )
    body = "".join(write_item("A", 0, number) for number in (1, 2, 3, 3, 1))
    assert list_texts(build(body, numbering)) == ["1. A", "2. A", "5. A", "6. A", "7. A"]


def test_a_level_of_a_list_may_be_its_own() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{write_level(0, "Part %1")}</w:lvlOverride>'
    numbering = write_list(write_level(0, "%1.")) + write_use(1, override)
    assert list_texts(build_clauses("A", numbering=numbering)) == ["Part 1 A"]


STYLES = """
  <w:style w:type="paragraph" w:styleId="One"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
  <w:style w:type="paragraph" w:styleId="Two"><w:basedOn w:val="One"/>
    <w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
  <w:style w:type="paragraph" w:styleId="Three"><w:basedOn w:val="Two"/></w:style>
  <w:style w:type="paragraph" w:styleId="Linked"><w:basedOn w:val="One"/>
    <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
"""


def test_a_paragraph_has_the_list_of_its_style() -> None:
    linked = write_level(2, "(%3)", '<w:pStyle w:val="Linked"/>')
    numbering = write_list(write_level(0, "%1."), write_level(1, "%1.%2"), linked) + write_use(1)
    styles = ("One", "Two", "Three", "Linked", "Unknown")
    body = "".join(write_item(style, number=-1, style=style) for style in styles)
    assert list_texts(build(body, numbering, STYLES)) == [
        "1. One",
        "1.1 Two",
        "1.2 Three",
        "(1) Linked",
        "Unknown",
    ]


def test_a_paragraph_may_leave_the_list_of_its_style() -> None:
    body = write_item("In", number=-1, style="One") + write_item("Out", number=0, style="One")
    assert list_texts(build(body, CLAUSES, STYLES)) == ["Clause 1. In", "Out"]


def test_paragraphs_without_a_style_have_the_list_of_the_default_style() -> None:
    default = STYLES.replace('w:styleId="One"', 'w:styleId="One" w:default="1"')
    assert list_texts(build(write_item("A", number=-1), CLAUSES, default)) == ["Clause 1. A"]


def test_styles_in_a_circle_are_read() -> None:
    circle = "".join(
        f'<w:style w:styleId="{style}"><w:basedOn w:val="{parent}"/></w:style>'
        for style, parent in ("AB", "BA")
    )
    assert list_texts(build(write_item("A", number=-1, style="A"), CLAUSES, circle)) == ["A"]


def test_a_list_may_have_the_levels_of_a_style() -> None:
    link = '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="One"/></w:abstractNum>'
    numbering = CLAUSES + link + write_use(2, abstract=2)
    assert list_texts(build(write_item("A", number=2), numbering, STYLES)) == ["Clause 1. A"]


def test_styles_of_lists_in_a_circle_are_read() -> None:
    circle = '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="One"/></w:abstractNum>'
    assert list_texts(build(write_item("A"), circle + write_use(1), STYLES)) == ["A"]


def test_notes_are_counted_for_themselves() -> None:
    notes = f'<w:footnotes><w:footnote w:id="1">{write_item("note")}</w:footnote></w:footnotes>'
    body = write_item("A") + '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>' + write_item("B")
    content = build_docx(
        body,
        ("numbering", "numbering.xml"),
        ("footnotes", "footnotes.xml"),
        parts={"numbering": f"<w:numbering>{CLAUSES}</w:numbering>", "footnotes": notes},
    )
    assert list_texts(content) == ["Clause 1. A", "Clause 1. note", "Clause 2. B"]


def test_the_number_of_an_empty_paragraph_is_seen_but_not_its_bullet() -> None:
    bullet = write_list(write_level(0, "\uf0b7", kind=write_format("bullet")), number=2) + write_use(
        2, abstract=2
    )
    assert list_texts(build(write_item("") + write_item("", number=2), CLAUSES + bullet)) == ["Clause 1. …"]


def test_other_words_of_a_number_are_one_difference() -> None:
    other = CLAUSES.replace("Clause", "Not clause")
    [part] = compare(build_clauses(FEES, TERM), build_clauses(FEES, TERM, numbering=other))
    assert part == (
        "replaced", f"Clause 1. {FEES}\nClause 2. {TERM}", f"Not clause 1. {FEES}\nNot clause 2. {TERM}"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        (DECIMAL, write_format("lowerLetter"), "Clause a."),
        ('<w:start w:val="1"/>', '<w:start w:val="5"/>', "Clause 5."),
        ("Clause %1.", "Clause %1)", "Clause 1)"),
        ("Clause %1.", "", ""),
        (write_use(1), write_use(1, write_start(0, 3)), "Clause 3."),
    ],
)
def test_another_format_or_start_is_a_difference(old: str, new: str, label: str) -> None:
    changed = CLAUSES.replace(old, new)
    [part] = compare(build_clauses(FEES), build_clauses(FEES, numbering=changed))
    assert part == ("replaced", f"Clause 1. {FEES}", f"{label} {FEES}".strip())


def test_a_list_that_nothing_refers_to_is_no_difference() -> None:
    unused = CLAUSES + write_list(write_level(0, "Part %1"), number=2) + write_use(2, abstract=2)
    assert compare(build_clauses(FEES), build_clauses(FEES, numbering=unused)) == []


def test_a_list_by_another_name_is_no_difference() -> None:
    renamed = write_list(write_level(0, "Clause %1."), write_level(1, "%1.%2"), number=8) + write_use(
        9, abstract=8
    )
    after = build(write_item(FEES, number=9) + write_item(TERM, number=9), renamed)
    assert compare(build_clauses(FEES, TERM), after) == []


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_an_inserted_paragraph_is_all_that_differs_in_a_list(position: int) -> None:
    texts = [FEES, TERM, NOTICE]
    after = [*texts[:position], COSTS, *texts[position:]]
    item = f"Clause {position + 1}. {COSTS}"
    assert compare(build_clauses(*texts), build_clauses(*after)) == [("inserted", "", item)]
    assert compare(build_clauses(*after), build_clauses(*texts)) == [("deleted", item, "")]


def test_an_inserted_paragraph_that_is_empty_is_seen_by_its_number() -> None:
    assert compare(build_clauses(FEES, TERM), build_clauses(FEES, "", TERM)) == [
        ("inserted", "", "Clause 2. …")
    ]


@pytest.mark.parametrize(
    "level",
    [write_level(0, ""), write_level(0, "x", HIDDEN), write_level(0, "•", kind=write_format("bullet"))],
)
def test_a_paragraph_that_shows_nothing_but_counts_others_on_is_seen(level: str) -> None:
    silent = write_use(2, f'<w:lvlOverride w:ilvl="0">{level}</w:lvlOverride>')
    after = write_item(FEES) + write_item("", number=2) + write_item(TERM)
    [(kind, before, text)] = compare(build_clauses(FEES, TERM), build(after, CLAUSES + silent))
    assert (kind, before, text[-1]) == ("inserted", "", "…")


def test_a_section_that_is_inserted_in_front_of_others_is_all_that_differs() -> None:
    before = write_item(FEES) + write_item(TERM, 1)
    after = write_item(FEES) + write_item(COSTS) + write_item(TERM, 1)
    assert compare(build(before, CLAUSES), build(after, CLAUSES)) == [("inserted", "", f"Clause 2. {COSTS}")]


def test_an_item_on_another_level_is_a_difference_and_those_behind_it_are_none() -> None:
    before = "".join(write_item(text) for text in (FEES, TERM, NOTICE, COSTS))
    after = write_item(FEES) + write_item(TERM, 1) + write_item(NOTICE) + write_item(COSTS)
    assert compare(build(before, CLAUSES), build(after, CLAUSES)) == [
        ("replaced", f"Clause 2. {TERM}", f"1.1 {TERM}")
    ]


def test_an_item_that_leaves_its_list_is_a_difference() -> None:
    after = write_item(FEES) + write_item(TERM, number=0) + write_item(NOTICE)
    [part] = compare(build_clauses(FEES, TERM, NOTICE), build(after, CLAUSES))
    assert part == ("replaced", f"Clause 2. {TERM}", TERM)


def test_a_number_that_becomes_text_is_no_difference() -> None:
    typed = "".join(write_item(text, number=0) for text in (f"1. {FEES}", f"2. {TERM}"))
    numbering = CLAUSES.replace("Clause ", "")
    assert compare(build_clauses(FEES, TERM, numbering=numbering), build(typed)) == []


def test_a_list_that_starts_anew_midway_is_one_difference() -> None:
    anew = CLAUSES + write_use(2, write_start(0, 1))
    first = write_item(FEES) + write_item(TERM)
    second = write_item(NOTICE, number=2) + write_item(COSTS, number=2)
    [part] = compare(build_clauses(FEES, TERM, NOTICE, COSTS), build(first + second, anew))
    assert part == (
        "replaced", f"Clause 3. {NOTICE}\nClause 4. {COSTS}", f"Clause 1. {NOTICE}\nClause 2. {COSTS}"
    )  # fmt: skip


def test_lists_that_start_anew_in_both_states_are_no_difference() -> None:
    numbering = CLAUSES + write_use(2, write_start(0, 1))
    before = write_item(FEES) + write_item(TERM, number=2)
    after = write_item(NOTICE) + write_item(FEES) + write_item(COSTS, number=2) + write_item(TERM, number=2)
    assert compare(build(before, numbering), build(after, numbering)) == [
        ("inserted", "", f"Clause 1. {NOTICE}"),
        ("inserted", "", f"Clause 1. {COSTS}"),
    ]


def test_another_number_is_shown_where_the_text_differs_too() -> None:
    changed = CLAUSES.replace("Clause", "Not clause")
    [part] = compare(build_clauses(FEES), build_clauses(FEES.replace("500", "900"), numbering=changed))
    assert part[1:] == (f"Clause 1. {FEES}", f"Not clause 1. {FEES.replace('500', '900')}")


def test_a_rewritten_paragraph_that_is_renumbered_is_shown_without_its_number() -> None:
    parts = compare(build_clauses(FEES), build_clauses(COSTS, FEES.replace("500", "900")))
    assert ("replaced", FEES, FEES.replace("500", "900")) in parts


@given(st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=12))
def test_paragraphs_that_come_or_go_are_all_that_differs(items: list[tuple[int, bool]]) -> None:
    def write(number: int, level: int) -> str:
        return write_item(f"Paragraph {number} of the agreement of both parties.", level)

    every = build("".join(write(number, level) for number, (level, _) in enumerate(items)), CLAUSES)
    some = build(
        "".join(write(number, level) for number, (level, stays) in enumerate(items) if stays), CLAUSES
    )
    assert {kind for kind, _, _ in compare(every, some)} <= {"deleted"}
    assert {kind for kind, _, _ in compare(some, every)} <= {"inserted"}
    assert compare(every, every) == []


def test_a_sentence_that_is_inserted_in_front_is_all_that_differs() -> None:
    before, after = build_clauses(FEES, TERM), build_clauses(f"{COSTS} {FEES}", TERM)
    assert compare(before, after) == [("inserted", "", f"Clause 1. {COSTS}")]
    assert compare(after, before) == [("deleted", f"Clause 1. {COSTS}", "")]


def test_a_paragraph_of_a_list_that_is_split_has_another_number() -> None:
    before, after = build_clauses(f"{FEES} {COSTS}", TERM), build_clauses(FEES, COSTS, TERM)
    assert compare(before, after) == [("replaced", COSTS, f"Clause 2. {COSTS}")]
    assert compare(after, before) == [("replaced", f"Clause 2. {COSTS}", COSTS)]


def test_other_words_of_a_number_are_found_behind_a_sentence_that_is_inserted_in_front() -> None:
    numbering = CLAUSES.replace("Clause", "Not clause")
    after = build_clauses(f"{COSTS} {FEES}", numbering=numbering)
    assert compare(build_clauses(FEES), after) == [
        ("replaced", f"Clause 1. {FEES}", f"Not clause 1. {FEES}"),
        ("inserted", "", f"Not clause 1. {COSTS}"),
    ]


def test_of_many_paragraphs_with_another_number_ten_are_listed() -> None:
    texts = [f"Fee number {number} is due each month." for number in range(500)]
    [part] = compare(
        build_clauses(*texts), build_clauses(*texts, numbering=CLAUSES.replace("Clause", "Not clause"))
    )
    assert part[1].count("\n") == 9


def test_the_name_of_an_unknown_format_may_be_long() -> None:
    numbering = write_list(write_level(0, "%1" * 1000, kind=write_format("x" * 100_000))) + write_use(1)
    [text] = list_texts(build_clauses("A", numbering=numbering))
    assert len(text) < 100_000


def test_a_hundred_thousand_numbered_paragraphs_are_read() -> None:
    texts = list_texts(
        build("".join(write_item(f"{number}", number % 2) for number in range(100_000)), CLAUSES)
    )
    assert texts[-1] == "50000.1 99999"
