"""A witness on loopback, as strict as C2SP tlog-witness has it, with the rule of each refusal beside it."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviews.evidence.checkpoints import Checkpoint, parse_checkpoint
from reviews.evidence.merkle_tree import EMPTY_ROOT, verify_consistency
from reviews.evidence.note_syntax import decode_base64
from reviews.evidence.signed_notes import (
    NoteError,
    SignatureKind,
    VerifierKey,
    build_cosigned_message,
    build_signature,
    format_note,
    parse_note,
    verify_note,
)
from runtime.evidence.ledger_key import check_signature
from tests.edge.loopback import Reply, Request
from tests.edge.loopback_service import LoopbackService

if TYPE_CHECKING:
    from reviews.evidence.signed_notes import Note

MAX_PROOF_LINES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]*)")
_TEXT = "text/plain; charset=utf-8"


class Refused(Exception):
    """A request that is not cosigned, with the status that the specification has for it."""

    def __init__(self, status: int, body: str = "", content_type: str = _TEXT) -> None:
        super().__init__(status)
        self.reply = Reply(status, body.encode(), content_type=content_type)


@dataclass(eq=False)
class FakeWitness(LoopbackService):
    """Cosigns the growth of the logs whose keys it has."""

    name: str = "witness.example.com"
    seed: int = 40
    log_keys: dict[str, VerifierKey] = field(default_factory=dict)
    time: int = 1_790_000_000

    def __post_init__(self) -> None:
        self._cosigned: dict[str, Checkpoint] = {}
        self._private_key = Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)
        self._lock = Lock()

    @property
    def key(self) -> VerifierKey:
        public_key = self._private_key.public_key().public_bytes_raw()
        return VerifierKey(self.name, SignatureKind.COSIGNATURE, public_key)

    @property
    def url(self) -> str:
        """Its address while it runs, otherwise nothing."""
        return f"{self.root}/witness" if self.root else ""

    @property
    def line(self) -> str:
        """Its line in a policy."""
        return f"witness {self.name} {self.key} {self.url}\n"

    def accept(self, *keys: VerifierKey) -> None:
        self.log_keys.update({key.name: key for key in keys})

    def forget(self) -> None:
        """Lose what it has cosigned, as after its own restoration."""
        self._cosigned.clear()

    def cosign(self, text: str) -> str:
        """Return the signature lines for the text of a checkpoint."""
        message = build_cosigned_message(text, time=self.time)
        signature = build_signature(self.key, self.time.to_bytes(8) + self._private_key.sign(message))
        value = b64encode(signature.key_id + signature.value).decode()
        return f"\N{EM DASH} {signature.name} {value}\n"

    def reply_strictly(self, request: Request) -> Reply:
        if (request.method, request.path) != ("POST", "/witness/add-checkpoint"):
            return Reply(404, b"", content_type=_TEXT)
        try:
            with self._lock:  # comparing and storing is one step (add-checkpoint, the last paragraph)
                return Reply(200, self._add_checkpoint(request.body).encode(), content_type=_TEXT)
        except Refused as refusal:
            return refusal.reply

    def _add_checkpoint(self, body: bytes) -> str:
        old_size, proof, signed = _parse_request(body)
        note, checkpoint = _parse_note(signed)
        self._require_signature(note, checkpoint)
        if old_size > checkpoint.size:
            raise Refused(400)  # "The old size MUST be equal to or lower than the checkpoint size."
        old = self._cosigned.get(checkpoint.origin, Checkpoint(checkpoint.origin, 0, EMPTY_ROOT))
        if old_size != old.size:
            # "The response body MUST consist of the tree size of the latest cosigned checkpoint in decimal."
            raise Refused(409, f"{old.size}\n", "text/x.tlog.size")
        if old_size == checkpoint.size and old.root != checkpoint.root:
            raise Refused(409)  # "If they don't match, the witness MUST respond with a 409 Conflict."
        if not verify_consistency(
            old_size=old.size, old_root=old.root, size=checkpoint.size, root=checkpoint.root, proof=proof
        ):
            raise Refused(422)  # "If the Merkle Consistency Proof doesn't verify"
        self._cosigned[checkpoint.origin] = checkpoint
        return self.cosign(note.text)

    def _require_signature(self, note: Note, checkpoint: Checkpoint) -> None:
        key = self.log_keys.get(checkpoint.origin)
        if key is None:
            raise Refused(404)  # "If the checkpoint origin is unknown"
        try:
            verify_note(note, [key], check_signature)
        except NoteError:
            raise Refused(403) from None  # "If none of the signatures verify against a trusted public key"


def _parse_request(body: bytes) -> tuple[int, list[bytes], str]:
    """Read "an old size line, zero or more consistency proof lines, and an empty line", then a checkpoint."""
    header, separator, signed = body.decode().partition("\n\n")
    first, *lines = header.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or not separator or len(lines) > MAX_PROOF_LINES:
        raise Refused(400)
    try:
        proof = [decode_base64(line, subject="a hash") for line in lines]
    except NoteError:
        raise Refused(400) from None
    if any(len(each) != 32 for each in proof) or (old[1] == "0" and proof):
        raise Refused(400)
    return int(old[1]), proof, signed


def _parse_note(signed: str) -> tuple[Note, Checkpoint]:
    try:
        note = parse_note(signed)
        checkpoint = parse_checkpoint(note.text)
    except NoteError:
        raise Refused(400) from None
    if format_note(note) != signed:
        raise Refused(400)
    return note, checkpoint
