"""Builds small packages of OOXML and OpenDocument in memory."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from documents.formats import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from documents.passages import DocumentText, Passage

OPEN_XML = "http://schemas.openxmlformats.org"
STRICT = "http://purl.oclc.org/ooxml"
OFFICE_RELATIONS = f"{OPEN_XML}/officeDocument/2006/relationships"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": f"{OPEN_XML}/wordprocessingml/2006/main",
        "p": f"{OPEN_XML}/presentationml/2006/main",
        "a": f"{OPEN_XML}/drawingml/2006/main",
        "c": f"{OPEN_XML}/drawingml/2006/chart",
        "m": f"{OPEN_XML}/officeDocument/2006/math",
        "r": OFFICE_RELATIONS,
        "mc": f"{OPEN_XML}/markup-compatibility/2006",
        "wp": f"{OPEN_XML}/drawingml/2006/wordprocessingDrawing",
        "xdr": f"{OPEN_XML}/drawingml/2006/spreadsheetDrawing",
        "dgm": f"{OPEN_XML}/drawingml/2006/diagram",
        "v": "urn:schemas-microsoft-com:vml",
        "cx": "http://schemas.microsoft.com/office/drawing/2014/chartex",
        "tc": "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments",
        "p188": "http://schemas.microsoft.com/office/powerpoint/2018/8/main",
        "x14": "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main",
        "xm": "http://schemas.microsoft.com/office/excel/2006/main",
    }.items()
)
WORKBOOK_NAMESPACES = f'xmlns="{OPEN_XML}/spreadsheetml/2006/main" {NAMESPACES}'
OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
OPEN_DOCUMENT_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        **{
            prefix: f"{OPEN_DOCUMENT}:{prefix}:1.0"
            for prefix in ("office", "text", "table", "style", "presentation", "form", "chart")
        },
        "draw": f"{OPEN_DOCUMENT}:drawing:1.0",
        "number": f"{OPEN_DOCUMENT}:datastyle:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
    }.items()
)
TYPE_START = "application/vnd.openxmlformats-officedocument"
MAIN_TYPES = {
    "word/document.xml": "wordprocessingml.document.main+xml",
    "xl/workbook.xml": "spreadsheetml.sheet.main+xml",
    "ppt/presentation.xml": "presentationml.presentation.main+xml",
}


def zip_members(members: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relate(*targets: tuple[str, str], external: tuple[str, str] = ("", "")) -> str:
    """Return the relations of a part: types and targets, as `rId1` and so on; an external one as `out`."""
    rows = [
        f'<Relationship Id="rId{number}" Type="{OFFICE_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    ]
    if external[0]:
        kind, target = external
        rows.append(
            f'<Relationship Id="out" Type="{OFFICE_RELATIONS}/{kind}" Target="{target}"'
            ' TargetMode="External"/>'
        )
    return f'<Relationships xmlns="{OPEN_XML}/package/2006/relationships">{"".join(rows)}</Relationships>'


def build_office(main: str, members: Mapping[str, str | bytes]) -> bytes:
    """Return an OOXML package by the name of its main part."""
    types = (
        f'<Types xmlns="{OPEN_XML}/package/2006/content-types">'
        f'<Override PartName="/{main}" ContentType="{TYPE_START}.{MAIN_TYPES[main]}"/></Types>'
    )
    first = {"[Content_Types].xml": types, "_rels/.rels": relate(("officeDocument", main))}
    return zip_members({**first, **members})


def build_docx(
    body: str,
    *targets: tuple[str, str],
    external: tuple[str, str] = ("", ""),
    parts: Mapping[str, str] | None = None,
    others: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a Word document by the XML in its body.

    Args:
        body: Blocks.
        targets: What the document refers to, as `relate` takes it.
        parts: Content of parts in `word/`, by their names without `.xml`.
        others: Further members of the package.
    """
    members = {
        f"word/{name}.xml": content.replace(">", f" {NAMESPACES}>", 1)
        for name, content in (parts or {}).items()
    }
    return build_office(
        "word/document.xml",
        {
            "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relate(*targets, external=external),
            **members,
            **(others or {}),
        },
    )


def write_paragraph(*texts: str) -> str:
    """Return a paragraph of Word of runs."""
    return f"<w:p>{''.join(f'<w:r><w:t>{text}</w:t></w:r>' for text in texts)}</w:p>"


def build_xlsx(
    sheet: str,
    *targets: tuple[str, str],
    workbook: str = "",
    external: tuple[str, str] = ("", ""),
    members: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """Return a workbook with one sheet.

    Args:
        sheet: XML within the worksheet.
        targets: What the sheet refers to.
        workbook: XML in the workbook, in front of the sheets.
        members: Further members of the package; relations of the workbook go on from `rId2`.
    """
    content = (
        f"<workbook {WORKBOOK_NAMESPACES}>{workbook}"
        '<sheets><sheet name="Fees" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return build_office(
        "xl/workbook.xml",
        {
            "xl/workbook.xml": content,
            "xl/_rels/workbook.xml.rels": relate(("worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f"<worksheet {WORKBOOK_NAMESPACES}>{sheet}</worksheet>",
            "xl/worksheets/_rels/sheet1.xml.rels": relate(*targets, external=external),
            **(members or {}),
        },
    )


def write_rows(*rows: tuple[str, ...]) -> str:
    """Return the data of a sheet with texts in its cells."""
    lines = ["".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) for row in rows]
    return f"<sheetData>{''.join(f'<row>{line}</row>' for line in lines)}</sheetData>"


def build_pptx(shapes: str, *targets: tuple[str, str], members: Mapping[str, str] | None = None) -> bytes:
    """Return a presentation with one slide, by the XML of its shapes and what the slide refers to."""
    presentation = (
        f'<p:presentation {NAMESPACES}><p:sldIdLst><p:sldId r:id="rId1"/></p:sldIdLst></p:presentation>'
    )
    return build_office(
        "ppt/presentation.xml",
        {
            "ppt/presentation.xml": presentation,
            "ppt/_rels/presentation.xml.rels": relate(("slide", "slides/slide1.xml")),
            "ppt/slides/slide1.xml": (
                f"<p:sld {NAMESPACES}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
            ),
            "ppt/slides/_rels/slide1.xml.rels": relate(*targets),
            **(members or {}),
        },
    )


def write_shape(text: str, properties: str = "") -> str:
    """Return a shape of a slide with one paragraph."""
    return f"<p:sp>{properties}<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def build_opendocument(
    kind: str, body: str, *, before: str = "", members: Mapping[str, str] | None = None
) -> bytes:
    """Return an OpenDocument package: `text`, `spreadsheet` or `presentation`, by the XML in its body.

    Args:
        before: XML in front of the body, such as styles.
    """
    content = (
        f"<office:document-content {OPEN_DOCUMENT_NAMESPACES}>{before}<office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    return zip_members({"mimetype": media_type, "content.xml": content, **(members or {})})


def read(content: bytes, name: str = "x.docx") -> DocumentText:
    return read_document(content, name)


def list_texts(content: bytes, name: str = "x.docx") -> list[str]:
    """Return the text of each passage of a document."""
    return [passage.text for passage in read(content, name).passages]


def find_passage(content: bytes, text: str) -> Passage:
    """Return the one passage that has a text in it."""
    [passage] = [each for each in read(content).passages if text in each.text]
    return passage
