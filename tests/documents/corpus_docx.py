"""Writes text documents by python-docx, and by hand what it does not know."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATIONS
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from tests.documents.corpus_model import Run, split_runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_model import Block, Story

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
STYLES = {"title": "Heading 1", "heading": "Heading 2", "text": "Normal", "item": "List Bullet"}
KEPT = (
    "Normal", "Header", "Footer", "Heading1", "Heading2", "ListBullet", "TableNormal", "TableGrid",
    "DefaultParagraphFont", "NoList", "CommentText",
)  # fmt: skip
UNUSED = {"customXml", "thumbnail", "stylesWithEffects", "theme", "fontTable", "webSettings"}
ID = qn("w:styleId")
PAPERS = {"A4": (210, 297), "A5": (148, 210)}
NOTE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}s+xml"
BOX = """<w:r {names}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0"
 distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1"
 allowOverlap="0">
<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>
<wp:extent cx="4500000" cy="400000"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>
<wp:docPr id="77" name="Text Box 1"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData
 uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr>
<a:xfrm>
<a:off x="0" y="0"/><a:ext cx="4500000" cy="400000"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
</wps:spPr><wps:txbx><w:txbxContent>{text}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>
</a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:354pt;height:32pt">
<v:textbox><w:txbxContent>{text}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>
</w:r>"""


class DocxWriter:
    """Writes one story; notes are collected on the way and become parts at the end."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.document = docx.Document()
        self.notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self.controls = 0
        self.latest: Any = None

    def write(self, path: Path) -> None:
        self.shrink_template()
        self.document.styles["Normal"].font.name = self.story.font
        section = self.document.sections[0]
        width, height = PAPERS[self.story.paper]
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
        if self.story.header:
            self.add_runs(section.header.paragraphs[0], self.story.header)
        if self.story.footer:
            self.add_runs(section.footer.paragraphs[0], self.story.footer)
        for block in self.story.blocks:
            self.add_block(block)
        for kind, notes in self.notes.items():
            if notes:
                self.add_notes(kind, notes)
        self.document.save(str(path))

    def shrink_template(self) -> None:
        """Take away what the library's template brings along and nothing uses: half of each file."""
        styles = self.document.styles.element
        for style in list(styles):
            if style.tag.endswith("}latentStyles") or style.get(ID, KEPT[0]) not in KEPT:
                styles.remove(style)
        for holder in (self.document.part, self.document.part.package):
            for key, relation in list(holder.rels.items()):
                if relation.reltype.rpartition("/")[2] in UNUSED:
                    del holder.rels[key]

    def add_block(self, block: Block) -> None:
        if block.kind == "table":
            table = self.document.add_table(0, len(block.rows[0]), "Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    self.add_runs(cell.paragraphs[0], text)
        elif block.kind == "picture":
            self.document.add_picture(draw_picture(block.text), Mm(10))
        elif block.kind == "box":
            text = f"<w:p><w:r><w:t>{escape(block.text)}</w:t></w:r></w:p>"
            append_xml(self.document.add_paragraph(), BOX.format(names=NAMESPACES, text=text))
        else:
            self.add_runs(self.document.add_paragraph(style=STYLES[block.kind]), block.text)

    def add_runs(self, paragraph: Any, text: str) -> None:
        for run in split_runs(text):
            if run.kind in {"plain", "bold", "hidden"}:
                self.latest = paragraph.add_run(run.text)
                self.latest.bold = True if run.kind == "bold" else None
                self.latest.font.hidden = True if run.kind == "hidden" else None
            elif run.kind == "comment":
                self.document.add_comment(self.latest, run.text, author=run.about, initials="")
            else:
                append_xml(paragraph, self.describe_run(run, paragraph.part))

    def describe_run(self, run: Run, part: Any) -> str:
        """Return the XML of a run that the library does not know."""
        text = f'<w:t xml:space="preserve">{escape(run.text)}</w:t>'
        match run.kind:
            case "inserted":
                return f"<w:ins {NAMESPACES} {self.sign(run)}><w:r>{text}</w:r></w:ins>"
            case "deleted":
                gone = text.replace("w:t", "w:delText")
                return f"<w:del {NAMESPACES} {self.sign(run)}><w:r>{gone}</w:r></w:del>"
            case "link":
                key = part.relate_to(run.about, RELATIONS.HYPERLINK, is_external=True)
                return f"<w:hyperlink {NAMESPACES} r:id='{key}'><w:r>{text}</w:r></w:hyperlink>"
            case "note" | "endnote":
                kind = "footnote" if run.kind == "note" else "endnote"
                self.notes[kind].append(text)
                return f"<w:r {NAMESPACES}><w:{kind}Reference w:id='{len(self.notes[kind]) + 1}'/></w:r>"
            case "page":
                return f"<w:fldSimple {NAMESPACES} w:instr=' PAGE '><w:r>{text}</w:r></w:fldSimple>"
            case _:
                return self.describe_control(run)

    def describe_control(self, run: Run) -> str:
        about, shown, kind = quoteattr(run.about), run.text, "<w:text/>"
        if run.kind == "choice":
            items = "".join(
                f'<w:listItem w:displayText="{each}" w:value="{each}"/>' for each in ("low", "high")
            )
            kind = f"<w:dropDownList>{items}</w:dropDownList>"
        elif run.kind == "check":
            checked, shown = (1, "\u2612") if run.text == "yes" else (0, "\u2610")
            kind = f'<w14:checkbox><w14:checked w14:val="{checked}"/></w14:checkbox>'
        empty = "" if shown else "<w:showingPlcHdr/>"
        return (
            f"<w:sdt {NAMESPACES}><w:sdtPr><w:alias w:val={about}/><w:tag w:val={about}/>"
            f"<w:id w:val='{1000 + self.count()}'/>{empty}{kind}</w:sdtPr><w:sdtContent><w:r>"
            f"<w:t>{escape(shown)}</w:t></w:r></w:sdtContent></w:sdt>"
        )

    def sign(self, run: Run) -> str:
        """Return who made a tracked change, and when."""
        return f"w:id='9{self.count()}' w:author={quoteattr(run.about)} w:date='2026-02-03T10:00:00Z'"

    def count(self) -> int:
        self.controls += 1
        return self.controls

    def add_notes(self, kind: str, notes: list[str]) -> None:
        lines = ("separator", "continuationSeparator")
        body = "".join(
            f"<w:{kind} w:type='{line}' w:id='{key}'><w:p><w:r><w:{line}/></w:r></w:p></w:{kind}>"
            for key, line in enumerate(lines)
        ) + "".join(
            f"<w:{kind} w:id='{key}'><w:p><w:r><w:{kind}Ref/></w:r><w:r>{text}</w:r></w:p></w:{kind}>"
            for key, text in enumerate(notes, 2)
        )
        xml = f"<w:{kind}s {NAMESPACES}>{body}</w:{kind}s>".encode()
        part = Part(PackURI(f"/word/{kind}s.xml"), NOTE.format(kind), xml, self.document.part.package)
        self.document.part.relate_to(part, f"{RELATIONS.HYPERLINK.rpartition('/')[0]}/{kind}s")


def append_xml(paragraph: Any, xml: str) -> None:
    paragraph._p.append(parse_xml(xml))  # noqa: SLF001 - the library has no other way to its XML


def draw_picture(color: str) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16), color).save(stream, "PNG")
    stream.seek(0)
    return stream


def write_docx(story: Story, path: Path) -> None:
    DocxWriter(story).write(path)
