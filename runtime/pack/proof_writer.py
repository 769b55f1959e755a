"""The proofs of a pack: a receipt for each review, and one file for the entries that belong to none."""

from __future__ import annotations

import re
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipt_disclosures import format_disclosure_block
from reviews.ledger.receipts import RECEIPT_ENDING, format_receipt
from reviews.pack.file_names import RECEIPTS, WITHOUT_REVIEW
from runtime.evidence.receipt_source import build_entry_proofs, require_disclosures
from store import ledger_reading, ledger_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import sqlalchemy as sa

    from reviews.evidence.inclusion_proofs import InclusionProof
    from reviews.ledger.people_commitments import Disclosures
    from runtime.pack.entry_selection import EntrySelection
    from runtime.pack.evidence_writer import SignedCheckpoint
    from runtime.pack.new_folder import PackFolder
    from store.ledger_reading import StoredEntry

_PROOFS_AT_ONCE = 1000
"""Most entries of reviews that were opened one after the other share their tiles."""
_FILE_NAME = re.compile("[A-Za-z0-9_-]{1,64}")
"""Ids of reviews are written so; another one could lead out of the folder."""


def name_receipt(review_id: str) -> str:
    """Return the name of a review's receipt in the folder; `LedgerBroken` for an id that is none of ours."""
    if not _FILE_NAME.fullmatch(review_id):
        raise LedgerBroken(f"{review_id!r} is no id of a review")
    return f"{RECEIPTS}/{review_id}{RECEIPT_ENDING}"


class ProofWriter:
    """Writes the proofs of entries, all under one checkpoint."""

    def __init__(self, engine: sa.Engine, signed: SignedCheckpoint) -> None:
        self._engine, self._signed = engine, signed
        self._read = partial(ledger_tree.read_tiles, engine)

    def write(self, folder: PackFolder, selection: EntrySelection, *, show: Callable[[int], None]) -> None:
        """Write all proofs; `show` is called with the number of those that are done.

        Raises `LedgerBroken` at an entry that was changed.
        """
        wanted = _list_wanted(selection)
        done = 0
        for name, proofs in groupby(self._iterate_proofs(wanted), key=lambda each: each.name):
            disclosures: dict[int, Disclosures] = {}
            with folder.open_file(name) as write:
                for part in format_receipt(_collect_disclosures(proofs, disclosures)):
                    write(part.encode())
                    done += 1
                write(format_disclosure_block(disclosures).encode())
            show(done)

    def _iterate_proofs(self, wanted: Iterator[tuple[str, int]]) -> Iterator[_FileProof]:
        """Yield the proof of each wanted entry with the name of its file."""
        while some := list(islice(wanted, _PROOFS_AT_ONCE)):
            entries = ledger_reading.read_numbered(self._engine, [number for _, number in some])
            proofs = build_entry_proofs(
                entries, note=self._signed.note, checkpoint=self._signed.checkpoint, read=self._read
            )
            by_number = {stored.seq: (stored, proof) for stored, proof in zip(entries, proofs, strict=True)}
            yield from (_FileProof(name, *by_number[number]) for name, number in some)


class _FileProof(NamedTuple):
    """An entry with its proof, and the name of the file for that."""

    name: str
    stored: StoredEntry
    proof: InclusionProof


def _collect_disclosures(
    proofs: Iterable[_FileProof], collected: dict[int, Disclosures]
) -> Iterator[InclusionProof]:
    """Yield the proofs, and collect what stands beside their entries; `LedgerBroken` if that is another."""
    for each in proofs:
        disclosures = require_disclosures(each.stored)
        if disclosures:
            collected[each.stored.seq] = disclosures
        yield each.proof


def _list_wanted(selection: EntrySelection) -> Iterator[tuple[str, int]]:
    """Yield each entry's file and number."""
    files: Iterable[tuple[str, Iterable[int]]] = (
        (name_receipt(review_id), numbers) for review_id, numbers in selection.of_reviews.items()
    )
    yield from ((name, number) for name, numbers in files for number in numbers)
    yield from ((WITHOUT_REVIEW, number) for number in selection.without_review)
