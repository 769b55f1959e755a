"""OpenDocument files from their markup, and what is read in them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from documents.formats import read_document

if TYPE_CHECKING:
    from documents.passages import Area, Passage

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = {
    **{
        prefix: f"{_OASIS}{name}:1.0"
        for prefix, name in {
            "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
            "presentation": "presentation", "form": "form", "manifest": "manifest", "chart": "chart",
        }.items()
    },
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
}  # fmt: skip
_TYPES = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}


def write_part(body: str) -> str:
    declarations = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
    return f"<office:document {declarations}>{body}</office:document>"


def write_package(kind: str, body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        kind = kind.partition("-")[0]
        automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
        wrapped = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        archive.writestr("content.xml", write_part(automatic + wrapped))
        for name, part in (parts or {}).items():
            archive.writestr(name, write_part(part))
    return content.getvalue()


def read(kind: str, body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> list[Passage]:
    document = read_document(write_package(kind, body, styles=styles, parts=parts), "document")
    assert document.format == _TYPES[kind.partition("-")[0]]
    return list(document.passages)


def read_text(body: str, *, styles: str = "", parts: dict[str, str] | None = None) -> list[tuple[Area, str]]:
    return [(each.place.area, each.text) for each in read("text", body, styles=styles, parts=parts)]
