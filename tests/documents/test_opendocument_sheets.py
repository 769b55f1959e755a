"""OpenDocument files: sheets and slides."""

# ruff: noqa: E501 - markup is easier to follow where lines break as it wants

from __future__ import annotations

import pytest

from documents.errors import Reason, UnreadDocument
from documents.limits import MAX_PASSAGES
from documents.opendocument.formulas import simplify_formula
from documents.passages import Area, Passage
from tests.documents.opendocument_files import read


def _read_cell(attributes: str, content: str = "") -> Passage:
    row = f"<table:table-row><table:table-cell {attributes}>{content}</table:table-cell></table:table-row>"
    passages = read("spreadsheet", f'<table:table table:name="S">{row}</table:table>')
    assert passages[1].place.sheet == "S"
    return passages[1]


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ('office:value-type="float" office:value="1200.50"', "1200.5"),
        ('office:value-type="currency" office:currency="EUR" office:value="5"', "5 €"),
        ('office:value-type="currency" office:currency="SEK" office:value="5"', "5 SEK"),
        ('office:value-type="percentage" office:value="0.05"', "5%"),
        ('office:value-type="date" office:date-value="2026-03-15"', "2026-03-15"),
        ('office:value-type="date" office:date-value="2026-03-15T10:30:00"', "2026-03-15 10:30"),
        ('office:value-type="time" office:time-value="PT09H05M00S"', "09:05"),
        ('office:value-type="time" office:time-value="PT26H05M07S"', "26:05:07"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="x"', "x"),
    ],
)
def test_a_cell_has_the_same_value_as_in_other_formats(attributes: str, text: str) -> None:
    assert _read_cell(attributes, "<text:p>as shown</text:p>" * ("string" not in attributes)).text == text


def test_a_cell_of_several_paragraphs_is_one_passage() -> None:
    assert _read_cell('office:value-type="string"', "<text:p>a</text:p><text:p>b</text:p>").text == "a b"


def test_a_formula_follows_the_value() -> None:
    cell = _read_cell('table:formula="of:=[.A1]*2" office:value-type="float" office:value="4"')
    assert cell.text == "4 [formula: A1*2]"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("of:=SUM([.B2:.B9])", "SUM(B2:B9)"),
        ("of:=[$Fees.$B$2]+[.A1]", "Fees.$B$2+A1"),
        ("of:=SUM([$'My fees'.B2:.C3])", "SUM('My fees'.B2:C3)"),
        ('of:="[.A1]"&[.A1]', '"[.A1]"&A1'),
        ("=1+1", "1+1"),
    ],
)
def test_references_of_a_formula_are_plain(formula: str, text: str) -> None:
    assert simplify_formula(formula) == text


def test_hidden_rows_and_columns_hide_their_cells() -> None:
    cells = "<table:table-cell><text:p>x</text:p></table:table-cell>" * 2
    body = f"""<table:table table:name="S"><table:table-column/><table:table-column table:visibility="collapse"/>
        <table:table-row>{cells}</table:table-row><table:table-row table:visibility="filter">{cells}
        </table:table-row></table:table>"""
    assert [each.is_hidden for each in read("spreadsheet", body)[1:]] == [False, True, True, True]


def test_a_hidden_sheet_is_marked() -> None:
    styles = """<style:style style:name="T" style:family="table"><style:table-properties table:display="false"/>
        </style:style>"""
    body = '<table:table table:name="Old" table:style-name="T"/>'
    assert read("spreadsheet", body, styles=styles)[0].text == "[hidden: Old]"


def test_a_comment_of_a_cell_has_its_place() -> None:
    cell = """<table:table-cell><office:annotation><dc:creator>Ana</dc:creator><text:p>Sure?</text:p>
        </office:annotation><text:p>x</text:p></table:table-cell>"""
    body = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    comment = read("spreadsheet", body)[-1]
    assert (comment.place.area, comment.place.name, comment.place.row) == (Area.COMMENT, "Ana", 1)
    assert comment.text == "Sure?"


def test_repeated_cells_with_text_are_bounded() -> None:
    cell = f'<table:table-cell table:number-columns-repeated="{MAX_PASSAGES}"><text:p>x</text:p></table:table-cell>'
    body = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    with pytest.raises(UnreadDocument) as caught:
        read("spreadsheet", body)
    assert caught.value.reason is Reason.TEXT_SIZE


def _read_slides(body: str) -> list[tuple[int, Area, str]]:
    styles = """<style:style style:name="H" style:family="drawing-page"><style:drawing-page-properties
        presentation:visibility="hidden"/></style:style>"""
    masters = """<office:master-styles><style:master-page style:name="M"><draw:frame presentation:class="title">
        <draw:text-box><text:p>Click here</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box>
        <text:p>ACME</text:p></draw:text-box></draw:frame></style:master-page></office:master-styles>"""
    passages = read("presentation", body, styles=styles, parts={"styles.xml": masters})
    return [(each.place.slide, each.place.area, each.text) for each in passages]


_TITLE = (
    '<draw:frame presentation:class="title"><draw:text-box><text:p>Fire</text:p></draw:text-box></draw:frame>'
)


def test_a_slide_has_title_text_notes_and_comments() -> None:
    body = f"""<draw:page>{_TITLE}<draw:g><draw:custom-shape><text:p>Exit</text:p></draw:custom-shape></draw:g>
        <draw:frame presentation:class="page-number"><draw:text-box><text:p>1</text:p></draw:text-box></draw:frame>
        <office:annotation><dc:creator>Ana</dc:creator><text:p>Sure?</text:p></office:annotation>
        <presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>Slowly</text:p>
        </draw:text-box></draw:frame></presentation:notes></draw:page>"""
    assert _read_slides(body) == [
        (1, Area.TITLE, "Fire"),
        (1, Area.BODY, "Exit"),
        (1, Area.NOTES, "Slowly"),
        (1, Area.COMMENT, "Sure?"),
    ]


def test_a_hidden_slide_is_marked_by_its_title() -> None:
    body = f'<draw:page draw:style-name="H">{_TITLE}</draw:page><draw:page draw:style-name="H"/>'
    assert _read_slides(body) == [(1, Area.TITLE, "[hidden: Fire]"), (2, Area.TITLE, "[hidden: …]")]


def test_text_of_a_master_that_is_no_placeholder_comes_last() -> None:
    body = f'<draw:page draw:master-page-name="M">{_TITLE}</draw:page>'
    assert _read_slides(body) == [(1, Area.TITLE, "Fire"), (0, Area.MASTER, "ACME")]


def test_tables_are_counted_on_each_slide() -> None:
    table = """<draw:frame><table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>
        </table:table-row></table:table></draw:frame>"""
    passages = read("presentation", f"<draw:page>{table}{table}</draw:page><draw:page>{table}</draw:page>")
    assert [(each.place.slide, each.place.table) for each in passages] == [(1, 1), (1, 2), (2, 1)]
