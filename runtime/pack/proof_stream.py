"""A file of proofs, read one after the other: a year of changes without a review has tens of thousands.

It is cut where `reviews.ledger.receipts.split_receipt` cuts a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from reviews.evidence.inclusion_proofs import PROOF_FORMAT
from reviews.evidence.signed_notes import MAX_NOTE_BYTES
from reviews.ledger.receipt_disclosures import DISCLOSURES_FORMAT
from runtime.ledger_verification.file_lines import MAX_LINE_BYTES
from runtime.pack.opened_folder import PackInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PROOF_BYTES = 2 * MAX_LINE_BYTES + MAX_NOTE_BYTES
"""An entry in base64, the hashes and the checkpoint."""


class ProofStream:
    """The proofs of a file, and after the last of them what their entries commit to.

    Attributes:
        lines: Those that are not read yet.
        has_disclosures: Whether these are the lines of that block, once the proofs are read.
    """

    def __init__(self, file: BinaryIO, *, name: str) -> None:
        self.lines, self._name = self._read_lines(file), name
        self.has_disclosures = False

    def iterate_proofs(self) -> Iterator[str]:
        """Yield the text of each proof; raise `PackInvalid` for what no pack has."""
        lines: list[str] = []
        size = 0
        for line in self.lines:
            is_next, self.has_disclosures = line == f"{PROOF_FORMAT}\n", line == f"{DISCLOSURES_FORMAT}\n"
            if lines[-1:] == ["\n"] and (is_next or self.has_disclosures):
                yield "".join(lines[:-1])
                lines, size = [], 0
                if self.has_disclosures:
                    return
            lines.append(line)
            size += len(line)
            if size > MAX_PROOF_BYTES:
                raise PackInvalid(f"{self._name} has a proof of more than {MAX_PROOF_BYTES:,} bytes")
        self.has_disclosures = False
        yield "".join(lines)

    def _read_lines(self, file: BinaryIO) -> Iterator[str]:
        while line := file.readline(MAX_PROOF_BYTES):
            if b"\r" in line:
                raise PackInvalid(f"{self._name} has carriage returns: its line ends were changed")
            try:
                yield line.decode()
            except UnicodeDecodeError:
                raise PackInvalid(f"{self._name} is not text") from None
