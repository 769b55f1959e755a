"""What a reader of an OpenDocument file sees."""

from __future__ import annotations

import pytest

from tests.documents.packages import build_opendocument, list_texts


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<text:ruby><text:ruby-base>A</text:ruby-base><text:ruby-text>b</text:ruby-text></text:ruby>", "Ab"),
        ('<draw:a xlink:href="https://a.example"><draw:frame/></draw:a>', "[link: https://a.example]"),
        ("<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame>", "box"),
        ('one<text:s text:c="3"/>two<text:line-break/>three', "one two three"),
        ("<text:placeholder>Name</text:placeholder>", "Name"),
        ('<text:hidden-text text:string-value="secret" text:is-hidden="true"/>', "[hidden: secret]"),
    ],
)
def test_text_of_a_paragraph(content: str, text: str) -> None:
    assert list_texts(build_opendocument("text", f"<text:p>{content}</text:p>")) == [text]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('office:value-type="float" office:value="-5"', "-5"),
        ('office:value-type="percentage" office:value="0.07"', "7%"),
        ('office:value-type="currency" office:currency="EUR" office:value="5"', "5 €"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="date" office:date-value="2026-03-15T10:30:00"', "2026-03-15 10:30"),
        ('office:value-type="time" office:time-value="PT10H30M00S"', "10:30"),
        (
            'office:value-type="float" office:value="3" table:formula="of:=SUM([.A1:.A2])"',
            "3 [formula: SUM(A1:A2)]",
        ),
    ],
)
def test_value_of_a_cell(cell: str, text: str) -> None:
    row = f"<table:table-row><table:table-cell {cell}/></table:table-row>"
    table = f'<table:table table:name="Fees">{row}</table:table>'
    assert list_texts(build_opendocument("spreadsheet", table)) == ["Fees", text]


def test_hidden_sheets_rows_and_slides_are_marked() -> None:
    style = (
        '<office:automatic-styles><style:style style:name="s" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    cell = '<table:table-cell office:value-type="float" office:value="5"/>'
    row = f'<table:table-row table:visibility="collapse">{cell}</table:table-row>'
    table = f'<table:table table:name="Fees" table:style-name="s">{row}</table:table>'
    content = build_opendocument("spreadsheet", table, before=style)
    assert list_texts(content) == ["[hidden: Fees]", "[hidden: 5]"]


def test_titles_notes_and_comments_of_a_slide_are_read() -> None:
    page = (
        '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Fees</text:p>'
        "</draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say it</text:p>"
        "</draw:text-box></draw:frame></presentation:notes><office:annotation><dc:creator>Bo</dc:creator><text:p>Why?</text:p>"
        "</office:annotation></draw:page>"
    )
    assert list_texts(build_opendocument("presentation", page)) == ["Fees", "Say it", "Why?"]
