"""An exported ledger as it is in memory: its lines, and checkpoints of it that are really signed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.evidence.signed_notes import format_note
from reviews.ledger.exported_entries import format_exported_entry, restore_stored_entry
from reviews.ledger.hash_chain import EntryType, Head, chain_entry, encode_canonical
from reviews.ledger.people_commitments import commit_people, compute_commitment
from reviews.text import escape_controls
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from tests.evidence.signers import LOG, ORIGIN, sign_note
from tests.reviews.entries import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from tests.evidence.signers import Signer

TITLES = ("AML Policy 2026.docx", "Vertrag für Zoë.docx", "Ķekava, plāns.ods")
ODD_TITLES = (
    "Abnahme \U0001f600 Übersicht.xlsx",
    "AML\u202e Policy\x1b[2J.docx",
    "Zeile\neins\x7f\x85\x00.odt",
)


PEOPLE: dict[str, Any] = {
    "owners": ["dana@example.com", "zoë@example.com"],
    "reviewer": {"name": "Zoë Ķeniņa", "email": "zoë@example.com", "docspace_id": None},
}
ERASED = "/reviewer"
"""The place that is erased in each eighth entry of a ledger with people."""


@dataclass(frozen=True, kw_only=True)
class ExportedLedger:
    """A ledger's entries: their canonical encodings, the members of their lines, and the head after each."""

    encoded: tuple[bytes, ...]
    members: tuple[dict[str, Any], ...]
    heads: tuple[Head, ...]

    @property
    def lines(self) -> list[bytes]:
        """The lines of the export, with their line breaks."""
        return [write_line(encode_canonical(each)) for each in self.members]

    def sign(self, size: int | None = None, *, signer: Signer = LOG) -> bytes:
        """Return a signed checkpoint of the first entries."""
        return sign_entries(self.encoded[:size], signer=signer)


def make_exported_ledger(size: int, *, note: str = "") -> ExportedLedger:
    return make_ledger_of([make_body(number, note=note) for number in range(1, size + 1)])


def make_ledger_with_people(size: int) -> ExportedLedger:
    """Return a ledger with entries of an earlier version, and each fourth commits to people.

    The reviewer in each eighth was erased, as the last entry says.
    """
    bodies, erased = [], []
    for number in range(1, size):
        body = make_body(number)
        if number % 4 == 0:
            body, disclosures = commit_people({**body, **PEOPLE}, make_salt=make_salts(number))
            if number % 8 == 0:
                erased.append(disclosures.pop(ERASED))
            body = format_exported_entry(body, disclosures)
        bodies.append(body)
    commitments = [compute_commitment(*each) for each in erased]
    last = {"type": EntryType.PEOPLE_ERASED.value, "review_id": None, "commitments": commitments}
    return make_ledger_of([*bodies, {**make_body(size), **last}])


def make_ledger_of(bodies: Iterable[Mapping[str, Any]]) -> ExportedLedger:
    """Return a ledger of entries with these members in their lines, without those of the chain."""
    head, encoded, members, heads = EMPTY, [], [], []
    for body in bodies:
        restored = restore_stored_entry(body, label="it")
        entry = chain_entry(head, restored.entry)
        head = Head(seq=entry["seq"], hash=entry["hash"])
        encoded.append(encode_canonical(entry))
        members.append({**body, **{name: entry[name] for name in ("seq", "prev_hash", "hash")}})
        heads.append(head)
    return ExportedLedger(encoded=tuple(encoded), members=tuple(members), heads=tuple(heads))


def make_salts(number: int) -> Callable[[], str]:
    """Return what makes salts for an entry, the same ones each time."""
    places = count(1)
    return lambda: sha256(b"%d/%d" % (number, next(places))).hexdigest()[:22]


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
