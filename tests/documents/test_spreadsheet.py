"""What a reader of a workbook sees."""

from __future__ import annotations

import pytest

from documents.errors import Reason, UnreadDocument
from documents.passages import Area
from tests.documents.packages import (
    NAMESPACES,
    OPEN_XML,
    WORKBOOK_NAMESPACES,
    build_office,
    build_opendocument,
    build_xlsx,
    find_passage,
    list_texts,
    relate,
    write_rows,
)

NOTES = (
    f'<comments xmlns="{OPEN_XML}/spreadsheetml/2006/main"><authors><author>Bo</author>'
    "<author>tc=1</author></authors>"
    '<commentList><comment ref="A1" authorId="1">'
    "<text><t>[Threaded comment]</t></text></comment>"
    '<comment ref="B2" authorId="0"><text><r><t>A </t></r><r><t>note</t></r></text></comment>'
    "</commentList></comments>"
)
THREADS = (
    f'<tc:ThreadedComments {NAMESPACES}><tc:threadedComment ref="A1" personId="p">'
    "<tc:text>Why?</tc:text></tc:threadedComment></tc:ThreadedComments>"
)
STRINGS = (
    f'<sst xmlns="{OPEN_XML}/spreadsheetml/2006/main"><si><r><t>Pay </t></r><r><t>500</t></r>'
    "<rPh><t>phonetic</t></rPh></si><si><t>_x005F_x0041_</t></si></sst>"
)


def read_sheet(sheet: str) -> list[str]:
    """Return the texts of a workbook but the name of its sheet."""
    return list_texts(build_xlsx(sheet))[1:]


def read_cells(cells: str) -> list[str]:
    return read_sheet(f"<sheetData><row>{cells}</row></sheetData>")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c t="str"><v>a_x000D_b</v></c>', "a b"),
        ('<c t="d"><v>2026-03-15</v></c>', "2026-03-15"),
        ("<c><v>-5</v></c>", "-5"),
        ("<c><v>-0</v></c>", "0"),
        ("<c><v>1e-25</v></c>", "0.0000000000000000000000001"),
        ("<c><v>1E+15</v></c>", "1000000000000000"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ('<c><f t="array" ref="A1:A2">SUM(B1:B2)</f><v>3</v></c>', "3 [formula: SUM(B1:B2)]"),
        (
            '<c><f>HYPERLINK("https://a.example","go")</f></c>',
            '[formula: HYPERLINK("https://a.example","go")]',
        ),
    ],
)
def test_value_of_a_cell(cell: str, text: str) -> None:
    assert read_cells(cell) == [text]


def test_shared_texts_are_joined_without_phonetic_hints_and_decoded_once() -> None:
    members = {
        "xl/sharedStrings.xml": STRINGS,
        "xl/_rels/workbook.xml.rels": relate(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
    }
    cells = '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>'
    content = build_xlsx(f"<sheetData><row>{cells}</row></sheetData>", members=members)
    assert list_texts(content) == ["Fees", "Pay 500", "_x0041_"]


def test_a_shared_formula_is_shifted_to_each_cell() -> None:
    rows = (
        '<row r="1"><c r="C1"><f t="shared" si="0" ref="C1:C2">A1+$B$1</f></c></row>'
        '<row r="2"><c r="C2"><f t="shared" si="0"/></c></row>'
    )
    assert read_sheet(f"<sheetData>{rows}</sheetData>") == ["[formula: A1+$B$1]", "[formula: A2+$B$1]"]


def test_notes_are_read_beside_threads_and_copies_of_threads_are_not() -> None:
    content = build_xlsx(
        "<sheetData/>", ("comments", "../notes.xml"), ("threadedComment", "../threads.xml"),
        members={"xl/notes.xml": NOTES, "xl/threads.xml": THREADS},
    )  # fmt: skip
    assert list_texts(content) == ["Fees", "Why?", "A note"]


def test_a_link_of_several_cells_is_read_once() -> None:
    sheet = f'{write_rows(("go", "on"))}<hyperlinks><hyperlink ref="A1:B1" r:id="out"/></hyperlinks>'
    content = build_xlsx(sheet, external=("hyperlink", "https://a.example"))
    assert list_texts(content) == ["Fees", "go [link: https://a.example]", "on"]


def test_a_link_of_an_empty_cell_is_read() -> None:
    sheet = '<sheetData/><hyperlinks><hyperlink ref="B2" r:id="out"/></hyperlinks>'
    content = build_xlsx(sheet, external=("hyperlink", "https://a.example"))
    assert list_texts(content) == ["Fees", "[link: https://a.example]"]


def test_messages_and_choices_of_a_cell_are_read_at_the_cell() -> None:
    choices = '<formula1>"Yes,No"</formula1>'
    rule = f'<dataValidation type="list" sqref="B2:B9" prompt="Pick one">{choices}</dataValidation>'
    content = build_xlsx(f"<sheetData/><dataValidations>{rule}</dataValidations>")
    assert list_texts(content) == ["Fees", "Pick one", "Yes, No"]
    place = find_passage(content, "Yes").place
    assert (place.area, place.sheet, place.row, place.column) == (Area.FIELD, "Fees", 2, 2)


def test_a_name_for_a_value_is_read_and_one_for_cells_is_not() -> None:
    names = '<definedName name="Rate">0.19</definedName><definedName name="All">Fees!$A$1:$B$9</definedName>'
    content = build_xlsx("<sheetData/>", workbook=f"<definedNames>{names}</definedNames>")
    assert list_texts(content) == ["Fees", "0.19"]
    assert find_passage(content, "0.19").place.name == "Rate"


def test_the_address_of_a_workbook_that_formulas_refer_to_is_read() -> None:
    members = {
        "xl/_rels/workbook.xml.rels": relate(
            ("worksheet", "worksheets/sheet1.xml"), ("externalLink", "externalLinks/link1.xml")
        ),
        "xl/externalLinks/link1.xml": f"<externalLink {WORKBOOK_NAMESPACES}/>",
        "xl/externalLinks/_rels/link1.xml.rels": relate(external=("externalLinkPath", "prices.xlsx")),
    }
    workbook = '<externalReferences><externalReference r:id="rId2"/></externalReferences>'
    content = build_xlsx("<sheetData/>", workbook=workbook, members=members)
    assert list_texts(content) == ["Fees", "[link: prices.xlsx]"]


def test_a_header_keeps_its_ampersand_and_loses_its_codes() -> None:
    header = "&amp;L&amp;&quot;Arial,Bold&quot;&amp;12R&amp;&amp;D page &amp;P"
    assert read_sheet(f"<sheetData/><headerFooter><oddHeader>{header}</oddHeader></headerFooter>") == [
        "R&D page"
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_marked(state: str) -> None:
    sheets = f'<sheets><sheet name="Fees" state="{state}" r:id="rId1"/></sheets>'
    members = {"xl/workbook.xml": f"<workbook {WORKBOOK_NAMESPACES}>{sheets}</workbook>"}
    assert list_texts(build_xlsx("<sheetData/>", members=members)) == ["[hidden: Fees]"]


def test_hidden_rows_and_columns_are_marked() -> None:
    rows = '<row hidden="1"><c><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>'
    sheet = f'<cols><col min="2" max="2" hidden="1"/></cols><sheetData>{rows}</sheetData>'
    assert read_sheet(sheet) == ["[hidden: 1]", "2", "[hidden: 3]"]


def test_days_may_be_counted_from_1904() -> None:
    styles = f'<styleSheet {WORKBOOK_NAMESPACES}><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    members = {
        "xl/styles.xml": styles,
        "xl/_rels/workbook.xml.rels": relate(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")
        ),
    }
    sheet = "<sheetData><row><c><v>0</v></c><c><v>2958000</v></c></row></sheetData>"
    content = build_xlsx(sheet, workbook='<workbookPr date1904="1"/>', members=members)
    assert list_texts(content) == ["Fees", "1904-01-01", "2958000"]


def test_a_text_box_that_is_saved_in_two_ways_is_read_once() -> None:
    box = "<xdr:sp><a:p><a:r><a:t>Paid</a:t></a:r></a:p></xdr:sp>"
    choices = f'<mc:Choice Requires="a14">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
    drawing = f"<xdr:wsDr {NAMESPACES}><mc:AlternateContent>{choices}</mc:AlternateContent></xdr:wsDr>"
    content = build_xlsx("<sheetData/>", ("drawing", "../d.xml"), members={"xl/d.xml": drawing})
    assert list_texts(content) == ["Fees", "Paid"]


def test_two_sheets_of_one_name_are_damage() -> None:
    sheets = '<sheets><sheet name="A" r:id="rId1"/><sheet name="A" r:id="rId1"/></sheets>'
    members = {"xl/workbook.xml": f"<workbook {WORKBOOK_NAMESPACES}>{sheets}</workbook>"}
    table = '<table:table table:name="A"/>'
    for content in (
        build_xlsx("<sheetData/>", members=members),
        build_opendocument("spreadsheet", table * 2),
    ):
        with pytest.raises(UnreadDocument) as caught:
            list_texts(content)
        assert caught.value.reason is Reason.DAMAGED


def test_a_binary_workbook_is_no_workbook_without_text() -> None:
    types = (
        f'<Types xmlns="{OPEN_XML}/package/2006/content-types"><Override PartName="/xl/workbook.xml"'
        ' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    content = build_office("xl/workbook.xml", {"[Content_Types].xml": types, "xl/workbook.xml": b"\x83\x01"})
    with pytest.raises(UnreadDocument) as caught:
        list_texts(content)
    assert caught.value.reason is Reason.UNKNOWN_FORMAT


def test_names_messages_and_choices_of_an_opendocument_sheet_are_read() -> None:
    rule = (
        '<table:content-validation table:name="v" table:base-cell-address="Fees.B2"'
        ' table:condition=\'of:cell-content-is-in-list("Yes";"No")\'>'
        "<table:help-message><text:p>Pick one</text:p></table:help-message></table:content-validation>"
    )
    names = '<table:named-expression table:name="Rate" table:expression="of:=0.19"/>'
    body = (
        f"<table:content-validations>{rule}</table:content-validations>"
        f'<table:table table:name="Fees"/><table:named-expressions>{names}</table:named-expressions>'
    )
    assert list_texts(build_opendocument("spreadsheet", body)) == ["Fees", "0.19", "Yes;No", "Pick one"]


def test_a_comment_without_author_is_the_same_after_libreoffice_has_named_one() -> None:
    """It writes a placeholder where the file has no author, in the language of its menus."""
    passages = [
        find_passage(
            build_xlsx(
                "<sheetData/>", ("comments", "../notes.xml"),
                members={"xl/notes.xml": NOTES.replace("Bo", author, 1)},
            ),
            "A note",
        )
        for author in ("", "Unknown Author", "Unbekannter Autor")
    ]  # fmt: skip
    assert {each.place.name for each in passages} == {""}
