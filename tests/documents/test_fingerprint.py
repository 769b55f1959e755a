"""What proves that two files say the same: all but emphasis, alignment, and what a save leaves behind."""

from __future__ import annotations

import pytest

from documents.fingerprint import compute_fingerprint
from documents.package import Package
from tests.documents.packages import build_docx, build_xlsx, write_rows

PROPERTIES = "docProps/core.xml"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
    "{}</cp:coreProperties>"
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
    names = {"core": PROPERTIES, "vba": "word/vba.xml", "styles": "word/styles.xml"}
    parts = {names[name]: content for name, content in others.items()}
    return compute_fingerprint(Package(build_docx(body, others=parts)))


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


def test_who_saved_it_and_when_does_not_count() -> None:
    assert fingerprint(core=CORE.format("Ann")) == fingerprint(core=CORE.format("Bob"))


def test_a_part_that_only_has_the_name_of_properties_counts() -> None:
    assert fingerprint(core="<html>Ann</html>") != fingerprint(core="<html>Bob</html>")


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
    first, second = (
        compute_fingerprint(Package(build_xlsx(write_rows((value,))))) for value in ("EUR 100", "EUR 101")
    )

    assert first != second
