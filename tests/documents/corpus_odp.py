"""Writes decks by odfpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odf import draw, presentation, style, table, text
from odf.opendocument import OpenDocumentPresentation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_training import Deck, Slide

PLACES = {
    "title": {"x": "2cm", "y": "1cm", "width": "24cm", "height": "3cm"},
    "outline": {"x": "2cm", "y": "5cm", "width": "24cm", "height": "10cm"},
    "box": {"x": "2cm", "y": "16cm", "width": "12cm", "height": "2cm"},
    "notes": {"x": "2cm", "y": "14cm", "width": "17cm", "height": "12cm"},
}


def write_odp(deck: Deck, path: Path) -> None:
    document = OpenDocumentPresentation()
    add_styles(document)
    for number, slide in enumerate(deck.slides, 1):
        page = draw.Page(
            name=f"page{number}", masterpagename="Standard", stylename="hidden" if slide.hidden else "shown"
        )
        document.presentation.addElement(page)
        write_slide(slide, page)
    document.save(str(path))


def add_styles(document: Any) -> None:
    layout = style.PageLayout(name="screen")
    layout.addElement(style.PageLayoutProperties(pagewidth="28cm", pageheight="21cm"))
    document.automaticstyles.addElement(layout)
    document.masterstyles.addElement(style.MasterPage(name="Standard", pagelayoutname=layout))
    for name, visibility in (("shown", "visible"), ("hidden", "hidden")):
        page = style.Style(name=name, family="drawing-page")
        page.addElement(style.DrawingPageProperties(visibility=visibility))
        document.automaticstyles.addElement(page)
    bold = style.Style(name="bold", family="text")
    bold.addElement(style.TextProperties(fontweight="bold"))
    document.automaticstyles.addElement(bold)


def write_slide(slide: Slide, page: Any) -> None:
    add_box(page, "title", text.P(text=slide.title))
    if slide.points:
        add_box(page, "outline", write_points(slide))
    if slide.rows:
        frame = draw.Frame(**PLACES["outline"])
        frame.addElement(write_table(slide))
        page.addElement(frame)
    if slide.box:
        add_box(page, "box", text.P(text=slide.box))
    if slide.notes:
        notes = presentation.Notes()
        add_box(notes, "notes", text.P(text=slide.notes))
        page.addElement(notes)


def add_box(page: Any, kind: str, content: Any) -> None:
    """Put a text on a page, in the place that a presentation has for it, unless it is a box of its own."""
    options = PLACES[kind] if kind == "box" else {**PLACES[kind], "class": kind}
    frame = draw.Frame(**options)
    box = draw.TextBox()
    box.addElement(content)
    frame.addElement(box)
    page.addElement(frame)


def write_points(slide: Slide) -> Any:
    points = text.List()
    for point in slide.points:
        item, paragraph = text.ListItem(), text.P()
        if slide.bold:
            paragraph.addElement(text.Span(stylename="bold", text=point))
        else:
            paragraph.addText(point)
        item.addElement(paragraph)
        points.addElement(item)
    return points


def write_table(slide: Slide) -> Any:
    written = table.Table()
    written.addElement(table.TableColumn(numbercolumnsrepeated=len(slide.rows[0])))
    for row in slide.rows:
        line = table.TableRow()
        written.addElement(line)
        for words in row:
            cell = table.TableCell()
            cell.addElement(text.P(text=words))
            line.addElement(cell)
    return written
