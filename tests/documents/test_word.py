"""What a reader of a Word document sees."""

from __future__ import annotations

import pytest

from documents.errors import Reason, UnreadDocument
from documents.passages import Area
from tests.documents.packages import (
    NAMESPACES,
    OPEN_XML,
    STRICT,
    build_docx,
    build_office,
    find_passage,
    list_texts,
    relate,
    write_paragraph,
)

BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
PAY = "<w:r><w:t>Pay 500</w:t></w:r>"


def write_field(instruction: str, value: str = "") -> str:
    return f"{BEGIN}<w:r><w:instrText> {instruction} </w:instrText></w:r>{value}{END}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<w:r><w:pict><v:textpath string="DRAFT 2"/></w:pict></w:r>', "DRAFT 2"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "\uf0fc"),
        ("<w:ruby><w:rt><w:t>b</w:t></w:rt><w:rubyBase><w:t>A</w:t></w:rubyBase></w:ruby>", "bA"),
        ("<m:oMath><m:r><m:t>x=5</m:t></m:r></m:oMath>", "x=5"),
        (f"<w:smartTag>{PAY}</w:smartTag>", "Pay 500"),
        (f"<w:sdt><w:sdtContent>{PAY}</w:sdtContent></w:sdt>", "Pay 500"),
        (write_field("MACROBUTTON NoMacro Pay 500"), "Pay 500"),
        (write_field("MERGEFIELD Fee", PAY), "Pay 500"),
        (write_field('HYPERLINK "https://a.example"', PAY), "Pay 500 [link: https://a.example]"),
        (f'<w:fldSimple w:instr="HYPERLINK https://a.example">{PAY}</w:fldSimple>', "Pay 500 [link: https://a.example]"),
        (write_field(r'INCLUDETEXT "c:\\a.docx"', PAY), r'Pay 500 [link: "c:\\a.docx"]'),
        (write_field(r'includepicture "http://a/b" \d', PAY), r'Pay 500 [link: "http://a/b" \d]'),
        (write_field('DDEAUTO cmd "/c a"', PAY), 'Pay 500 [link: cmd "/c a"]'),
        (f'<w:fldSimple w:instr="LINK Excel a.xlsx">{PAY}</w:fldSimple>', "Pay 500 [link: Excel a.xlsx]"),
        (write_field("LINKS a", PAY), "Pay 500"),
        (f"<w:del>{PAY.replace('w:t>', 'w:delText>')}</w:del>", "[deleted: Pay 500]"),
        (f"<w:ins>{PAY}</w:ins>", "[inserted: Pay 500]"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>", "[hidden: secret]"),
    ],
)  # fmt: skip
def test_text_of_a_paragraph(content: str, text: str) -> None:
    assert list_texts(build_docx(f"<w:p>{content}</w:p>")) == [text]


def test_the_number_of_a_page_is_no_text() -> None:
    assert list_texts(build_docx(f"<w:p>{write_field('PAGE', PAY)}</w:p>")) == []


def test_a_date_whose_field_is_locked_is_text() -> None:
    field = write_field("DATE", PAY).replace('"begin"', '"begin" w:fldLock="true"')
    assert list_texts(build_docx(f"<w:p>{field}</w:p>")) == ["Pay 500"]


def test_a_field_that_is_never_closed_hides_no_text() -> None:
    field = write_field("PAGE", PAY).replace(END, "")
    assert list_texts(build_docx(f"<w:p>{field}</w:p>")) == ["Pay 500"]


def test_the_choice_of_a_list_of_an_old_form_is_text() -> None:
    form = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Yes"/><w:listEntry w:val="No"/></w:ddList>'
    field = BEGIN.replace("/></w:r>", f"><w:ffData>{form}</w:ffData></w:fldChar></w:r>")
    assert list_texts(build_docx(f"<w:p>{field}{END}</w:p>")) == ["No"]


def test_a_formula_between_paragraphs_is_text() -> None:
    body = "<m:oMathPara><m:oMath><m:r><m:t>x=5</m:t></m:r></m:oMath></m:oMathPara>"
    assert list_texts(build_docx(body)) == ["x=5"]


@pytest.mark.parametrize(("fallback", "texts"), [("one", ["one"]), ("two", ["one", "two"])])
def test_alternatives_that_say_the_same_are_read_once(fallback: str, texts: list[str]) -> None:
    body = (
        f'<mc:AlternateContent><mc:Choice Requires="x">{write_paragraph("one")}</mc:Choice>'
        f"<mc:Fallback>{write_paragraph(fallback)}</mc:Fallback></mc:AlternateContent>"
    )
    assert list_texts(build_docx(body)) == texts


def test_a_table_in_a_text_box_in_a_table_is_read() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{write_paragraph('deep')}</w:tc></w:tr></w:tbl>"
    box = f"<w:p><w:r><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></w:r></w:p>"
    outer = f"<w:tbl><w:tr><w:tc>{box}</w:tc></w:tr></w:tbl>"
    assert list_texts(build_docx(outer)) == ["deep"]


@pytest.mark.parametrize(("change", "mark"), [("cellIns", "inserted"), ("cellDel", "deleted")])
def test_a_cell_that_is_a_tracked_change_is_marked(change: str, mark: str) -> None:
    cell = f"<w:tc><w:tcPr><w:{change}/></w:tcPr>{write_paragraph('Fee')}</w:tc>"
    assert list_texts(build_docx(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")) == [f"[{mark}: Fee]"]


def test_rows_and_cells_in_content_controls_have_their_places() -> None:
    cell = f"<w:sdt><w:sdtContent><w:tc>{write_paragraph('Fee')}</w:tc></w:sdtContent></w:sdt>"
    row = f"<w:sdt><w:sdtContent><w:tr><w:tc/>{cell}</w:tr></w:sdtContent></w:sdt>"
    place = find_passage(build_docx(f"<w:tbl>{row}</w:tbl>"), "Fee").place
    assert (place.area, place.row, place.column) == (Area.TABLE, 1, 2)


def test_replies_to_comments_are_read_with_their_authors() -> None:
    comments = (
        f'<w:comments><w:comment w:id="0" w:author="Bo">{write_paragraph("Why?")}</w:comment>'
        f'<w:comment w:id="1" w:author="Cy">{write_paragraph("Because.")}</w:comment></w:comments>'
    )
    body = '<w:p><w:r><w:t>x</w:t><w:commentReference w:id="0"/></w:r></w:p>'
    content = build_docx(body, ("comments", "comments.xml"), parts={"comments": comments})
    assert list_texts(content) == ["x", "Why?", "Because."]
    assert find_passage(content, "Because").place.name == "Cy"


def build_headers(first: str, last: str) -> bytes:
    section = f'<w:sectPr><w:headerReference w:type="first" r:id="rId1"/>{first}</w:sectPr>'
    body = f"<w:p><w:pPr>{section}</w:pPr></w:p>{write_paragraph('x')}<w:sectPr>{last}</w:sectPr>"
    return build_docx(
        body, ("header", "head%20er.xml"), parts={"head%20er": f"<w:hdr>{write_paragraph('Head')}</w:hdr>"}
    )


@pytest.mark.parametrize(
    ("first", "last", "texts"),
    [("<w:titlePg/>", "", ["x", "Head"]), ("", "<w:titlePg/>", ["x", "Head"]), ("", "", ["x"])],
)
def test_a_section_shows_the_header_of_the_section_before(first: str, last: str, texts: list[str]) -> None:
    assert list_texts(build_headers(first, last)) == texts


def test_the_address_of_a_picture_is_read() -> None:
    picture = '<wp:docPr id="1"><a:hlinkClick r:id="out"/></wp:docPr>'
    content = build_docx(
        f"<w:p><w:r><w:drawing>{picture}</w:drawing></w:r></w:p>", external=("hyperlink", "https://a.example")
    )
    assert list_texts(content) == ["[link: https://a.example]"]


def test_a_chart_is_read_by_title_and_points_with_their_categories() -> None:
    def write_points(tag: str, *points: tuple[int, str]) -> str:
        rows = "".join(f'<c:pt idx="{index}"><c:v>{text}</c:v></c:pt>' for index, text in points)
        return f"<c:{tag}><c:strCache>{rows}</c:strCache></c:{tag}>"

    chart = (
        f"<c:chartSpace><c:title>{write_points('tx', (0, 'Fees'))}</c:title>"
        f"<c:ser>{write_points('tx', (0, '2026'))}"
        f"{write_points('cat', (0, 'May'), (1, 'June'))}{write_points('val', (1, '7'))}"
        f"{write_points('bubbleSize', (1, '9'))}</c:ser></c:chartSpace>"
    )
    body = '<w:p><w:r><w:drawing><c:chart r:id="rId1"/></w:drawing></w:r></w:p>'
    content = build_docx(body, ("chart", "chart.xml"), parts={"chart": chart})
    assert list_texts(content) == ["Fees", "2026", "June: 7", "June: 9"]


def test_a_chart_of_office_2016_is_read() -> None:
    points = "<cx:strDim><cx:pt>May</cx:pt></cx:strDim><cx:numDim><cx:pt>7</cx:pt></cx:numDim>"
    chart = f"<cx:chartSpace>{points}</cx:chartSpace>"
    body = '<w:p><w:r><w:drawing><cx:chart r:id="rId1"/></w:drawing></w:r></w:p>'
    assert list_texts(build_docx(body, ("chartEx", "chart.xml"), parts={"chart": chart})) == ["May", "7"]


def test_a_part_that_no_relation_leads_to_is_no_text() -> None:
    hidden = f"<w:ftr>{write_paragraph('invisible')}</w:ftr>"
    assert list_texts(build_docx(write_paragraph("x"), parts={"footer9": hidden})) == ["x"]


def test_a_part_that_is_missing_is_damage() -> None:
    with pytest.raises(UnreadDocument) as caught:
        list_texts(build_docx(write_paragraph("x"), ("comments", "comments.xml")))
    assert caught.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    "target", ["/word/Comments.xml", "./comments.xml", "../word/comments.xml", "comments%2Exml"]
)
def test_a_relation_may_name_a_part_in_any_way(target: str) -> None:
    comments = f'<w:comments><w:comment w:id="0">{write_paragraph("Why?")}</w:comment></w:comments>'
    assert list_texts(
        build_docx(write_paragraph("x"), ("comments", target), parts={"comments": comments})
    ) == [
        "x",
        "Why?",
    ]


def test_a_strict_document_is_read_like_a_transitional_one() -> None:
    namespaces = NAMESPACES.replace(
        f"{OPEN_XML}/wordprocessingml/2006/main", f"{STRICT}/wordprocessingml/main"
    )
    document = f"<w:document {namespaces}><w:body>{write_paragraph('x')}</w:body></w:document>"
    strict = relate(("officeDocument", "word/document.xml")).replace(
        f"{OPEN_XML}/officeDocument/2006/relationships", f"{STRICT}/officeDocument/relationships"
    )
    content = build_office("word/document.xml", {"_rels/.rels": strict, "word/document.xml": document})
    assert list_texts(content) == ["x"]


def test_names_of_places_are_short_and_can_be_encoded() -> None:
    heading = f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>{"ü" * 9_000}</w:t></w:r></w:p>'
    assert len(find_passage(build_docx(heading + write_paragraph("Pay")), "Pay").place.heading) == 250
