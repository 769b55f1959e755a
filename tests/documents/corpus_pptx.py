"""Writes decks by python-pptx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pptx
from pptx.util import Cm

if TYPE_CHECKING:
    from pathlib import Path

    from tests.documents.corpus_training import Deck, Slide

USED = {"Title and Content", "Title Only"}
UNUSED = {"printerSettings", "thumbnail"}


def write_pptx(deck: Deck, path: Path) -> None:
    presentation = pptx.Presentation()
    shrink_template(presentation)
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    for slide in deck.slides:
        layout = layouts["Title and Content" if slide.points else "Title Only"]
        write_slide(slide, presentation.slides.add_slide(layout))
    presentation.save(str(path))


def shrink_template(presentation: Any) -> None:
    """Take away what the library's template brings along and nothing uses: half of each file."""
    for layout in list(presentation.slide_layouts):
        if layout.name not in USED:
            presentation.slide_layouts.remove(layout)
    for holder in (presentation.part, presentation.part.package):
        for key, relation in list(holder._rels.items()):  # noqa: SLF001 - there is no other way
            if relation.reltype.rpartition("/")[2] in UNUSED:
                holder._rels.pop(key)  # noqa: SLF001 - the same


def write_slide(slide: Slide, page: Any) -> None:
    page.shapes.title.text = slide.title
    if slide.points:
        frame = page.placeholders[1].text_frame
        frame.text = "\n".join(slide.points)
        for paragraph in frame.paragraphs:
            paragraph.runs[0].font.bold = slide.bold or None
    if slide.rows:
        write_table(slide, page)
    if slide.box:
        box = page.shapes.add_textbox(Cm(2), Cm(16), Cm(12), Cm(1.5))
        box.text_frame.text = slide.box
    if slide.notes:
        page.notes_slide.notes_text_frame.text = slide.notes
    if slide.hidden:
        page._element.set("show", "0")  # noqa: SLF001 - the library does not know hidden slides


def write_table(slide: Slide, page: Any) -> None:
    size = (len(slide.rows), len(slide.rows[0]))
    table = page.shapes.add_table(*size, Cm(2), Cm(5), Cm(20), Cm(6)).table
    for row, words in enumerate(slide.rows):
        for column, text in enumerate(words):
            table.cell(row, column).text = text
