"""OpenDocument files: texts, sheets and slides."""

# ruff: noqa: E501 - markup is easier to follow where lines break as it wants

from __future__ import annotations

import io
import zipfile

import pytest

from documents.errors import Reason, UnreadDocument
from documents.formats import read_document
from documents.passages import Area, AttachmentKind
from tests.documents.opendocument_files import read, read_text, write_package


@pytest.mark.parametrize("kind", ["text", "text-template", "spreadsheet-template", "presentation-template"])
def test_templates_are_read_like_documents(kind: str) -> None:
    assert read(kind, "") == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"),
        ("encrypted-package", ""),
    ],
)
def test_an_encrypted_document_is_not_read(name: str, part: str) -> None:
    with pytest.raises(UnreadDocument) as caught:
        read_document(write_package("text", "", parts={name: part}), "x.odt")
    assert caught.value.reason is Reason.PASSWORD


def test_a_heading_is_above_what_follows() -> None:
    passages = read(
        "text",
        "<text:h>Fees</text:h><text:list><text:list-item><text:p>Due</text:p></text:list-item></text:list>",
    )
    assert [(each.place.area, each.place.heading) for each in passages] == [
        (Area.HEADING, "Fees"),
        (Area.BODY, "Fees"),
    ]


def test_spaces_tabs_and_breaks_are_spaces() -> None:
    body = '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d<text:soft-page-break/>e</text:p>'
    assert read_text(body) == [(Area.BODY, "a b c de")]


def test_notes_and_comments_follow_their_paragraph() -> None:
    body = """<text:p>Due<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
        <text:note-body><text:p>In euros</text:p></text:note-body></text:note><office:annotation>
        <dc:creator>Ana</dc:creator><dc:date>2026-01-01</dc:date><text:p>Sure?</text:p></office:annotation> soon</text:p>"""
    passages = read("text", body)
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
    assert read_text(_CHANGES + body) == [(Area.BODY, "Due in [deleted: 30][inserted: 60] days")]


def test_an_insertion_goes_on_over_paragraphs() -> None:
    body = """<text:p>a<text:change-start text:change-id="i"/>b</text:p><text:p>c</text:p>
        <text:p>d<text:change-end text:change-id="i"/>e</text:p>"""
    texts = [text for _, text in read_text(_CHANGES + body)]
    assert texts == ["a[inserted: b]", "[inserted: c]", "[inserted: d]e"]


def test_a_deletion_between_paragraphs_is_a_passage() -> None:
    assert read_text(_CHANGES + '<text:change text:change-id="d"/>') == [(Area.BODY, "[deleted: 30]")]


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
    assert read_text(body, styles=_HIDDEN.format(family, family)) == [(Area.BODY, "[hidden: x]")]


def test_the_address_of_a_link_follows_its_text() -> None:
    body = '<text:p><text:a xlink:href="https://a.example">a</text:a> <text:a xlink:href="#b">b</text:a></text:p>'
    assert read_text(body) == [(Area.BODY, "a [link: https://a.example] b")]


def test_volatile_fields_are_left_out() -> None:
    body = """<text:p>Page <text:page-number>3</text:page-number><text:date>1 May</text:date><text:bookmark-ref
        text:reference-format="page">9</text:bookmark-ref>of <text:date text:fixed="true">2 May</text:date>
        <text:user-defined>2.1</text:user-defined></text:p>"""
    assert read_text(body) == [(Area.BODY, "Page of 2 May 2.1")]


def test_page_numbers_of_an_index_are_left_out() -> None:
    body = """<text:table-of-content><text:index-body><text:p><text:a xlink:href="#x">Fees of 2026<text:tab/>12</text:a>
        </text:p></text:index-body></text:table-of-content>"""
    assert read_text(body) == [(Area.BODY, "Fees of 2026")]


def test_cells_of_a_table_have_row_and_column_also_where_one_stands_for_several() -> None:
    body = """<table:table><table:table-header-rows><table:table-row><table:table-cell table:number-columns-repeated="2">
        <text:p>a</text:p></table:table-cell></table:table-row></table:table-header-rows>
        <table:table-row table:number-rows-repeated="999999999"/>
        <table:table-row><table:table-cell table:number-columns-repeated="16000"/><table:table-cell><text:p>b</text:p>
        </table:table-cell></table:table-row></table:table>"""
    places = [(each.place.table, each.place.row, each.place.column) for each in read("text", body)]
    assert places == [(1, 1, 1), (1, 1, 2), (1, 1_000_000_001, 16_001)]


def test_text_boxes_follow_their_paragraph() -> None:
    body = """<text:p>a<draw:frame><draw:text-box><text:p>b</text:p></draw:text-box></draw:frame><draw:custom-shape>
        <text:p>c</text:p></draw:custom-shape></text:p><draw:frame><draw:text-box><text:p>d</text:p></draw:text-box>
        </draw:frame>"""
    assert read_text(body) == [
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
    (field,) = read("text", body)
    assert (field.place.area, field.place.name, field.text) == (Area.FIELD, "n", text)


def test_a_content_control_is_a_field() -> None:
    body = '<text:p>Fee: <loext:content-control loext:alias="Fee">5 €</loext:content-control></text:p>'
    assert read_text(body) == [(Area.BODY, "Fee: [field: Fee]"), (Area.FIELD, "5 €")]


@pytest.mark.parametrize(("state", "text"), [("true", "☒"), ("false", "☐")])
def test_a_check_box_of_a_word_form_is_read(state: str, text: str) -> None:
    body = f"""<text:p><field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param
        field:name="Checkbox_Checked" field:value="{state}"/></field:fieldmark></text:p>"""
    assert read_text(body) == [(Area.BODY, text)]


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
    assert read_text(body, styles=styles, parts={"styles.xml": _MASTERS}) == [
        (Area.BODY, "a"),
        (Area.BODY, "b"),
        (Area.HEADER, "Terms"),
        (Area.FOOTER, "Page"),
        (Area.HEADER, "Next"),
    ]


def _read_object(part: str) -> list[tuple[Area, str]]:
    body = '<text:p><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    return read_text(body, parts={"Object 1/content.xml": part})


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
    content = write_package("text", "", parts={name: "", "Pictures/1.png": ""})
    assert [each.kind for each in read_document(content, "x").attachments] == [AttachmentKind.PICTURE]


def test_an_embedded_document_is_read() -> None:
    assert _read_object("<office:text><text:p>Inner</text:p></office:text>") == [(Area.TEXT_BOX, "Inner")]


@pytest.mark.parametrize("kind", ["text", "spreadsheet", "presentation"])
def test_a_document_without_its_content_is_damaged(kind: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    with pytest.raises(UnreadDocument) as caught:
        read_document(content.getvalue(), "x")
    assert caught.value.reason is Reason.DAMAGED
