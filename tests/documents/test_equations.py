"""Equations and formulas in texts."""

from __future__ import annotations

import pytest

from tests.documents.packages import (
    build_docx,
    build_opendocument,
    build_pptx,
    list_texts,
)

MATH = "http://www.w3.org/1998/Math/MathML"


def write(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def write_fraction(first: str, second: str, kind: str = "") -> str:
    properties = f'<m:fPr><m:type m:val="{kind}"/></m:fPr>' if kind else ""
    return f"<m:f>{properties}<m:num>{first}</m:num><m:den>{second}</m:den></m:f>"


def write_sum(sign: str) -> str:
    properties = f'<m:naryPr><m:chr m:val="{sign}"/></m:naryPr>' if sign else ""
    return (
        f"<m:nary>{properties}<m:sub>{write('i=1')}</m:sub><m:sup>{write('n')}</m:sup>"
        f"<m:e>{write('x')}</m:e></m:nary>"
    )


def write_delimiters(properties: str, *texts: str) -> str:
    return f"<m:d><m:dPr>{properties}</m:dPr>{''.join(f'<m:e>{write(text)}</m:e>' for text in texts)}</m:d>"


ONE, TWO, SUM = write("1"), write("2"), write("a+b")
EXPONENT = f"<m:sSup><m:e>{write('x')}</m:e><m:sup>{TWO}</m:sup></m:sSup>"
EQUATIONS = [
    (ONE + TWO, "12"),
    (write_fraction(ONE, TWO), "1/2"),
    (write_fraction(ONE, TWO, "noBar"), "1¦2"),
    (write_fraction(SUM, TWO), "(a+b)/2"),
    (write_fraction(write_fraction(ONE, TWO), TWO), "(1/2)/2"),
    (EXPONENT, "x^2"),
    (EXPONENT.replace("sSup", "sSub").replace("m:sup", "m:sub"), "x_2"),
    (f"<m:sSubSup><m:e>{SUM}</m:e><m:sub>{ONE}</m:sub><m:sup>{TWO}</m:sup></m:sSubSup>", "(a+b)_1^2"),
    (f"<m:rad><m:radPr><m:degHide/></m:radPr><m:deg/><m:e>{SUM}</m:e></m:rad>", "√(a+b)"),
    (f"<m:rad><m:deg>{write('3')}</m:deg><m:e>{SUM}</m:e></m:rad>", "[3]√(a+b)"),
    (write_sum("∑"), "∑_(i=1)^n x"),
    (write_sum("∏"), "∏_(i=1)^n x"),
    (write_sum(""), "∫_(i=1)^n x"),
    (write_delimiters("", "a", "b"), "(a|b)"),
    (write_delimiters('<m:begChr m:val="["/><m:endChr m:val=""/>', "a"), "[a"),
    (f"<m:func><m:fName>{write('sin')}</m:fName><m:e>{write('x')}</m:e></m:func>", "sin x"),
    (f"<m:acc><m:accPr><m:chr m:val='~'/></m:accPr><m:e>{write('x')}</m:e></m:acc>", "x~"),
    (f"<m:limLow><m:e>{write('lim')}</m:e><m:lim>{write('n→0')}</m:lim></m:limLow>", "lim_(n→0)"),
    (f"<m:m><m:mr><m:e>{ONE}</m:e><m:e>{TWO}</m:e></m:mr><m:mr><m:e>{TWO}</m:e></m:mr></m:m>", "[1, 2; 2]"),
    (f"<m:eqArr><m:e>{ONE}</m:e><m:e>{TWO}</m:e></m:eqArr>", "1; 2"),
    (f"<m:box><m:e>{ONE}</m:e></m:box>", "1"),
]


@pytest.mark.parametrize(("equation", "text"), EQUATIONS)
def test_an_equation_is_read_with_its_signs_and_structure(equation: str, text: str) -> None:
    assert list_texts(build_docx(f"<w:p><m:oMath>{equation}</m:oMath></w:p>")) == [text]
    shape = f"<p:sp><p:txBody><a:p><m:oMath>{equation}</m:oMath></a:p></p:txBody></p:sp>"
    assert list_texts(build_pptx(shape)) == [text]


def test_an_equation_of_many_levels_is_read() -> None:
    depth = 200
    content = f"{'<m:f><m:num>' * depth}{ONE}{f'</m:num><m:den>{TWO}</m:den></m:f>' * depth}"
    shape = f"<p:sp><p:txBody><a:p><m:oMath>{content}</m:oMath></a:p></p:txBody></p:sp>"
    [text] = list_texts(build_pptx(shape))
    assert text.endswith("/2)/2")


def test_a_tracked_change_in_an_equation_is_marked() -> None:
    content = write_fraction(f"<w:ins>{ONE}</w:ins>", TWO)
    assert list_texts(build_docx(f"<w:p><m:oMath>{content}</m:oMath></w:p>")) == ["[inserted: 1]/2"]


X, SMALL = "<mi>x</mi>", "<mn>2</mn>"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (f"{X}<mo>+</mo>{SMALL}", "x + 2"),
        (f"<mfrac>{X}{SMALL}</mfrac>", "x / 2"),
        (f"<mfrac><mrow>{X}<mo>+</mo>{SMALL}</mrow>{SMALL}</mfrac>", "( x + 2 ) / 2"),
        (f"<msup>{X}{SMALL}</msup>", "x ^ 2"),
        (f"<munderover><mo>∑</mo>{X}{SMALL}</munderover>", "∑ _ x ^ 2"),
        (f"<msqrt>{X}{SMALL}</msqrt>", "√ ( x 2 )"),
        (f"<mtable><mtr><mtd>{X}</mtd><mtd>{X}</mtd></mtr><mtr><mtd>{X}</mtd></mtr></mtable>", "x , x ; x"),
        (f"<semantics><mrow>{X}</mrow><annotation>x</annotation></semantics>", "x"),
    ],
)  # fmt: skip
def test_an_equation_of_an_opendocument_text_is_read_with_its_structure(equation: str, text: str) -> None:
    frame = '<text:p><draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></text:p>'
    members = {"Object 1/content.xml": f'<math xmlns="{MATH}">{equation}</math>'}
    assert list_texts(build_opendocument("text", frame, members=members)) == [text]


@pytest.mark.parametrize("field", ["simple", "complex"])
def test_the_formula_of_a_field_is_text(field: str) -> None:
    def build(formula: str) -> bytes:
        value = "<w:r><w:t>300</w:t></w:r>"
        parts = {
            "simple": f'<w:fldSimple w:instr="{formula}">{value}</w:fldSimple>',
            "complex": (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                f"<w:r><w:instrText>{formula}</w:instrText></w:r>"
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{value}'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            ),
        }
        return build_docx(f"<w:p>{parts[field]}</w:p>")

    assert list_texts(build(" = SUM(ABOVE) ")) == ["300 [formula: SUM(ABOVE)]"]
    assert list_texts(build(r" =A1*B1 \# 0.00 \* MERGEFORMAT ")) == [r"300 [formula: A1*B1 \# 0.00]"]
    assert list_texts(build(" MERGEFIELD =x ")) == ["300"]


def test_the_formula_of_a_field_of_an_opendocument_text_is_text() -> None:
    def build(formula: str, value: str) -> bytes:
        field = f"<text:p>Fee <text:expression text:formula='{formula}'>{value}</text:expression></text:p>"
        return build_opendocument("text", field)

    assert list_texts(build("ooow:2*150", "300")) == ["Fee 300 [formula: 2*150]"]
    assert list_texts(build("ooow:300", "300")) == ["Fee 300"]
    assert list_texts(build('ooow:"due"', "due")) == ["Fee due"]


def test_the_formula_of_a_cell_of_an_opendocument_text_is_text() -> None:
    cell = '<table:table-cell table:formula="ooow:sum &lt;A1:A2&gt;"><text:p>300</text:p></table:table-cell>'
    table = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
    assert list_texts(build_opendocument("text", table)) == ["300", "[formula: sum <A1:A2>]"]
