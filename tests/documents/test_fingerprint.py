"""What proves that two files say the same: all but emphasis, alignment, and what a save leaves behind."""

from __future__ import annotations

import pytest

from documents.encoding import encode_text
from documents.fingerprint import compute_fingerprint
from documents.package import Package
from documents.passages import DocumentText
from tests.documents.packages import (
    NAMESPACES,
    OPEN_DOCUMENT,
    OPEN_DOCUMENT_NAMESPACES,
    OPEN_XML,
    build_docx,
    build_opendocument,
    build_pptx,
    build_xlsx,
    relate,
    write_rows,
)

CORE, APP = "docProps/core.xml", "docProps/app.xml"
DATA, COMMENTS = "word/item1.xml", "word/comments.xml"
CORE_TAGS = (
    "dc:title",
    "dc:subject",
    "dc:creator",
    "dc:description",
    "cp:keywords",
    "cp:category",
    "cp:contentStatus",
)
WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"
WHOLE = "<w:p><w:r><w:t>The fee is EUR 100.</w:t></w:r></w:p>"


def write_words(properties: str, *, of_paragraph: str = "") -> str:
    """Return the paragraph with one word in these properties, as an editor cuts it into runs."""
    paragraph = f"<w:pPr>{of_paragraph}</w:pPr>" if of_paragraph else ""
    word = f"<w:r><w:rPr>{properties}</w:rPr><w:t>fee</w:t></w:r>"
    before = '<w:r><w:t xml:space="preserve">The </w:t></w:r>'
    return f"<w:p>{paragraph}{before}{word}<w:r><w:t> is EUR 100.</w:t></w:r></w:p>"


def fingerprint(body: str = WHOLE, **others: str) -> str:
    """Return that of a document; `others` are the parts `core` and, in `word/`, `vba` and `styles`."""
    names = {"core": CORE, "vba": "word/vba.xml", "styles": "word/styles.xml"}
    return compute(build_docx(body, others={names[name]: content for name, content in others.items()}))


def compute(content: bytes, document_format: str = "docx") -> str:
    return compute_fingerprint(Package(content), document_format)


def write_core(*same: str, **values: str) -> str:
    """Return core properties by their tags; those in `same` have a value of each save."""
    children = {tag: f"{number}-{same}" for number, tag in enumerate(same)} | values
    written = "".join(f"<{tag}>{value}</{tag}>" for tag, value in children.items())
    return (
        f'<cp:coreProperties xmlns:cp="{OPEN_XML}/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"{written}</cp:coreProperties>"
    )


def write_app(number: int) -> str:
    """Return extended properties after a number of saves."""
    tags = ("TotalTime", "Application", "AppVersion", "Pages", "Words", "Characters", "Lines")
    counts = "".join(f"<{tag}>{number}</{tag}>" for tag in tags)
    return f'<Properties xmlns="{OPEN_XML}/officeDocument/2006/extended-properties">{counts}</Properties>'


def write_meta(start: str, value: str) -> str:
    """Return the metadata of OpenDocument with one element, by its start tag."""
    element = f"<{start}>{value}</{start.split(maxsplit=1)[0]}>"
    names = f'{OPEN_DOCUMENT_NAMESPACES} xmlns:meta="{OPEN_DOCUMENT}:meta:1.0"'
    return f"<office:document-meta {names}><office:meta>{element}</office:meta></office:document-meta>"


def write_field(*instruction: str) -> str:
    """Return a paragraph with a field of Word, its instruction in pieces."""
    pieces = "".join(f"<w:instrText>{each}</w:instrText>" for each in instruction)
    start, end = (f'<w:fldChar w:fldCharType="{each}"/>' for each in ("begin", "end"))
    return f"<w:p><w:r>{start}{pieces}{end}</w:r></w:p>"


def write_comments(*numbers: str) -> str:
    """Return two comments by the numbers by which other parts refer to their paragraphs."""
    paragraphs = "".join(f'<w:comment><w:p w14:paraId="{each}"/></w:comment>' for each in numbers)
    return f'<w:comments {NAMESPACES} xmlns:w14="{WORD_2010}">{paragraphs}</w:comments>'


BOUND = (
    '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr>'
    "<w:sdtContent><w:p><w:r><w:t>Draft</w:t></w:r></w:p></w:sdtContent></w:sdt>"
)
OTHER_SAVE = write_core("cp:revision", "cp:lastModifiedBy", "dcterms:modified")


@pytest.mark.parametrize(
    "body",
    [
        write_words("<w:b/>"),
        write_words('<w:i/><w:u w:val="single"/><w:lang w:val="de-DE"/>'),
        write_words("", of_paragraph='<w:jc w:val="center"/><w:keepNext/>'),
        WHOLE.replace("<w:p>", '<w:p w:rsidR="00A1" w:rsidRDefault="00B2">'),
        WHOLE.replace("<w:p>", f'<w:p xmlns:w14="{WORD_2010}" w14:paraId="7">'),
        WHOLE.replace("<w:r>", '<w:proofErr w:type="spellStart"/><w:r>'),
    ],
)
def test_emphasis_alignment_and_marks_of_a_save_do_not_count(body: str) -> None:
    assert fingerprint(body) == fingerprint()


@pytest.mark.parametrize(
    "properties",
    [
        "<w:strike/>",
        "<w:vanish/>",
        "<w:caps/>",
        '<w:color w:val="FFFFFF"/>',
        '<w:sz w:val="2"/>',
        '<w:rFonts w:ascii="Wingdings"/>',
        '<w:spacing w:val="-2000"/>',
        '<w:highlight w:val="black"/>',
        "<w:unknownLook/>",
    ],
)
def test_looks_that_can_hide_or_change_words_count(properties: str) -> None:
    assert fingerprint(write_words(properties)) != fingerprint()


@pytest.mark.parametrize(
    "body",
    [
        WHOLE.replace("100", "101"),
        WHOLE + "<w:p/>",
        WHOLE.replace("<w:p>", '<w:p><w:pPr><w:ind w:left="-20000"/></w:pPr>'),
        WHOLE.replace("<w:t>", "<w:br/><w:t>"),
        WHOLE.replace("</w:p>", "<w:r><w:drawing/></w:r></w:p>"),
    ],
)
def test_all_else_in_a_document_counts(body: str) -> None:
    assert fingerprint(body) != fingerprint()


def test_what_each_save_changes_does_not_count_and_every_other_property_does() -> None:
    body, tags = WHOLE + write_field("PAGE"), ["cp:revision", "cp:lastModifiedBy", "dcterms:modified"]
    first, *others = (
        compute(build_docx(body, others={CORE: write_core(*each), APP: write_app(number)}))
        for number, each in enumerate([[], tags, tags[::-1]])
    )
    assert {*others} == {first}
    for tag in (*CORE_TAGS, "cp:unknown"):
        assert fingerprint(core=write_core(**{tag: "a"})) != fingerprint(core=write_core(**{tag: "b"})), tag
    assert fingerprint(core="<html>Ann</html>") != fingerprint(core="<html>Bob</html>")


@pytest.mark.parametrize(
    ("shows", "part", "states"),
    [
        (BOUND, CORE, [write_core(**{"cp:contentStatus": each}) for each in ("Draft", "Approved")]),
        (BOUND, CORE, [write_core(**{"cp:lastModifiedBy": each}) for each in ("Ann", "Bob")]),
        (BOUND, "customXml/item1.xml", ["<a>Draft</a>", "<a>Approved</a>"]),
        (BOUND, DATA, [f"<a {NAMESPACES}><w:b>{each}</w:b></a>" for each in ("Draft", "Approved")]),
        (write_field("SAVEDATE"), CORE, [write_core(**{"dcterms:modified": each}) for each in "12"]),
        (write_field("DOCP", "ROPERTY Words"), APP, [write_app(1), write_app(2)]),
        ('<w:p><w:fldSimple w:instr="numpages"/></w:p>', APP, [write_app(1), write_app(2)]),
        (write_field(""), APP, [write_app(1), write_app(2)]),
        ("", "docProps/custom.xml", ["<a>Draft</a>", "<a>Approved</a>"]),
        ("", "word/charts/chart1.xml", [f"<c:v {NAMESPACES}>{each}</c:v>" for each in "12"]),
        ("", "word/embeddings/book.xlsx", ["Draft", "Approved"]),
        ("", "word/_rels/settings.xml.rels", [relate(("a", each)) for each in ("b.xml", "c.xml")]),
        ("", COMMENTS, [write_comments("1", "2"), write_comments("2", "1")]),
    ],
)
def test_what_another_part_can_refer_to_counts(shows: str, part: str, states: list[str]) -> None:
    related = {"word/_rels/document.xml.rels": relate(("customXml", "item1.xml"))}
    first, second = (compute(build_docx(WHOLE + shows, others=related | {part: each})) for each in states)
    assert first != second


def test_charts_of_presentations_and_workbooks_count_and_who_saved_them_does_not() -> None:
    for make, folder in ((build_pptx, "ppt"), (build_xlsx, "xl")):
        document_format = {"ppt": "pptx", "xl": "xlsx"}[folder]
        for part, values in ((f"{folder}/charts/chart1.xml", "12"), (CORE, [write_core(), OTHER_SAVE])):
            first, second = (compute(make("", members={part: each}), document_format) for each in values)
            assert (first == second) is (part == CORE)


def test_of_opendocument_what_each_save_changes_does_not_count_unless_it_is_shown() -> None:
    title = "<text:title>Fee</text:title>"
    status = '<text:user-defined text:name="Status">Draft</text:user-defined>'
    cases = [
        (title, "dc:title", True),
        (status, 'meta:user-defined meta:name="Status"', True),
        ("", "meta:initial-creator", True),
        ("", "meta:creation-date", True),
        (title, "dc:date", False),
        (title, "meta:editing-cycles", False),
        (title, "meta:generator", False),
        ("<text:modification-date/>", "dc:date", True),
        ("<text:creator/>", "dc:creator", True),
        ("<text:editing-cycles/>", "meta:editing-cycles", True),
        ("<text:word-count/>", "meta:document-statistic", True),
        ('<text:hidden-text text:condition="WORD"/>', "meta:document-statistic", True),
    ]
    for body, start, counts in cases:
        first, second = (
            compute(build_opendocument("text", body, members={"meta.xml": write_meta(start, each)}), "odt")
            for each in ("1", "2")
        )
        assert (first != second) is counts, start


def test_a_fingerprint_of_another_kind_is_of_another_form_of_stored_texts() -> None:
    """Where this fails, `_FORM` in `documents.encoding` needs its next number: stored ones prove nothing."""
    text = encode_text(DocumentText("docx", ()))
    body = write_words("<w:b/><w:strike/>") + write_field("PAGE")
    core = write_core("cp:revision", **{"dc:title": "Fee"})

    assert (text[:6], fingerprint(body, core=core)[:16]) == (b"text 4", "7fc16f8fa104926f")


def test_a_part_that_only_has_the_name_of_xml_counts_by_its_bytes() -> None:
    assert fingerprint(vba="no XML") != fingerprint(vba="no XML!")


def test_emphasis_in_styles_does_not_count_and_other_looks_do() -> None:
    style = '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:styles>'
    plain, bold, hidden = (
        fingerprint(styles=style.format(f"<w:style><w:rPr>{look}</w:rPr></w:style>"))
        for look in ("", "<w:b/>", "<w:vanish/>")
    )

    assert plain == bold
    assert plain != hidden


def test_of_a_workbook_each_byte_counts() -> None:
    first, second = (compute(build_xlsx(write_rows((value,))), "xlsx") for value in ("EUR 100", "EUR 101"))

    assert first != second
