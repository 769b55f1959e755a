"""The command of a README that draws the sample of a pack again, with tools that are on any Unix."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from reviews.ledger.receipts import RECEIPT_ENDING
from reviews.pack.file_names import RECEIPTS

if TYPE_CHECKING:
    from reviews.pack.report import PackSample


def format_sample_command(sample: PackSample) -> str:
    """Return what prints the ids of the sample in their order (`reviews.pack.sample`)."""
    seed = shlex.quote(sample.seed)
    hashed = f"printf '%s\\n%s' {seed} \"$id\" | sha256sum | cut -c 1-64"
    return (
        f'for file in {RECEIPTS}/*; do id=$(basename "$file" {RECEIPT_ENDING}); '
        f'echo "$({hashed}) $id"; done | sort | head -n {sample.size} | cut -c 66-'
    )
