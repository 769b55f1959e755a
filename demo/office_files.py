"""Word and Excel files: the smallest packages that the applications open, the same bytes for the same text.

The parts are those that ECMA-376 part 1 requires, 11.2 for Word and 12.2 for Excel, and styles. Nothing is
compressed, so that the bytes do not depend on the machine's zlib.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float
Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, with `level` 1 or 2 a heading."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class Table:
    rows: Rows


Block = Paragraph | Table

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES: Final = "application/vnd.openxmlformats-officedocument"
_WRITTEN_AT: Final = (2026, 1, 10, 9, 0, 0)

_WORD_STYLES: Final = f'{_HEAD}<w:styles xmlns:w="{_WORD}">' + "".join(
    f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
    f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr><w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'
    for level, size in ((1, 32), (2, 26))
)
_SHEET_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_SHEET}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>'
)


def make_docx(blocks: Iterable[Block]) -> bytes:
    """Return a Word document."""
    body = "".join(
        _write_paragraph(block) if isinstance(block, Paragraph) else _write_table(block) for block in blocks
    )
    document = f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return _pack(
        "word/document.xml",
        {
            "word/document.xml": ("wordprocessingml.document.main", document),
            "word/styles.xml": ("wordprocessingml.styles", f"{_WORD_STYLES}</w:styles>"),
        },
        {"word/_rels/document.xml.rels": [("styles", "styles.xml")]},
    )


def make_xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """Return an Excel workbook of sheets with a name."""
    numbered = list(enumerate(sheets.items(), 1))
    names = "".join(
        f'<sheet name="{_escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _) in numbered
    )
    workbook = f'{_HEAD}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
    parts = {"xl/workbook.xml": ("spreadsheetml.sheet.main", workbook)}
    parts |= {
        f"xl/worksheets/sheet{number}.xml": ("spreadsheetml.worksheet", _write_sheet(rows))
        for number, (_, rows) in numbered
    }
    parts["xl/styles.xml"] = ("spreadsheetml.styles", _SHEET_STYLES)
    related = [("worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered]
    return _pack(
        "xl/workbook.xml", parts, {"xl/_rels/workbook.xml.rels": [*related, ("styles", "styles.xml")]}
    )


def _write_paragraph(paragraph: Paragraph) -> str:
    style = f'<w:pPr><w:pStyle w:val="Heading{paragraph.level}"/></w:pPr>' if paragraph.level else ""
    text = f'<w:r><w:t xml:space="preserve">{_escape(paragraph.text)}</w:t></w:r>'
    return f"<w:p>{style}{text}</w:p>"


def _write_table(table: Table) -> str:
    columns = "<w:gridCol/>" * max(map(len, table.rows), default=0)
    rows = "".join(
        "<w:tr>"
        + "".join(f"<w:tc><w:tcPr/>{_write_paragraph(Paragraph(str(cell)))}</w:tc>" for cell in row)
        + "</w:tr>"
        for row in table.rows
    )
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"


def _write_sheet(rows: Rows) -> str:
    lines = "".join(
        f'<row r="{number}">'
        + "".join(_write_cell(f"{chr(ord('A') + at)}{number}", cell) for at, cell in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetData>{lines}</sheetData></worksheet>'


def _write_cell(name: str, value: Cell) -> str:
    if isinstance(value, str):
        return (
            f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{_escape(value)}</t></is></c>'
            if value
            else ""
        )
    return f'<c r="{name}"><v>{value}</v></c>'


def _pack(
    main: str,
    parts: Mapping[str, tuple[str, str]],
    relations: Mapping[str, Sequence[tuple[str, str]]],
) -> bytes:
    """Return the package: parts by their name, each with its type; relations by the name of their part."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES}.{kind}+xml"/>'
        for name, (kind, _) in parts.items()
    )
    members = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": _write_relations([("officeDocument", main)]),
        **{name: text for name, (_, text) in parts.items()},
        **{name: _write_relations(targets) for name, targets in relations.items()},
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN_AT), text.encode())
    return package.getvalue()


def _write_relations(targets: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _escape(text: str) -> str:
    return escape(text, {'"': "&quot;"})
