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


class SignedByOthers(InvalidCheckpoint):
    """It is signed, and by none of the keys at hand."""

    def __init__(self) -> None:
        super().__init__("it is signed by another key than the present one: set LEDGER_KEY_PREVIOUS to that")


@dataclass(frozen=True, kw_only=True)
class VerifiedCheckpoint:
    """A checkpoint, and the keys of this installation that have signed it: none if it was made without."""

    checkpoint: Checkpoint
    signers: tuple[LedgerKey, ...]
    is_signed: bool
    """Whether anyone has signed it."""


def verify_note_of(stored: StoredCheckpoint, keys: LedgerKeys) -> VerifiedCheckpoint:
    """Verify the text and the signature of a stored checkpoint, or raise `InvalidCheckpoint`.

    Without keys no signature is verified. With keys, one of them must have signed if anyone has.
    """
    try:
        # One that was made without a key is its text alone, without the empty line before signatures.
        note = parse_note(stored.note) if stored.is_signed else None
        checkpoint = parse_checkpoint(note.text if note else stored.note)
        signers = _find_signers(note, checkpoint, keys) if note else ()
    except NoteError as error:
        raise InvalidCheckpoint(str(error)) from None
    if checkpoint.size != stored.size:
        raise InvalidCheckpoint(f"its row says {stored.size} entries, and it says {checkpoint.size}")
    return VerifiedCheckpoint(checkpoint=checkpoint, signers=signers, is_signed=note is not None)


def has_signature(note: str) -> bool:
    """Return whether a stored text is a checkpoint with signatures; what they are worth is not looked at."""
    try:
        parse_checkpoint(parse_note(note).text)
    except NoteError:
        return False
    return True


def verify_stored_checkpoint(
    stored: StoredCheckpoint, keys: LedgerKeys, read: ReadTiles
) -> VerifiedCheckpoint:
    """Verify a stored checkpoint and that the stored tree leads to it, or raise `InvalidCheckpoint`."""
    verified = verify_note_of(stored, keys)
    try:
        root = compute_root(verified.checkpoint.size, read)
    except MissingTile as error:
        raise InvalidCheckpoint(str(error)) from None
    if root != verified.checkpoint.root:
        raise InvalidCheckpoint("the stored tree has another root")
    return verified


def _find_signers(note: Note, checkpoint: Checkpoint, keys: LedgerKeys) -> tuple[LedgerKey, ...]:
    if not keys.all:
        return ()
    by_verifier_key = {key.build_verifier_key(checkpoint.origin): key for key in keys.all}
    ours = {(key.name, key.key_id) for key in by_verifier_key}
    if not ours & {(signature.name, signature.key_id) for signature in note.signatures}:
        raise SignedByOthers
    return tuple(by_verifier_key[each] for each in verify_note(note, list(by_verifier_key), check_signature))
