"""What a stored checkpoint is worth: whether the stored tree is the one that it names, and who signed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import Checkpoint, parse_checkpoint
from reviews.evidence.signed_notes import Note, NoteError, parse_note, verify_note
from reviews.evidence.tiles import MissingTile, compute_root
from runtime.evidence.ledger_key import check_signature

if TYPE_CHECKING:
    from reviews.evidence.tiles import ReadTiles
    from runtime.evidence.ledger_key import LedgerKey, LedgerKeys
    from store.ledger_tree import StoredCheckpoint


class InvalidCheckpoint(Exception):
    """A stored checkpoint does not hold; the message says why."""


@dataclass(frozen=True, kw_only=True)
class VerifiedCheckpoint:
    """A checkpoint whose tree is stored, and the keys of this installation that have signed it."""

    checkpoint: Checkpoint
    signers: tuple[LedgerKey, ...]
    is_signed: bool
    """Whether anyone has signed it."""


def verify_stored_checkpoint(
    stored: StoredCheckpoint, keys: LedgerKeys, read: ReadTiles
) -> VerifiedCheckpoint:
    """Verify a stored checkpoint, or raise `InvalidCheckpoint`.

    Without keys no signature is verified. With keys, one of them must have signed.
    """
    try:
        # One that was made without a key is its text alone, without the empty line before signatures.
        note = parse_note(stored.note) if stored.is_signed else None
        checkpoint = parse_checkpoint(note.text if note else stored.note)
        signers = _find_signers(note, checkpoint, keys)
        root = compute_root(checkpoint.size, read)
    except (NoteError, MissingTile) as error:
        raise InvalidCheckpoint(str(error)) from None
    if checkpoint.size != stored.size or root != checkpoint.root:
        raise InvalidCheckpoint("the stored tree has another root")
    return VerifiedCheckpoint(checkpoint=checkpoint, signers=signers, is_signed=note is not None)


def _find_signers(note: Note | None, checkpoint: Checkpoint, keys: LedgerKeys) -> tuple[LedgerKey, ...]:
    if not keys.all:
        return ()
    if note is None:
        raise InvalidCheckpoint("it is not signed")
    by_verifier_key = {key.build_verifier_key(checkpoint.origin): key for key in keys.all}
    return tuple(by_verifier_key[each] for each in verify_note(note, list(by_verifier_key), check_signature))
