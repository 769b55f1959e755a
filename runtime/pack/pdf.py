"""The PDF of a pack, in a language."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from reviews.language import use_language
from reviews.pack.printed.document import build_document
from runtime.pack.typesetting import set_pdf

if TYPE_CHECKING:
    from reviews.pack.report import PackEvidence, PackReport


def write_pdf(report: PackReport, evidence: PackEvidence, *, language: str) -> bytes:
    """Return the PDF of a pack in a language, English if it is not supported.

    The same report makes the same bytes on each machine, unless it has characters that the fonts within Typst
    lack. Raises `TypesettingFailed`.
    """
    with use_language(language):
        document = build_document(report, evidence)
    return set_pdf(asdict(document))
