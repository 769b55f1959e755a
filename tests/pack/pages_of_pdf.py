"""What a PDF says, read by another library than the one that wrote it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

if TYPE_CHECKING:
    from collections.abc import Iterator


def open_pdf(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def read_catalog(pdf: bytes) -> dict[str, Any]:
    """Return the root of the document: its language, marks and metadata."""
    catalog: dict[str, Any] = open_pdf(pdf).root_object
    return catalog


@cache
def read_pages(pdf: bytes) -> tuple[str, ...]:
    """Return the text of each page, a line a line."""
    return tuple(page.extract_text() for page in open_pdf(pdf).pages)


def read_text(pdf: bytes) -> str:
    return "\n".join(read_pages(pdf))


def read_letters(pdf: bytes) -> str:
    """Return the text without white space, so that it does not matter where lines are broken."""
    return "".join(read_text(pdf).split())


def list_bookmarks(pdf: bytes) -> list[str]:
    def walk(items: list[Any]) -> Iterator[str]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item)
            else:
                yield item.title

    return list(walk(open_pdf(pdf).outline))


def list_fonts(pdf: bytes) -> set[str]:
    """Return the names of all fonts, without the prefix that marks a subset."""
    names = set()
    for page in open_pdf(pdf).pages:
        resources: Any = page["/Resources"]
        fonts = (font.get_object() for font in resources.get("/Font", {}).values())
        names |= {font["/BaseFont"].partition("+")[2] for font in fonts}
    return names


def list_places(pdf: bytes) -> list[tuple[float, float]]:
    """Return where pieces of text begin, in points from the lower left corner of their page."""
    places = []

    def visit(text: str, current: list[float], matrix: list[float], *_font: object) -> None:
        if text.strip():
            x, y = matrix[4], matrix[5]
            places.append(
                (
                    x * current[0] + y * current[2] + current[4],
                    x * current[1] + y * current[3] + current[5],
                )
            )

    for page in open_pdf(pdf).pages:
        page.extract_text(visitor_text=visit)
    return places
