"""How to check the pack, in short. The README of the folder has the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _
from reviews.pack.printed.blocks import Facts, Heading, Paragraph
from reviews.pack.printed.formats import cell

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block


def build_checking() -> tuple[Block, ...]:
    return (
        Heading(text=_("How to check it")),
        Paragraph(
            text=_(
                "The folder of this PDF has the entries from which all figures are computed, and what proves "
                "them. README says how to check each with tools that are not ours."
            )
        ),
        Facts(
            rows=(
                (
                    "population.csv",
                    cell(_("All reviews of the period, one a row. They are not printed here.")),
                ),
                (
                    "entries.jsonl",
                    cell(_("The entries of the ledger from which the reviews and figures come.")),
                ),
                (
                    _("Checkpoint"),
                    cell(_("The root of the tree of all entries, signed by the ledger's key.")),
                ),
                (_("Proofs"), cell(_("They show that each entry is in the tree with that root."))),
                (_("Timestamps"), cell(_("An authority confirms when the checkpoint existed."))),
                (_("Keys"), cell(_("Compare the verifier key with the one that you were given before."))),
            )
        ),
    )
