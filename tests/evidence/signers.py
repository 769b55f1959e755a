"""Keys that really sign, and logs with checkpoints of theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.inclusion_proofs import InclusionProof
from reviews.evidence.signed_notes import (
    Note,
    Signature,
    SignatureKind,
    VerifierKey,
    build_cosigned_message,
    build_signature,
    format_note,
)
from tests.evidence.trees import make_leaves, mth, path

ORIGIN = "ledger.example.com/reviews"
TIME = 1_790_000_000


@dataclass(frozen=True)
class Signer:
    """A private key with its name."""

    private_key: Ed25519PrivateKey
    verifier_key: VerifierKey

    def sign(self, text: str) -> Signature:
        if self.verifier_key.kind is SignatureKind.ED25519:
            return build_signature(self.verifier_key, self.private_key.sign(text.encode()))
        signature = self.private_key.sign(build_cosigned_message(text, time=TIME))
        return build_signature(self.verifier_key, TIME.to_bytes(8) + signature)


def make_signer(name: str, *, seed: int = 1, kind: SignatureKind = SignatureKind.ED25519) -> Signer:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(private_key, VerifierKey(name, kind, private_key.public_key().public_bytes_raw()))


LOG = make_signer(ORIGIN)
WITNESS = make_signer("witness.example.com", seed=2, kind=SignatureKind.COSIGNATURE)


def check_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def sign_note(text: str, *signers: Signer) -> Note:
    return Note(text, tuple(signer.sign(text) for signer in signers))


def sign_checkpoint(size: int, *signers: Signer) -> str:
    """Return the signed checkpoint of the tree of that many leaves."""
    text = format_checkpoint(Checkpoint(ORIGIN, size, mth(make_leaves(size))))
    return format_note(sign_note(text, *(signers or (LOG,))))


def make_proof(index: int, size: int, *, extra: bytes | None = None) -> InclusionProof:
    return InclusionProof(index, tuple(path(index, make_leaves(size))), sign_checkpoint(size), extra)


def alter_value(signature: Signature, at: int) -> Signature:
    """Return a signature with another byte at that place of its value."""
    value = bytearray(signature.value)
    value[at] ^= 1
    return replace(signature, value=bytes(value))
