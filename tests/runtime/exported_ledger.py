"""An exported ledger as it is in memory: its lines, and checkpoints of it that are really signed."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.evidence.signed_notes import format_note
from reviews.ledger.hash_chain import Head, chain_entry, encode_canonical
from reviews.text import escape_controls
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from tests.evidence.signers import LOG, ORIGIN, sign_note
from tests.reviews.entries import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from tests.evidence.signers import Signer

TITLES = ("AML Policy 2026.docx", "Vertrag für Zoë.docx", "Ķekava, plāns.ods")
ODD_TITLES = (
    "Abnahme \U0001f600 Übersicht.xlsx",
    "AML\u202e Policy\x1b[2J.docx",
    "Zeile\neins\x7f\x85\x00.odt",
)


@dataclass(frozen=True, kw_only=True)
class ExportedLedger:
    """The canonical encodings of a ledger's entries, and the head after each."""

    encoded: tuple[bytes, ...]
    heads: tuple[Head, ...]

    @property
    def lines(self) -> list[bytes]:
        """The lines of the export, with their line breaks."""
        return [write_line(each) for each in self.encoded]

    def sign(self, size: int | None = None, *, signer: Signer = LOG) -> bytes:
        """Return a signed checkpoint of the first entries."""
        return sign_entries(self.encoded[:size], signer=signer)


def make_exported_ledger(count: int, *, note: str = "") -> ExportedLedger:
    head, encoded, heads = EMPTY, [], []
    for number in range(1, count + 1):
        entry = chain_entry(head, make_body(number, note=note))
        head = Head(seq=number, hash=entry["hash"])
        encoded.append(encode_canonical(entry))
        heads.append(head)
    return ExportedLedger(encoded=tuple(encoded), heads=tuple(heads))


def make_body(number: int, *, note: str = "") -> dict[str, Any]:
    """Return the members of an entry that are not of the chain; each twentieth has a title that is odd.

    Each tenth belongs to no review.
    """
    titles = TITLES if number % 20 else ODD_TITLES
    title = titles[number % len(titles)]
    review = {"type": "sweep:incomplete", "review_id": None} if number % 10 == 0 else {}
    return {"title": title, "late": number % 2 == 0, "note": f"{note}{number}", **review}


def write_line(encoded: bytes) -> bytes:
    """Return the line that `ledger export` writes for an entry."""
    return escape_controls(encoded.decode()).encode() + b"\n"


def sign_entries(encoded: Sequence[bytes], *, signer: Signer = LOG) -> bytes:
    leaves = CompactRange()
    for each in encoded:
        leaves.append(hash_leaf(each))
    text = format_checkpoint(Checkpoint(ORIGIN, len(encoded), leaves.compute_root()))
    return format_note(sign_note(text, signer)).encode()


def read_signed(note: bytes) -> SavedCheckpoint:
    """Return a checkpoint as `--checkpoint` with the key of the log reads it."""
    return read_saved_checkpoint(BytesIO(note), [LOG.verifier_key])
