"""Checkpoints that are verified by a policy: signed by a log, and cosigned by a quorum of witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import parse_checkpoint, verify_checkpoint
from reviews.evidence.signed_notes import NoteError, SignatureKind, parse_note, verify_note

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import CheckSignature, VerifierKey


@dataclass(frozen=True, kw_only=True)
class CosignedCheckpoint:
    """A checkpoint that a policy accepts, and the keys of logs and witnesses that have signed it."""

    checkpoint: Checkpoint
    signers: tuple[VerifierKey, ...]


def verify_checkpoint_by_policy(
    note_text: str,
    policy: Policy,
    check_signature: CheckSignature,
    *,
    keys: Collection[VerifierKey] = (),
) -> CosignedCheckpoint:
    """Return a checkpoint that a log of the policy has signed and a quorum cosigned, or raise `NoteError`.

    `keys` are those of the log where the policy names none: without any, a checkpoint of any log would do.
    """
    note = parse_note(note_text)
    checkpoint = parse_checkpoint(note.text)
    log_keys = [log.key for log in policy.logs] or list(keys)
    if not log_keys:
        raise NoteError("the policy names no log: its key has to be given too")
    witness_keys = {witness.key for witness in policy.witnesses}
    signers = verify_note(note, [*log_keys, *witness_keys], check_signature)
    if not any(_is_log_of(key, checkpoint) for key in signers if key in log_keys):
        raise NoteError(f"it is signed by no log of the policy with the name {checkpoint.origin}")
    cosigners = [key for key in signers if key in witness_keys]
    if not policy.is_met(cosigners):
        count = f"{len(cosigners)} of the policy's {len(witness_keys)} witnesses"
        raise NoteError(f"its cosignatures, by {count}, are not the quorum {policy.quorum}")
    return CosignedCheckpoint(checkpoint=checkpoint, signers=tuple(signers))


def verify_checkpoint_by_all(
    note_text: str,
    keys: Collection[VerifierKey],
    policy: Policy | None,
    check_signature: CheckSignature,
) -> CosignedCheckpoint:
    """Return a checkpoint that holds by the keys, if there are any, and by the policy, if there is one.

    Without both it is refused.
    """
    if policy is None:
        checkpoint = verify_checkpoint(note_text, keys, check_signature)
        signers = verify_note(parse_note(note_text), keys, check_signature)
        return CosignedCheckpoint(checkpoint=checkpoint, signers=tuple(signers))
    by_keys = verify_checkpoint_by_all(note_text, keys, None, check_signature).signers if keys else ()
    accepted = verify_checkpoint_by_policy(note_text, policy, check_signature, keys=keys)
    signers = list(dict.fromkeys([*by_keys, *accepted.signers]))
    return CosignedCheckpoint(checkpoint=accepted.checkpoint, signers=tuple(signers))


def _is_log_of(key: VerifierKey, checkpoint: Checkpoint) -> bool:
    return key.kind is SignatureKind.ED25519 and key.name == checkpoint.origin
