"""What each file and folder of a pack is, as its README and its PDF say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import gettext_noop
from reviews.pack.file_names import (
    CAMPAIGNS,
    CHECKPOINT,
    CONSISTENCY,
    DAYS,
    ENTRIES,
    FIGURES,
    KEYS,
    POPULATION,
    RECEIPTS,
    REPORT,
    SUMS,
    TIMESTAMPS,
    WITHOUT_REVIEW,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_MEANINGS: Mapping[str, str] = {
    REPORT: gettext_noop("the report, to be read"),
    POPULATION: gettext_noop("each review on a line, for a spreadsheet"),
    CAMPAIGNS: gettext_noop(
        "of each campaign, who acknowledged which version of what, and what is missing, for a spreadsheet"
    ),
    ENTRIES: gettext_noop("the ledger entries of which the report is made, one a line, as exported"),
    CHECKPOINT: gettext_noop("the number of entries of the ledger and the root of their tree, signed"),
    RECEIPTS: gettext_noop("for each review, proofs that its entries are in that tree (C2SP tlog-proof)"),
    WITHOUT_REVIEW: gettext_noop("the same for the entries that belong to no review"),
    DAYS: gettext_noop("the last checkpoint of each day of the period"),
    TIMESTAMPS: gettext_noop("checkpoints with the timestamp of an authority (RFC 3161)"),
    CONSISTENCY: gettext_noop("proofs that the tree begins with an older checkpoint's (C2SP tlog-witness)"),
    KEYS: gettext_noop("the keys that have signed"),
    FIGURES: gettext_noop("the figures of the report and the ids of the sample, for programs"),
    SUMS: gettext_noop("the SHA-256 of each of these files"),
}
"""In the order in which they are listed."""
