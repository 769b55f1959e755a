"""Builds small PDF files by hand."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HELVETICA = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PAGE = (
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    "/Resources<</Font<</F1 5 0 R>>{resources}>>{page}>>"
)


def build_pdf(objects: Mapping[int, str | bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """Return a PDF file of objects by their numbers."""
    content = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, text in objects.items():
        places[number] = len(content)
        body = text if isinstance(text, bytes) else text.encode("latin-1")
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    size = max(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        content += b"%010d 00000 n \n" % places.get(number, 0)
    return bytes(content) + f"trailer\n<</Size {size} {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


def build_page(
    text: str,
    *,
    resources: str = "",
    page: str = "",
    catalog: str = "",
    font: str = HELVETICA,
    others: Mapping[int, str | bytes] | None = None,
) -> bytes:
    """Return a PDF file with one page, by the operators on it; further objects begin at 6."""
    return build_pdf(
        {
            1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
            2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: PAGE.format(resources=resources, page=page),
            4: write_stream(text.encode("latin-1")),
            5: font,
            **(others or {}),
        }
    )


def write_stream(content: bytes, entries: str = "") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), entries.encode(), content)


def write_text(text: str) -> str:
    """Return the operators that show a line."""
    return f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET"


def compress_zeros(megabytes: int) -> bytes:
    """Return a deflated stream of zeros, made in steps."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(1_000_000)) for _ in range(megabytes)]
    return b"".join([*pieces, packer.flush()])
