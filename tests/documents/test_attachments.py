"""What a package holds besides text, and what it takes from elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.attachments import find_attachments
from documents.comparison.comparison import compare_documents
from documents.errors import Reason, UnreadDocument
from documents.formats import read_document
from documents.package import Package
from documents.passages import AttachmentKind
from tests.documents.packages import (
    OFFICE_RELATIONS,
    STRICT,
    WORKBOOK_NAMESPACES,
    build_docx,
    build_opendocument,
    build_xlsx,
    read,
    relate,
    write_paragraph,
    write_rows,
    zip_members,
)

TEXT = write_paragraph("The fee is EUR 100.")
NO_LINK = {
    "attachedTemplate",
    "oleObject",
    "image",
    "frame",
    "subDocument",
    "hyperlinkBase",
    "mailMergeSource",
}
ADDRESS = "https://a.example/x"
OTHER = "https://b.example/x"


def compare(before: bytes, after: bytes) -> tuple[str, str | None]:
    """Return the state and the reason of a comparison."""
    comparison = compare_documents(read(before), read(after))
    return comparison.state, comparison.reason


def attach_template(address: str) -> bytes:
    """Return a Word document that takes its template from an address."""
    settings = {"word/_rels/settings.xml.rels": relate(external=("attachedTemplate", address))}
    return build_docx(
        TEXT, ("settings", "settings.xml"), parts={"settings": "<w:settings></w:settings>"}, others=settings
    )


def link_workbook(address: str, *, content: str = "") -> bytes:
    """Return a workbook with another one that no sheet names."""
    return build_xlsx(
        write_rows(("100",)),
        ("externalLink", "/xl/externalLinks/externalLink1.xml"),
        members={
            "xl/externalLinks/externalLink1.xml": (
                f"<externalLink {WORKBOOK_NAMESPACES}>{content}</externalLink>"
            ),
            "xl/externalLinks/_rels/externalLink1.xml.rels": relate(external=("externalLinkPath", address)),
        },
    )


def exchange_data(topic: str, value: str = "1") -> bytes:
    """Return a workbook that asks a program for data, with the value that it gave last."""
    values = f"<ddeItems><ddeItem><values><value><val>{value}</val></value></values></ddeItem></ddeItems>"
    link = f'<ddeLink ddeService="cmd" ddeTopic="{topic}">{values}</ddeLink>'
    return link_workbook(ADDRESS, content=link)


def connect(*, name: str, kind: str, content: str) -> bytes:
    """Return a workbook that gets data from elsewhere."""
    return build_xlsx(write_rows(("100",)), (kind, f"/{name}"), members={name: content})


def test_attachments_are_known_by_their_bytes_and_not_opened() -> None:
    members = {
        "word/media/a.png": "1",
        "word/vbaProject.bin": "2",
        "word/embeddings/b.docx": "3",
        "docProps/app.xml": "4",
    }
    kinds = [each.kind for each in find_attachments(Package(zip_members(members)))]
    assert kinds == [AttachmentKind.MACRO, AttachmentKind.OBJECT, AttachmentKind.PICTURE]


def test_another_template_from_elsewhere_is_another_object() -> None:
    assert compare(attach_template(ADDRESS), attach_template(OTHER)) == ("same_text", Reason.OBJECTS)
    assert compare(attach_template(ADDRESS), build_docx(TEXT)) == ("same_text", Reason.OBJECTS)


def test_the_same_template_from_elsewhere_is_the_same() -> None:
    assert compare(attach_template(ADDRESS), attach_template(ADDRESS)) == ("same_text", Reason.EMPHASIS)


@given(st.sampled_from(sorted(NO_LINK)), st.sampled_from([ADDRESS, OTHER, "x", "\\\\b\\x"]))
def test_what_is_taken_from_elsewhere_is_known_by_its_type_and_address(kind: str, address: str) -> None:
    document = build_docx(TEXT, external=(kind, address))
    relations = relate(external=(kind, address)).replace(
        OFFICE_RELATIONS, f"{STRICT}/officeDocument/relationships"
    )
    written_otherwise = build_docx(TEXT, others={"word/_rels/header9.xml.rels": relations})

    assert compare(document, written_otherwise) == ("same_text", Reason.FORMATTING)
    assert compare(document, build_docx(TEXT, external=(kind, f"{address}y"))) == (
        "same_text",
        Reason.OBJECTS,
    )
    assert compare(document, build_docx(TEXT, external=("control", address))) == ("same_text", Reason.OBJECTS)


def test_a_link_is_text_and_no_object() -> None:
    def link(address: str) -> bytes:
        text = '<w:p><w:hyperlink r:id="out"><w:r><w:t>Terms</w:t></w:r></w:hyperlink></w:p>'
        return build_docx(text, external=("hyperlink", address))

    assert read(link(ADDRESS)).attachments == ()
    comparison = compare_documents(read(link(ADDRESS)), read(link(OTHER)))
    assert (comparison.state, comparison.others) == ("compared", ())


def test_relations_that_are_damaged_are_damage() -> None:
    with pytest.raises(UnreadDocument) as caught:
        read(build_docx(TEXT, others={"word/_rels/settings.xml.rels": "<Relationships>"}))
    assert caught.value.reason is Reason.DAMAGED


def test_another_workbook_behind_a_link_is_another_object() -> None:
    assert compare(link_workbook(ADDRESS), link_workbook(OTHER)) == ("same_text", Reason.OBJECTS)
    assert compare(link_workbook(ADDRESS), link_workbook(ADDRESS)) == ("same_text", Reason.EMPHASIS)


def test_another_program_that_gives_data_is_another_object_and_other_data_are_not() -> None:
    assert compare(exchange_data("/c a"), exchange_data("/c b")) == ("same_text", Reason.OBJECTS)
    assert compare(exchange_data("/c a"), exchange_data("/c a", "2")) == ("same_text", Reason.FORMATTING)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("xl/connections.xml", "connections"),
        ("xl/connections.xml", "unknown"),
        ("xl/queryTables/queryTable1.xml", "queryTable"),
        ("xl/data/elsewhere.xml", "connections"),
    ],
)
def test_another_connection_is_another_object(name: str, kind: str) -> None:
    before = connect(name=name, kind=kind, content="<a/>")
    assert compare(before, connect(name=name, kind=kind, content="<b/>")) == ("same_text", Reason.OBJECTS)
    assert compare(before, connect(name=name, kind=kind, content="<a/>")) == ("same_text", Reason.EMPHASIS)


@pytest.mark.parametrize(
    "link",
    [
        '<draw:frame><draw:image xlink:href="{}"/></draw:frame>',
        '<draw:frame><draw:object xlink:href="{}"/></draw:frame>',
        '<draw:frame><draw:floating-frame xlink:href="{}"/></draw:frame>',
        '<text:section><text:section-source xlink:href="{}"/></text:section>',
        '<office:event-listeners><office:event-listener xlink:href="{}"/></office:event-listeners>',
        '<text:dde-connection-decl office:dde-application="soffice" office:dde-topic="{}"/>',
    ],
)
@pytest.mark.parametrize("other", [OTHER, "../x", "%2e%2e/x", "/x", "\\\\b\\x", "vnd.sun.star.script:x"])
def test_what_an_opendocument_file_takes_from_elsewhere_is_an_object(link: str, other: str) -> None:
    def build(address: str) -> bytes:
        return build_opendocument("text", f"<text:p>100</text:p>{link.format(address)}")

    assert compare(build(ADDRESS), build(other)) == ("same_text", Reason.OBJECTS)
    assert compare(build(other), build(other)) == ("same_text", Reason.EMPHASIS)
    assert compare(build(other), build_opendocument("text", "<text:p>100</text:p>")) == (
        "same_text", Reason.OBJECTS,
    )  # fmt: skip


def test_another_source_of_a_table_is_another_object() -> None:
    def build(address: str) -> bytes:
        source = f'<table:table-source xlink:href="{address}" table:table-name="A"/>'
        return build_opendocument("spreadsheet", f'<table:table table:name="Fees">{source}</table:table>')

    assert compare(build(ADDRESS), build(OTHER)) == ("same_text", Reason.OBJECTS)
    assert compare(build(ADDRESS), build(ADDRESS)) == ("same_text", Reason.EMPHASIS)


@pytest.mark.parametrize(
    "content",
    [
        '<draw:frame><draw:image xlink:href="Pictures/{}.png"/></draw:frame>',
        '<draw:frame><draw:object xlink:href="./Object {}"/></draw:frame>',
        '<draw:frame><draw:fill-image xlink:href="#{}:1"/></draw:frame>',
    ],
)
def test_places_in_an_opendocument_package_may_have_other_names(content: str) -> None:
    before, after = (
        build_opendocument("text", f"<text:p>100</text:p>{content.format(name)}") for name in ("1", "2")
    )
    assert compare(before, after) == ("same_text", Reason.FORMATTING)


def test_an_embedded_chart_that_refers_to_its_document_takes_nothing_from_elsewhere() -> None:
    members = {"Object 1/content.xml": '<x xmlns:l="http://www.w3.org/1999/xlink" l:href=".."/>'}
    content = build_opendocument("text", "<text:p>100</text:p>", members=members)
    assert read_document(content, "x.odt").attachments == ()


def test_a_member_that_is_only_named_like_relations_is_none() -> None:
    named_like_them = build_docx(TEXT, others={"word/media/note.rels": "no XML"})

    assert compare(named_like_them, named_like_them)[0] == "same_text"
