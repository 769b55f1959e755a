"""Large documents in two states, for the bench of comparisons: made of random words, the same each time."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PARAGRAPHS_OF_PAGE = 5
_COLUMNS = 10
_SHAPES = 3
_LINES_OF_PDF_PAGE = 45
_CHANGES = 50  # places in a document that differ between its states
_OPEN_XML = "http://schemas.openxmlformats.org"
_MAIN = (
    f'xmlns="{_OPEN_XML}/spreadsheetml/2006/main" xmlns:w="{_OPEN_XML}/wordprocessingml/2006/main"'
    f' xmlns:p="{_OPEN_XML}/presentationml/2006/main" xmlns:a="{_OPEN_XML}/drawingml/2006/main"'
    f' xmlns:r="{_OPEN_XML}/officeDocument/2006/relationships"'
)
_TYPES = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class LargeDocument:
    """A kind of document, and how to write it."""

    name: str
    size: str
    build: Callable[[Sequence[str]], bytes]
    paragraphs: int

    def build_states(self) -> tuple[bytes, bytes]:
        """Return the document before and after changes spread over it."""
        chance = random.Random(self.name)  # noqa: S311 - the same words each time
        before = [_make_paragraph(chance) for _ in range(self.paragraphs)]
        after = list(before)
        for place in chance.sample(range(self.paragraphs), _CHANGES):
            words = after[place].split()
            words[len(words) // 2] = "changed"
            after[place] = " ".join(words)
        after.insert(self.paragraphs // 3, _make_paragraph(chance))
        return self.build(before), self.build(after)


def _make_paragraph(chance: random.Random) -> str:
    sentences = []
    for _ in range(5):
        words = ["".join(chance.choices("aeilmnorstu", k=chance.randint(2, 9))) for _ in range(18)]
        sentences.append(" ".join(words).capitalize() + ".")
    return " ".join(sentences)


def _build_text(paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    document = f"<w:document {_MAIN}><w:body>{body}</w:body></w:document>"
    return _pack("word/document.xml", document, f"{_TYPES}.wordprocessingml.document.main+xml", {}, "")


def _build_workbook(paragraphs: Sequence[str]) -> bytes:
    rows = "".join(map(_build_row, count(1), paragraphs))
    sheet = f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"
    workbook = f'<workbook {_MAIN}><sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>'
    content_type = f"{_TYPES}.spreadsheetml.sheet.main+xml"
    return _pack("xl/workbook.xml", workbook, content_type, {"xl/sheet1.xml": sheet}, "worksheet")


def _build_row(number: int, paragraph: str) -> str:
    words = paragraph.split()[: _COLUMNS - 2]
    cells = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in words)
    value = len(paragraph) * 1.5
    numbers = f"<c><v>{value}</v></c><c><f>I{number}*2</f><v>{value * 2}</v></c>"
    return f'<row r="{number}">{cells}{numbers}</row>'


def _build_slides(paragraphs: Sequence[str]) -> bytes:
    slides = {}
    for number, start in enumerate(range(0, len(paragraphs), _SHAPES), 1):
        shapes = "".join(map(_build_shape, paragraphs[start : start + _SHAPES]))
        slide = f"<p:sld {_MAIN}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        slides[f"ppt/slide{number}.xml"] = slide
    ids = "".join(f'<p:sldId r:id="r{number}"/>' for number in range(1, len(slides) + 1))
    presentation = f"<p:presentation {_MAIN}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    content_type = f"{_TYPES}.presentationml.presentation.main+xml"
    return _pack("ppt/presentation.xml", presentation, content_type, slides, "slide")


def _build_shape(text: str) -> str:
    paragraph = f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
    return f"<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody>{paragraph}</p:txBody></p:sp>"


def _build_pdf(paragraphs: Sequence[str]) -> bytes:
    words = " ".join(paragraphs).split()
    lines = [" ".join(words[start : start + 10]) for start in range(0, len(words), 10)]
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    for start in range(0, len(lines), _LINES_OF_PDF_PAGE):
        page = writer.add_blank_page(595, 842)
        shown = "".join(f"({line}) Tj T*\n" for line in lines[start : start + _LINES_OF_PDF_PAGE])
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 11 Tf 14 TL 50 780 Td\n{shown}ET".encode())
        page[NameObject("/Resources")] = resources
        page[NameObject("/Contents")] = writer._add_object(content.flate_encode())  # noqa: SLF001 - the only way
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _pack(name: str, content: str, content_type: str, parts: dict[str, str], kind: str) -> bytes:
    """Return a package of OOXML with a main part and the parts of one kind that it refers to."""
    office = f"{_OPEN_XML}/officeDocument/2006/relationships"
    folder, _, file_name = name.partition("/")
    references = [
        f'<Relationship Id="r{number}" Type="{office}/{kind}" Target="/{part}"/>'
        for number, part in enumerate(parts, 1)
    ]
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_OPEN_XML}/package/2006/content-types">'
        f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>',
        "_rels/.rels": _build_relations(
            [f'<Relationship Id="r1" Type="{office}/officeDocument" Target="{name}"/>']
        ),
        f"{folder}/_rels/{file_name}.rels": _build_relations(references),
        name: content,
        **parts,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return stream.getvalue()


def _build_relations(relations: Sequence[str]) -> str:
    namespace = f"{_OPEN_XML}/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{"".join(relations)}</Relationships>'


DOCUMENTS = (
    LargeDocument("document.docx", "300 pages", _build_text, 300 * _PARAGRAPHS_OF_PAGE),
    LargeDocument("workbook.xlsx", "50,000 cells", _build_workbook, 50_000 // _COLUMNS),
    LargeDocument("slides.pptx", "200 slides", _build_slides, 200 * _SHAPES),
    LargeDocument("document.pdf", "500 pages", _build_pdf, 500 * _PARAGRAPHS_OF_PAGE),
)
