"""How to check the pack, in short. The README of the folder has the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _
from reviews.pack.printed.blocks import Facts, Heading, Paragraph
from reviews.pack.printed.formats import cell

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block
    from reviews.pack.report import PackEvidence


def build_checking(evidence: PackEvidence) -> tuple[Block, ...]:
    return (
        Heading(text=_("How to check it")),
        Paragraph(
            text=_(
                "The folder of this PDF has the entries from which all figures are computed, and what proves "
                "them. README.md says how to check each with tools that are not ours."
            )
        ),
        Facts(rows=tuple((name, cell(meaning)) for name, meaning in _list_files(evidence))),
    )


def _list_files(evidence: PackEvidence) -> list[tuple[str, str]]:
    files = [
        ("population.csv", _("All reviews of the period, one a row. They are not printed here.")),
        ("entries.jsonl", _("The entries of the ledger from which the reviews and figures come.")),
        ("checkpoint", _("The root of the tree of all entries, signed if the ledger has a key.")),
        ("receipts/", _("Proofs that each entry is in the tree with that root.")),
    ]
    if evidence.timestamped_at:
        files.append(("timestamps/", _("An authority confirms when the checkpoint existed.")))
    if evidence.is_signed:
        files.append(("keys.txt", _("Compare the verifier key with the one that you were given before.")))
    return files
