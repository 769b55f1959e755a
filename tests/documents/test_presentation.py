"""What a reader of a presentation sees."""

from __future__ import annotations

from documents.passages import Area
from tests.documents.packages import NAMESPACES, build_pptx, find_passage, list_texts, relate, write_shape

TITLE = '<p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'


def test_a_title_has_its_slide_and_area() -> None:
    place = find_passage(build_pptx(write_shape("Fees", TITLE)), "Fees").place
    assert (place.area, place.slide) == (Area.TITLE, 1)


def test_the_number_of_a_slide_is_no_text() -> None:
    number = TITLE.replace("title", "sldNum")
    assert list_texts(build_pptx(write_shape("7", number))) == []


def test_shapes_in_groups_and_tables_are_read() -> None:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>Cell</a:t></a:r></a:p></a:txBody></a:tc>"
    table = f"<p:graphicFrame><a:tbl><a:tr>{cell}</a:tr></a:tbl></p:graphicFrame>"
    group = f"<p:grpSp><p:grpSp>{write_shape('Deep')}</p:grpSp>{table}</p:grpSp>"
    assert list_texts(build_pptx(group)) == ["Deep", "Cell"]


def test_an_alternative_that_says_something_else_is_read_too() -> None:
    choices = f"<mc:Choice>{write_shape('one')}</mc:Choice><mc:Fallback>{write_shape('two')}</mc:Fallback>"
    assert list_texts(build_pptx(f"<mc:AlternateContent>{choices}</mc:AlternateContent>")) == ["one", "two"]


def test_the_address_of_a_shape_and_of_a_picture_is_read() -> None:
    link = '<p:nvPicPr><p:cNvPr id="1" name="x"><a:hlinkClick r:id="out"/></p:cNvPr></p:nvPicPr>'
    relations = relate(external=("hyperlink", "https://a.example"))
    content = build_pptx(f"<p:pic>{link}</p:pic>", members={"ppt/slides/_rels/slide1.xml.rels": relations})
    assert list_texts(content) == ["[link: https://a.example]"]


def test_comments_and_replies_of_both_kinds_are_read_with_their_authors() -> None:
    old = f'<p:cmLst {NAMESPACES}><p:cm authorId="0"><p:text>Old</p:text></p:cm></p:cmLst>'
    body = "<p188:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p188:txBody>"
    reply = f'<p188:reply authorId="{{c}}">{body.format(text="Because.")}</p188:reply>'
    new = (
        f'<p188:cmLst {NAMESPACES}><p188:cm authorId="{{b}}"><p188:replyLst>{reply}</p188:replyLst>'
        f"{body.format(text='Why?')}</p188:cm></p188:cmLst>"
    )
    people = f'<p:cmAuthorLst {NAMESPACES}><p:cmAuthor id="0" name="Ann"/></p:cmAuthorLst>'
    authors = (
        f'<p188:authorLst {NAMESPACES}><p188:author id="{{b}}" name="Bo"/><p188:author id="{{c}}" name="Cy"/>'
        "</p188:authorLst>"
    )
    content = build_pptx(
        "", ("comments", "../c1.xml"), ("comments", "../c2.xml"),
        members={
            "ppt/c1.xml": old, "ppt/c2.xml": new, "ppt/people.xml": people, "ppt/authors.xml": authors,
            "ppt/_rels/presentation.xml.rels": relate(
                ("slide", "slides/slide1.xml"), ("commentAuthors", "people.xml"), ("authors", "authors.xml")),
        },
    )  # fmt: skip
    assert list_texts(content) == ["Old", "Why?", "Because."]
    names = [find_passage(content, text).place.name for text in ("Old", "Why?", "Because.")]
    assert names == ["Ann", "Bo", "Cy"]


def test_text_of_a_layout_is_read_without_its_placeholders() -> None:
    layout = f"<p:sldMaster {NAMESPACES}><p:cSld><p:spTree>{write_shape('Acme')}{write_shape('Click', TITLE)}"
    members = {
        "ppt/master.xml": f"{layout}</p:spTree></p:cSld></p:sldMaster>",
        "ppt/_rels/presentation.xml.rels": relate(
            ("slide", "slides/slide1.xml"), ("slideMaster", "master.xml")
        ),
    }
    assert list_texts(build_pptx(write_shape("x"), members=members)) == ["x", "Acme"]
