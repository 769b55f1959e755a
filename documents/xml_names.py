"""Short names of XML elements and attributes: `w:p` instead of a namespace in braces.

OOXML has two namespaces for each vocabulary, transitional and strict (ECMA-376 part 1, annex A); both get one
prefix here, whatever prefix a writer chose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_OPEN_XML = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_MICROSOFT = "http://schemas.microsoft.com/office/"
_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"

_PREFIXES = {
    f"{_OPEN_XML}wordprocessingml/2006/main": "w",
    f"{_STRICT}wordprocessingml/main": "w",
    f"{_OPEN_XML}spreadsheetml/2006/main": "s",
    f"{_STRICT}spreadsheetml/main": "s",
    f"{_OPEN_XML}presentationml/2006/main": "p",
    f"{_STRICT}presentationml/main": "p",
    f"{_OPEN_XML}drawingml/2006/main": "a",
    f"{_STRICT}drawingml/main": "a",
    f"{_OPEN_XML}drawingml/2006/chart": "c",
    f"{_STRICT}drawingml/chart": "c",
    f"{_OPEN_XML}drawingml/2006/diagram": "dgm",
    f"{_STRICT}drawingml/diagram": "dgm",
    f"{_OPEN_XML}drawingml/2006/wordprocessingDrawing": "wp",
    f"{_STRICT}drawingml/wordprocessingDrawing": "wp",
    f"{_OPEN_XML}drawingml/2006/spreadsheetDrawing": "xdr",
    f"{_STRICT}drawingml/spreadsheetDrawing": "xdr",
    f"{_OPEN_XML}officeDocument/2006/relationships": "r",
    f"{_STRICT}officeDocument/relationships": "r",
    f"{_OPEN_XML}officeDocument/2006/math": "m",
    f"{_STRICT}officeDocument/math": "m",
    f"{_OPEN_XML}markup-compatibility/2006": "mc",
    f"{_OPEN_XML}package/2006/relationships": "",
    f"{_OPEN_XML}package/2006/content-types": "",
    f"{_MICROSOFT}word/2010/wordml": "w14",
    f"{_MICROSOFT}drawing/2014/chartex": "cx",
    f"{_MICROSOFT}spreadsheetml/2009/9/main": "x14",
    f"{_MICROSOFT}excel/2006/main": "xm",
    "urn:schemas-microsoft-com:vml": "v",
    f"{_MICROSOFT}powerpoint/2018/8/main": "p188",
    f"{_MICROSOFT}spreadsheetml/2018/threadedcomments": "tc",
    f"{_OPEN_DOCUMENT}office:1.0": "office",
    f"{_OPEN_DOCUMENT}text:1.0": "text",
    f"{_OPEN_DOCUMENT}table:1.0": "table",
    f"{_OPEN_DOCUMENT}style:1.0": "style",
    f"{_OPEN_DOCUMENT}drawing:1.0": "draw",
    f"{_OPEN_DOCUMENT}presentation:1.0": "presentation",
    f"{_OPEN_DOCUMENT}form:1.0": "form",
    f"{_OPEN_DOCUMENT}manifest:1.0": "manifest",
    f"{_OPEN_DOCUMENT}datastyle:1.0": "number",
    f"{_OPEN_DOCUMENT}xsl-fo-compatible:1.0": "fo",
    f"{_OPEN_DOCUMENT}svg-compatible:1.0": "svg",
    f"{_OPEN_DOCUMENT}chart:1.0": "chart",
    "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0": "field",
    "http://www.w3.org/1998/Math/MathML": "math",
    "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0": "loext",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://purl.org/dc/elements/1.1/": "dc",
}


def shorten_names(root: Element) -> None:
    """Rename the elements and attributes beneath a root, in place; of unknown namespaces they stay."""
    short_names: dict[str, str] = {}
    for element in root.iter():
        element.tag = short_names.get(element.tag) or short_names.setdefault(
            element.tag, _shorten_name(element.tag)
        )
        if any(name[0] == "{" for name in element.attrib):
            renamed = {
                short_names.get(name) or short_names.setdefault(name, _shorten_name(name)): value
                for name, value in element.attrib.items()
            }
            element.attrib.clear()
            element.attrib.update(renamed)


def find_path(element: Element, *tags: str) -> Element | None:
    """Return the first descendant by a path of tags; ElementTree's own paths take no short names."""
    return next(iterate_path(element, *tags), None)


def iterate_path(element: Element, *tags: str) -> Iterator[Element]:
    """Yield the descendants by a path of tags; `*` is any."""
    first, *others = tags
    for child in element:
        if first in {child.tag, "*"}:
            if others:
                yield from iterate_path(child, *others)
            else:
                yield child


def _shorten_name(name: str) -> str:
    if name[0] != "{":
        return name
    namespace, _, local = name[1:].partition("}")
    prefix = _PREFIXES.get(namespace)
    if prefix is None:
        return name
    return f"{prefix}:{local}" if prefix else local
