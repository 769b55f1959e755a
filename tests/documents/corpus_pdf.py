"""Writes PDF by reportlab: flowing text with running texts, and a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from tests.documents.corpus_model import split_runs, strip_marks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_model import Block, Run, Story

STYLES = {"title": "Heading1", "heading": "Heading2", "text": "BodyText", "item": "Bullet"}
MARGIN = 50
rl_config.useA85 = 0  # the files are binary, and a fifth smaller
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


class PdfWriter:
    """Writes one story; a font of the machine is built in where the 14 standard ones lack letters."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.font = ""
        if story.font.startswith("DejaVu"):
            pdfmetrics.registerFont(TTFont("DejaVu", DEJAVU))
            self.font = "DejaVu"
        elif story.font != "Calibri":
            self.font = "Times-Roman"

    def write(self, path: Path) -> None:
        size = A5 if self.story.paper == "A5" else A4
        margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
        template = SimpleDocTemplate(str(path), pagesize=size, title=self.story.blocks[0].text, **margins)
        template.build(
            [self.draw_block(block) for block in self.story.blocks],
            onFirstPage=self.draw_running_texts,
            onLaterPages=self.draw_running_texts,
        )

    def draw_running_texts(self, canvas: Any, template: Any) -> None:
        canvas.setFont(self.font or "Helvetica", 9)
        height = template.pagesize[1]
        canvas.drawString(MARGIN, height - 30, self.story.header)
        page = "".join(
            str(canvas.getPageNumber()) if run.kind == "page" else run.text
            for run in split_runs(self.story.footer)
        )
        canvas.drawString(MARGIN, 25, page)

    def draw_block(self, block: Block) -> Flowable:
        if block.kind == "table":
            return Table([list(row) for row in block.rows], hAlign="LEFT")
        sheet = getSampleStyleSheet()
        style = sheet[STYLES[block.kind]]
        style.fontSize, style.leading = (
            (style.fontSize, style.leading) if block.kind in {"title", "heading"} else (11, 14)
        )
        if self.font:
            style.fontName = self.font
        bullet = "\u2022" if block.kind == "item" else None
        return Paragraph(escape(strip_marks(block.text)), style, bulletText=bullet)


def write_pdf(story: Story, path: Path) -> None:
    if any("<<field:" in block.text for block in story.blocks):
        write_pdf_form(story, path)
    else:
        PdfWriter(story).write(path)


def write_pdf_form(story: Story, path: Path) -> None:
    """Write each block on a line of one page, with a field where there is a control."""
    canvas = Canvas(str(path), pagesize=A4)
    height = A4[1] - MARGIN
    for block in story.blocks:
        height -= 40
        left: float = MARGIN
        for run in split_runs(block.text):
            if run.kind == "plain":
                canvas.drawString(left, height, run.text)
                left += canvas.stringWidth(run.text)
            else:
                draw_field(canvas.acroForm, run, (left, height - 6))
    canvas.save()


def draw_field(form: Any, run: Run, place: tuple[float, float]) -> None:
    options: dict[str, Any] = {"name": run.about, "tooltip": run.about, "x": place[0], "y": place[1]}
    if run.kind == "check":
        form.checkbox(checked=run.text == "yes", size=18, **options)
    elif run.kind == "choice":
        form.choice(value=run.text, options=["low", "high"], width=200, height=20, **options)
    else:
        form.textfield(value=run.text, width=300, height=20, **options)
