"""Names of the files and folders of a pack."""

from __future__ import annotations

from reviews.ledger.receipts import RECEIPT_ENDING

REPORT, POPULATION, README = "report.pdf", "population.csv", "README.md"
CAMPAIGNS = "campaigns.csv"
ENTRIES, FIGURES, SUMS = "entries.jsonl", "figures.json", "SHA256SUMS"
CHECKPOINT, KEYS = "checkpoint", "keys.txt"
TIMESTAMPS, DAYS, CONSISTENCY = "timestamps", "checkpoints", "consistency"
RECEIPTS, WITHOUT_REVIEW = "receipts", f"without-review{RECEIPT_ENDING}"
