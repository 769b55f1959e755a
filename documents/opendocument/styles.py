"""Styles of an OpenDocument file, as far as they matter to its text: what is hidden, what is on each page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents.errors import Reason, UnreadDocument
from documents.opendocument.numbering import ListNumbering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package

_DEFAULT_MASTER = "Standard"
_MAX_DEPTH = 100  # of styles that inherit from each other, which may be a circle
_TITLE = "Title"
_CURRENCY_SIGNS = "$€£¥₹₽₴₺₩"


class OpenDocumentStyles:
    """Styles by family and name; one inherits from its parent what it does not set."""

    def __init__(self, roots: list[Element]) -> None:
        self.numbering = ListNumbering(roots)
        self._styles = {
            (each.get("style:family", ""), each.get("style:name", "")): each
            for root in roots
            for each in root.iter("style:style")
        }
        self._number_styles = {
            each.get("style:name", ""): each for root in roots for each in root.iter("number:number-style")
        }
        self.master_pages = {
            each.get("style:name", ""): each for root in roots for each in root.iter("style:master-page")
        }

    def is_hidden(self, family: str, name: str) -> bool:
        """Return whether a style of the family `text`, `paragraph` or `section` hides text."""
        return self._get_property(family, name, "style:text-properties", "text:display") == "none"

    def is_table_hidden(self, name: str) -> bool:
        """Return whether a style hides a table, which a sheet is."""
        return self._get_property("table", name, "style:table-properties", "table:display") == "false"

    def is_slide_hidden(self, name: str) -> bool:
        """Return whether a style leaves a slide out of the show."""
        properties = "style:drawing-page-properties"
        return self._get_property("drawing-page", name, properties, "presentation:visibility") == "hidden"

    def is_title(self, name: str) -> bool:
        """Return whether a paragraph style is that of the document's title."""
        chain = self._iterate_chain("paragraph", name)
        return name == _TITLE or any(each.get("style:parent-style-name") == _TITLE for each in chain)

    def find_currency(self, cell_style: str) -> str:
        """Return the currency sign that a cell's number format writes as plain text, or an empty text."""
        for style in self._iterate_chain("table-cell", cell_style):
            number_style = self._number_styles.get(style.get("style:data-style-name", ""))
            if number_style is not None:
                texts = "".join(each.text or "" for each in number_style.iter("number:text"))
                return next((sign for sign in texts if sign in _CURRENCY_SIGNS), "")
        return ""

    def find_master_pages(self, blocks: Iterable[Element]) -> list[Element]:
        """Return the master pages of paragraphs and tables, and those that follow them.

        A first block whose style has none is on the default one.
        """
        default = (
            _DEFAULT_MASTER if _DEFAULT_MASTER in self.master_pages else next(iter(self.master_pages), "")
        )
        pages: dict[str, Element] = {}
        looked_up: set[tuple[str, str]] = set()
        for block in blocks:
            family = "table" if block.tag == "table:table" else "paragraph"
            style = (family, block.get(f"{'table' if family == 'table' else 'text'}:style-name", ""))
            if style not in looked_up:
                is_first = not looked_up
                looked_up.add(style)
                self._add_master_page(
                    self._get_master_page_name(*style) or (default if is_first else ""), pages
                )
        return list(pages.values())

    def _add_master_page(self, name: str, pages: dict[str, Element]) -> None:
        while name in self.master_pages and name not in pages:
            pages[name] = self.master_pages[name]
            name = pages[name].get("style:next-style-name", "")

    def _get_master_page_name(self, family: str, name: str) -> str:
        names = (each.get("style:master-page-name") for each in self._iterate_chain(family, name))
        return next((each for each in names if each is not None), "")

    def _get_property(self, family: str, name: str, properties: str, attribute: str) -> str:
        for style in self._iterate_chain(family, name):
            for each in style.findall(properties):
                value = each.get(attribute)
                if value is not None:
                    return value
        return ""

    def _iterate_chain(self, family: str, name: str) -> Iterator[Element]:
        for _ in range(_MAX_DEPTH):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.get("style:parent-style-name", "")


def parse_parts(package: Package, body_tag: str) -> tuple[Element, OpenDocumentStyles]:
    """Return the body of the content by its tag (`office:text`), and the styles.

    Raises:
        UnreadDocument: A part is missing or damaged.
    """
    content = package.parse("content.xml")
    roots = [package.parse("styles.xml")] if "styles.xml" in package else []
    body = next(content.iter(body_tag), None)
    if body is None:
        raise UnreadDocument(Reason.DAMAGED)
    return body, OpenDocumentStyles([*roots, content])
