"""Makes files that can't be read: under a password, cut off, or without any text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msoffcrypto
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "gate 2"


def write_broken(path: Path) -> None:
    """Make a file from the readable one beside it: `budget-locked.xlsx` from `budget.xlsx`."""
    kind, _, way = path.stem.partition("-")
    whole = path.with_name(f"{kind}{path.suffix}").read_bytes()
    match way:
        case "locked":
            content = lock_pdf(whole) if path.suffix == ".pdf" else lock_office(whole)
        case "truncated":
            content = whole[: len(whole) * 2 // 3]
        case "scan":
            content = draw_scan()
        case "empty":
            content = b""
        case _:
            content = b"This is no presentation, whatever its name says.\n"
    path.write_bytes(content)


def lock_office(whole: bytes) -> bytes:
    locked = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(whole)).encrypt(PASSWORD, locked)
    return locked.getvalue()


def lock_pdf(whole: bytes) -> bytes:
    writer, locked = PdfWriter(clone_from=PdfReader(io.BytesIO(whole))), io.BytesIO()
    writer.encrypt(PASSWORD, algorithm="AES-256")
    writer.write(locked)
    return locked.getvalue()


def draw_scan() -> bytes:
    """Return a PDF whose one page is a picture of text."""
    picture = Image.new("1", (800, 1100), 1)
    ImageDraw.Draw(picture).multiline_text((80, 80), "Anti-corruption policy\n\nGifts are refused.")
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A5)
    canvas.drawImage(ImageReader(picture), 0, 0, *A5)
    canvas.save()
    return stream.getvalue()
