"""How to check the pack, in short. The README of the folder has the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, capitalize_first
from reviews.pack.file_meanings import FILE_MEANINGS
from reviews.pack.file_names import CHECKPOINT, ENTRIES, KEYS, POPULATION, README, RECEIPTS, TIMESTAMPS
from reviews.pack.printed.blocks import Facts, Heading, Paragraph
from reviews.pack.printed.cells import build_cell

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import PackEvidence


def build_checking(evidence: PackEvidence) -> tuple[Block, ...]:
    return (
        Heading(text=_("How to check it")),
        Paragraph(
            text=_(
                "The folder of this PDF has the entries from which its figures are computed, and what proves "
                "them. Only the database says what was brought forward, and from and up to when folders are "
                "complete. {readme} says how to check each with tools that are not ours."
            ).format(readme=README)
        ),
        Facts(rows=tuple(map(_build_row, _list_files(evidence)))),
    )


def _build_row(name: str) -> tuple[str, Cell]:
    return name, build_cell(capitalize_first(_(FILE_MEANINGS[name])))


def _list_files(evidence: PackEvidence) -> list[str]:
    timestamps = [TIMESTAMPS] if evidence.timestamped_at else []
    return [POPULATION, ENTRIES, CHECKPOINT, RECEIPTS, *timestamps, KEYS]
