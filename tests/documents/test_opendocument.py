"""OpenDocument files: texts, sheets and slides."""

# ruff: noqa: E501 - markup is easier to follow where lines break as it wants

from __future__ import annotations

import io
import zipfile

import pytest

from documents.errors import Reason, UnreadDocument
from documents.formats import read_document
from documents.limits import MAX_PASSAGES
from documents.opendocument.formulas import simplify_formula
from documents.passages import Area, AttachmentKind, Passage

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = {
    **{
        prefix: f"{_OASIS}{name}:1.0"
        for prefix, name in {
            "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
            "presentation": "presentation", "form": "form", "manifest": "manifest", "chart": "chart",
        }.items()
    },
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
}  # fmt: skip
_TYPES = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}


def _write_part(body: str) -> str:
    declarations = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
    return f"<office:document {declarations}>{body}</office:document>"


def _write_package(kind: str, body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        kind = kind.partition("-")[0]
        automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
        wrapped = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        archive.writestr("content.xml", _write_part(automatic + wrapped))
        for name, part in (parts or {}).items():
            archive.writestr(name, _write_part(part))
    return content.getvalue()


def _read(kind: str, body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> list[Passage]:
    document = read_document(_write_package(kind, body, styles=styles, parts=parts), "document")
    assert document.format == _TYPES[kind.partition("-")[0]]
    return list(document.passages)


def _read_text(body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> list[tuple[Area, str]]:
    return [(each.place.area, each.text) for each in _read("text", body, styles=styles, parts=parts)]


@pytest.mark.parametrize("kind", ["text", "text-template", "spreadsheet-template", "presentation-template"])
def test_templates_are_read_like_documents(kind: str) -> None:
    assert _read(kind, "") == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"),
        ("encrypted-package", ""),
    ],
)
def test_an_encrypted_document_is_not_read(name: str, part: str) -> None:
    with pytest.raises(UnreadDocument) as caught:
        read_document(_write_package("text", "", parts={name: part}), "x.odt")
    assert caught.value.reason is Reason.PASSWORD


def test_a_heading_is_above_what_follows() -> None:
    passages = _read(
        "text",
        "<text:h>Fees</text:h><text:list><text:list-item><text:p>Due</text:p></text:list-item></text:list>",
    )
    assert [(each.place.area, each.place.heading) for each in passages] == [
        (Area.HEADING, "Fees"),
        (Area.BODY, "Fees"),
    ]


def test_spaces_tabs_and_breaks_are_spaces() -> None:
    body = '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d<text:soft-page-break/>e</text:p>'
    assert _read_text(body) == [(Area.BODY, "a b c de")]


def test_notes_and_comments_follow_their_paragraph() -> None:
    body = """<text:p>Due<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
        <text:note-body><text:p>In euros</text:p></text:note-body></text:note><office:annotation>
        <dc:creator>Ana</dc:creator><dc:date>2026-01-01</dc:date><text:p>Sure?</text:p></office:annotation> soon</text:p>"""
    passages = _read("text", body)
    assert [(each.place.area, each.text) for each in passages] == [
        (Area.BODY, "Due soon"),
        (Area.FOOTNOTE, "In euros"),
        (Area.COMMENT, "Sure?"),
    ]
    assert passages[2].place.name == "Ana"


_CHANGES = """<text:tracked-changes>
    <text:changed-region text:id="d"><text:deletion><office:change-info><dc:creator>Ana</dc:creator>
    </office:change-info><text:p>30</text:p></text:deletion></text:changed-region>
    <text:changed-region text:id="i"><text:insertion/></text:changed-region></text:tracked-changes>"""


def test_tracked_changes_are_marked() -> None:
    body = """<text:p>Due in <text:change text:change-id="d"/><text:change-start text:change-id="i"/>60<text:change-end
        text:change-id="i"/> days</text:p>"""
    assert _read_text(_CHANGES + body) == [(Area.BODY, "Due in [deleted: 30][inserted: 60] days")]


def test_an_insertion_goes_on_over_paragraphs() -> None:
    body = """<text:p>a<text:change-start text:change-id="i"/>b</text:p><text:p>c</text:p>
        <text:p>d<text:change-end text:change-id="i"/>e</text:p>"""
    texts = [text for _, text in _read_text(_CHANGES + body)]
    assert texts == ["a[inserted: b]", "[inserted: c]", "[inserted: d]e"]


def test_a_deletion_between_paragraphs_is_a_passage() -> None:
    assert _read_text(_CHANGES + '<text:change text:change-id="d"/>') == [(Area.BODY, "[deleted: 30]")]


_HIDDEN = """<style:style style:name="H" style:family="{}"><style:text-properties text:display="none"/></style:style>
    <style:style style:name="P" style:family="{}" style:parent-style-name="H"/>"""


@pytest.mark.parametrize(
    ("body", "family"),
    [
        ('<text:p><text:span text:style-name="P">x</text:span></text:p>', "text"),
        ('<text:p text:style-name="P">x</text:p>', "paragraph"),
        ('<text:section text:display="none"><text:p>x</text:p></text:section>', ""),
        ('<text:p><text:hidden-text text:string-value="x"/></text:p>', ""),
        ('<text:p>x<text:hidden-paragraph text:is-hidden="true"/></text:p>', ""),
    ],
)
def test_hidden_text_is_marked(body: str, family: str) -> None:
    assert _read_text(body, styles=_HIDDEN.format(family, family)) == [(Area.BODY, "[hidden: x]")]


def test_the_address_of_a_link_follows_its_text() -> None:
    body = '<text:p><text:a xlink:href="https://a.example">a</text:a> <text:a xlink:href="#b">b</text:a></text:p>'
    assert _read_text(body) == [(Area.BODY, "a [link: https://a.example] b")]


def test_volatile_fields_are_left_out() -> None:
    body = """<text:p>Page <text:page-number>3</text:page-number><text:date>1 May</text:date><text:bookmark-ref
        text:reference-format="page">9</text:bookmark-ref>of <text:date text:fixed="true">2 May</text:date>
        <text:user-defined>2.1</text:user-defined></text:p>"""
    assert _read_text(body) == [(Area.BODY, "Page of 2 May 2.1")]


def test_page_numbers_of_an_index_are_left_out() -> None:
    body = """<text:table-of-content><text:index-body><text:p><text:a xlink:href="#x">Fees of 2026<text:tab/>12</text:a>
        </text:p></text:index-body></text:table-of-content>"""
    assert _read_text(body) == [(Area.BODY, "Fees of 2026")]


def test_cells_of_a_table_have_row_and_column_also_where_one_stands_for_several() -> None:
    body = """<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-repeated="2">
        <text:p>a</text:p></table:table-cell></table:table-row></table:table-header-rows>
        <table:table-row table:number-rows-repeated="999999999"/>
        <table:table-row><table:table-cell table:number-columns-repeated="16000"/><table:table-cell><text:p>b</text:p>
        </table:table-cell></table:table-row></table:table>"""
    places = [(each.place.table, each.place.row, each.place.column) for each in _read("text", body)]
    assert places == [(1, 1, 1), (1, 1, 2), (1, 1_000_000_001, 16_001)]


def test_text_boxes_follow_their_paragraph() -> None:
    body = """<text:p>a<draw:frame><draw:text-box><text:p>b</text:p></draw:text-box></draw:frame><draw:custom-shape>
        <text:p>c</text:p></draw:custom-shape></text:p><draw:frame><draw:text-box><text:p>d</text:p></draw:text-box>
        </draw:frame>"""
    assert _read_text(body) == [
        (Area.BODY, "a"),
        (Area.TEXT_BOX, "b"),
        (Area.TEXT_BOX, "c"),
        (Area.TEXT_BOX, "d"),
    ]


@pytest.mark.parametrize(
    ("control", "text"),
    [
        ('<form:text form:id="c" form:name="n" form:current-value="x" form:value="y"/>', "x"),
        (
            '<form:checkbox form:id="c" form:name="n" form:label="Agreed" form:current-state="checked"/>',
            "☒ Agreed",
        ),
        ('<form:radio form:id="c" form:name="n" form:label="Low"/>', "☐ Low"),
        (
            """<form:listbox form:id="c" form:name="n"><form:option form:label="A"/><form:option form:label="B"
                form:current-selected="true"/></form:listbox>""",
            "B",
        ),
    ],
)
def test_a_form_control_has_its_value(control: str, text: str) -> None:
    body = f"""<office:forms><form:form>{control}</form:form></office:forms>
        <text:p><draw:control draw:control="c"/></text:p>"""
    (field,) = _read("text", body)
    assert (field.place.area, field.place.name, field.text) == (Area.FIELD, "n", text)


def test_a_content_control_is_a_field() -> None:
    body = '<text:p>Fee: <loext:content-control loext:alias="Fee">5 €</loext:content-control></text:p>'
    assert _read_text(body) == [(Area.BODY, "Fee: [field: Fee]"), (Area.FIELD, "5 €")]


@pytest.mark.parametrize(("state", "text"), [("true", "☒"), ("false", "☐")])
def test_a_check_box_of_a_word_form_is_read(state: str, text: str) -> None:
    body = f"""<text:p><field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param
        field:name="Checkbox_Checked" field:value="{state}"/></field:fieldmark></text:p>"""
    assert _read_text(body) == [(Area.BODY, text)]


_MASTERS = """<office:master-styles>
    <style:master-page style:name="Standard"><style:header><text:p>Terms</text:p></style:header>
    <style:header-left style:display="false"><text:p>Left</text:p></style:header-left>
    <style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page>
    <style:master-page style:name="Unused"><style:header><text:p>Unused</text:p></style:header></style:master-page>
    <style:master-page style:name="Wide" style:next-style-name="Next"/>
    <style:master-page style:name="Next"><style:header><text:p>Next</text:p></style:header></style:master-page>
    </office:master-styles>"""


def test_headers_and_footers_in_use_come_last() -> None:
    styles = '<style:style style:name="W" style:family="paragraph" style:master-page-name="Wide"/>'
    body = '<text:p>a</text:p><text:p text:style-name="W">b</text:p>'
    assert _read_text(body, styles=styles, parts={"styles.xml": _MASTERS}) == [
        (Area.BODY, "a"),
        (Area.BODY, "b"),
        (Area.HEADER, "Terms"),
        (Area.FOOTER, "Page"),
        (Area.HEADER, "Next"),
    ]


def _read_object(part: str) -> list[tuple[Area, str]]:
    body = '<text:p><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    return _read_text(body, parts={"Object 1/content.xml": part})


def test_a_chart_is_read_series_by_series() -> None:
    rows = [("", "2025"), ("Fees", "5"), ("Fines", "NaN")]
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in rows
    )
    title = "<chart:title><text:p>Income</text:p></chart:title>"
    texts = _read_object(f"<chart:chart>{title}<table:table>{cells}</table:table></chart:chart>")
    assert texts == [(Area.CHART, "Income"), (Area.CHART, "2025"), (Area.CHART, "Fees: 5")]


@pytest.mark.parametrize("name", ["ObjectReplacements/Object 1", "Pictures/TablePreview1.svm"])
def test_the_picture_of_an_object_or_a_table_is_no_attachment(name: str) -> None:
    content = _write_package("text", "", parts={name: "", "Pictures/1.png": ""})
    assert [each.kind for each in read_document(content, "x").attachments] == [AttachmentKind.PICTURE]


def test_an_embedded_document_is_read() -> None:
    assert _read_object("<office:text><text:p>Inner</text:p></office:text>") == [(Area.TEXT_BOX, "Inner")]


def _read_cell(attributes: str, content: str = "") -> Passage:
    row = f"<table:table-row><table:table-cell {attributes}>{content}</table:table-cell></table:table-row>"
    passages = _read("spreadsheet", f'<table:table table:name="S">{row}</table:table>')
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
    assert [each.is_hidden for each in _read("spreadsheet", body)[1:]] == [False, True, True, True]


def test_a_hidden_sheet_is_marked() -> None:
    styles = """<style:style style:name="T" style:family="table"><style:table-properties table:display="false"/>
        </style:style>"""
    body = '<table:table table:name="Old" table:style-name="T"/>'
    assert _read("spreadsheet", body, styles=styles)[0].text == "[hidden: Old]"


def test_a_comment_of_a_cell_has_its_place() -> None:
    cell = """<table:table-cell><office:annotation><dc:creator>Ana</dc:creator><text:p>Sure?</text:p>
        </office:annotation><text:p>x</text:p></table:table-cell>"""
    body = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    comment = _read("spreadsheet", body)[-1]
    assert (comment.place.area, comment.place.name, comment.place.row) == (Area.COMMENT, "Ana", 1)
    assert comment.text == "Sure?"


def test_repeated_cells_with_text_are_bounded() -> None:
    cell = f'<table:table-cell table:number-columns-repeated="{MAX_PASSAGES}"><text:p>x</text:p></table:table-cell>'
    body = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
    with pytest.raises(UnreadDocument) as caught:
        _read("spreadsheet", body)
    assert caught.value.reason is Reason.TEXT_SIZE


def _read_slides(body: str) -> list[tuple[int, Area, str]]:
    styles = """<style:style style:name="H" style:family="drawing-page"><style:drawing-page-properties
        presentation:visibility="hidden"/></style:style>"""
    masters = """<office:master-styles><style:master-page style:name="M"><draw:frame presentation:class="title">
        <draw:text-box><text:p>Click here</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box>
        <text:p>ACME</text:p></draw:text-box></draw:frame></style:master-page></office:master-styles>"""
    passages = _read("presentation", body, styles=styles, parts={"styles.xml": masters})
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
    passages = _read("presentation", f"<draw:page>{table}{table}</draw:page><draw:page>{table}</draw:page>")
    assert [(each.place.slide, each.place.table) for each in passages] == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize("kind", ["text", "spreadsheet", "presentation"])
def test_a_document_without_its_content_is_damaged(kind: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    with pytest.raises(UnreadDocument) as caught:
        read_document(content.getvalue(), "x")
    assert caught.value.reason is Reason.DAMAGED
