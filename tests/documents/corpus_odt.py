"""Writes text documents by odfpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odf import dc, draw, office, style, table, text
from odf.namespaces import TEXTNS, XMLNS
from odf.opendocument import OpenDocumentText

from tests.documents.corpus_model import Run, split_runs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_model import Block, Story

LEVELS = {"title": 1, "heading": 2}
DAY = "2026-02-03T10:00:00"


class OdtWriter:
    """Writes one story; tracked changes are collected in front of the text, as the format wants it."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.document = OpenDocumentText()
        self.tracked = text.TrackedChanges()
        self.counted = 0
        self.list: Any = None

    def write(self, path: Path) -> None:
        runs = [run for block in self.story.blocks for run in split_runs(block.text)]
        if any(run.kind in {"inserted", "deleted"} for run in runs):
            self.document.text.addElement(self.tracked)
        self.add_styles()
        self.add_running_texts()
        for block in self.story.blocks:
            self.add_block(block)
        self.document.save(str(path))

    def add_styles(self) -> None:
        default = style.DefaultStyle(family="paragraph")
        default.addElement(style.TextProperties(fontfamily=self.story.font))
        self.document.styles.addElement(default)
        for name, properties in {"bold": {"fontweight": "bold"}, "hidden": {"display": "none"}}.items():
            marked = style.Style(name=name, family="text")
            marked.addElement(style.TextProperties(**properties))
            self.document.automaticstyles.addElement(marked)

    def add_running_texts(self) -> None:
        layout = style.PageLayout(name="page")
        self.document.automaticstyles.addElement(layout)
        master = style.MasterPage(name="Standard", pagelayoutname=layout)
        self.document.masterstyles.addElement(master)
        for holder, words in ((style.Header(), self.story.header), (style.Footer(), self.story.footer)):
            if words:
                master.addElement(holder)
                holder.addElement(self.write_paragraph(words))

    def add_block(self, block: Block) -> None:
        body = self.document.text
        if block.kind != "item":
            self.list = None
        elif self.list is None:
            self.list = text.List()
            body.addElement(self.list)
        match block.kind:
            case "item":
                item = text.ListItem()
                item.addElement(self.write_paragraph(block.text))
                self.list.addElement(item)
            case "table":
                body.addElement(self.write_table(block))
            case "box":
                body.addElement(write_box(block.text))
            case "title" | "heading":
                body.addElement(text.H(outlinelevel=LEVELS[block.kind], text=block.text))
            case "text":
                body.addElement(self.write_paragraph(block.text))

    def write_table(self, block: Block) -> Any:
        written = table.Table(name="Prices")
        written.addElement(table.TableColumn(numbercolumnsrepeated=len(block.rows[0])))
        for row in block.rows:
            line = table.TableRow()
            written.addElement(line)
            for words in row:
                cell = table.TableCell(valuetype="string")
                cell.addElement(self.write_paragraph(words))
                line.addElement(cell)
        return written

    def write_paragraph(self, words: str) -> Any:
        paragraph = text.P()
        for run in split_runs(words):
            self.add_run(paragraph, run)
        return paragraph

    def add_run(self, paragraph: Any, run: Run) -> None:
        match run.kind:
            case "plain":
                paragraph.addText(run.text)
            case "bold" | "hidden":
                paragraph.addElement(text.Span(stylename=run.kind, text=run.text))
            case "link":
                paragraph.addElement(text.A(href=run.about, text=run.text))
            case "page":
                paragraph.addElement(text.PageNumber(selectpage="current", text=run.text))
            case "note" | "endnote":
                paragraph.addElement(self.write_note(run))
            case "comment":
                paragraph.addElement(write_comment(run))
            case "inserted" | "deleted":
                self.add_tracked_change(paragraph, run)

    def write_note(self, run: Run) -> Any:
        self.counted += 1
        note = text.Note(noteclass="footnote" if run.kind == "note" else "endnote", id=f"n{self.counted}")
        note.addElement(text.NoteCitation(text=str(self.counted)))
        body = text.NoteBody()
        body.addElement(text.P(text=run.text))
        note.addElement(body)
        return note

    def add_tracked_change(self, paragraph: Any, run: Run) -> None:
        self.counted += 1
        key = f"change{self.counted}"
        region = text.ChangedRegion(qattributes={(XMLNS, "id"): key, (TEXTNS, "id"): key})
        self.tracked.addElement(region)
        change = text.Insertion() if run.kind == "inserted" else text.Deletion()
        region.addElement(change)
        about = office.ChangeInfo()
        about.addElement(dc.Creator(text=run.about))
        about.addElement(dc.Date(text=DAY))
        change.addElement(about)
        if run.kind == "deleted":
            change.addElement(text.P(text=run.text))
            paragraph.addElement(text.WordChange(changeid=key))
        else:
            paragraph.addElement(text.ChangeStart(changeid=key))
            paragraph.addText(run.text)
            paragraph.addElement(text.ChangeEnd(changeid=key))


def write_comment(run: Run) -> Any:
    comment = office.Annotation()
    comment.addElement(dc.Creator(text=run.about))
    comment.addElement(dc.Date(text=DAY))
    comment.addElement(text.P(text=run.text))
    return comment


def write_box(words: str) -> Any:
    paragraph = text.P()
    frame = draw.Frame(name="Box", anchortype="paragraph", width="12cm", height="1cm", zindex="0")
    paragraph.addElement(frame)
    box = draw.TextBox()
    frame.addElement(box)
    box.addElement(text.P(text=words))
    return paragraph


def write_odt(story: Story, path: Path) -> None:
    OdtWriter(story).write(path)
