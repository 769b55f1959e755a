"""Texts that are signed by one or more keys, and the keys that verify them (C2SP signed-note).

The cryptography is an argument: `CheckSignature` returns whether an Ed25519 signature (RFC 8032) is valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from reviews.evidence.note_syntax import (
    MAX_NUMBER,
    NoteError,
    check_text,
    decode_base64,
    encode_base64,
    split_lines,
)
from reviews.text import shorten_text

__all__ = [
    "CheckSignature",
    "Note",
    "NoteError",
    "Signature",
    "SignatureKind",
    "VerifierKey",
    "build_cosigned_message",
    "build_signature",
    "format_note",
    "parse_note",
    "parse_verifier_key",
    "read_cosignature_time",
    "verify_note",
]

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 64
_SIGNATURE_START = "\N{EM DASH}"
_KEY_ID_SIZE = 4
_PUBLIC_KEY_SIZE = 32
_SIGNATURE_SIZE = 64
_TIME_SIZE = 8
_SHOWN_SIGNERS = 3
_SHOWN_NAME_LENGTH = 80
_KEY_ID = re.compile("[0-9a-f]{8}")

CheckSignature = Callable[[bytes, bytes, bytes], bool]
"""Called with a public key, a signature of 64 bytes and the signed message."""


class SignatureKind(IntEnum):
    """The type byte of a key (C2SP signed-note, Signature types)."""

    ED25519 = 1
    COSIGNATURE = 4


@dataclass(frozen=True)
class VerifierKey:
    """A name, and the Ed25519 public key that verifies its signatures. As text: `name+key id+base64`."""

    name: str
    kind: SignatureKind
    public_key: bytes

    def __post_init__(self) -> None:
        _check_key_name(self.name)
        if len(self.public_key) != _PUBLIC_KEY_SIZE:
            raise NoteError(f"a public key has {_PUBLIC_KEY_SIZE} bytes, not {len(self.public_key)}")

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self._key_bytes)}"

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self._key_bytes).digest()[:_KEY_ID_SIZE]

    @property
    def _key_bytes(self) -> bytes:
        return bytes([self.kind]) + self.public_key


@dataclass(frozen=True)
class Signature:
    """One signature line: the key's name and id, and what it has signed with."""

    name: str
    key_id: bytes
    value: bytes

    def __post_init__(self) -> None:
        _check_key_name(self.name)
        if len(self.key_id) != _KEY_ID_SIZE or not self.value:
            raise NoteError(f"a signature has a key id of {_KEY_ID_SIZE} bytes, and a value")


@dataclass(frozen=True)
class Note:
    """A text, with its last newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __post_init__(self) -> None:
        check_text(self.text, subject="the note")
        split_lines(self.text, subject="the note's text")
        if not 0 < len(self.signatures) <= MAX_SIGNATURES:
            raise NoteError(f"the note has {len(self.signatures)} signatures, not 1 to {MAX_SIGNATURES}")


def parse_verifier_key(text: str) -> VerifierKey:
    """Parse a key's text form; `NoteError` for any other spelling of it."""
    name, _, rest = text.partition("+")
    key_id, separator, encoded = rest.partition("+")
    if not separator or not _KEY_ID.fullmatch(key_id):
        raise NoteError("a verifier key is its name, 8 lower-case hex digits and base64, joined by +")
    key_bytes = decode_base64(encoded, subject="the verifier key's last part")
    if key_bytes[:1] not in {bytes([kind]) for kind in SignatureKind}:
        raise NoteError("the verifier key is of a kind that is not supported, only Ed25519 is")
    key = VerifierKey(name, SignatureKind(key_bytes[0]), key_bytes[1:])
    if key.key_id.hex() != key_id:
        raise NoteError("the verifier key's id is not that of its name and public key")
    return key


def build_signature(key: VerifierKey, value: bytes) -> Signature:
    """Return the signature line of a value that the key's owner has made."""
    return Signature(key.name, key.key_id, value)


def format_note(note: Note) -> str:
    lines = [
        f"{_SIGNATURE_START} {signature.name} {encode_base64(signature.key_id + signature.value)}\n"
        for signature in note.signatures
    ]
    return f"{note.text}\n{''.join(lines)}"


def parse_note(text: str) -> Note:
    """Parse a signed note without verifying it (C2SP signed-note, Format); `NoteError` for any other text."""
    check_text(text, subject="the note")
    if len(text.encode()) > MAX_NOTE_BYTES:
        raise NoteError(f"the note is longer than {MAX_NOTE_BYTES} bytes")
    before, separator, signature_lines = text.rpartition("\n\n")
    if not separator:
        raise NoteError("the note has no empty line before its signatures")
    if not signature_lines:
        raise NoteError("the note has no signature")
    lines = split_lines(signature_lines, subject="the note")
    signatures = [_parse_signature(line, number) for number, line in enumerate(lines, start=1)]
    return Note(f"{before}\n", tuple(signatures))


def verify_note(
    note: Note, keys: Collection[VerifierKey], check_signature: CheckSignature
) -> list[VerifierKey]:
    """Return which of the keys have signed the note (C2SP signed-note, Signatures).

    `NoteError` where a signature of one of them is not valid, or none has signed. Signatures of other keys
    are ignored. A key that signed twice is returned once, and both signatures have to be valid.
    """
    verified = []
    for key in dict.fromkeys(keys):
        values = [
            line.value for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)
        ]
        if not all(_is_valid(value, key, note.text, check_signature) for value in values):
            raise NoteError(f"the signature of {key.name} is not valid")
        if values:
            verified.append(key)
    if not verified:
        raise NoteError(
            "the checkpoint is signed by none of the keys to verify it with; its signatures name "
            f"{_name_signers(note)}"
        )
    return verified


def build_cosigned_message(text: str, *, time: int) -> bytes:
    """Return what a witness of a checkpoint signs (C2SP tlog-cosignature); `time` in seconds since 1970."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def read_cosignature_time(value: bytes) -> int:
    """Return when a cosignature was made, in seconds since 1970; `NoteError` for another value."""
    time = int.from_bytes(value[:_TIME_SIZE])
    if len(value) != _TIME_SIZE + _SIGNATURE_SIZE or time > MAX_NUMBER:
        raise NoteError("a cosignature has a time of 63 bits and a signature")
    return time


def _is_valid(value: bytes, key: VerifierKey, text: str, check_signature: CheckSignature) -> bool:
    if key.kind is SignatureKind.ED25519:
        return len(value) == _SIGNATURE_SIZE and check_signature(key.public_key, value, text.encode())
    try:
        message = build_cosigned_message(text, time=read_cosignature_time(value))
    except NoteError:
        return False
    return check_signature(key.public_key, value[_TIME_SIZE:], message)


def _name_signers(note: Note) -> str:
    """Return the first keys that the signatures name, each with its id, as its verifier key begins."""
    names = [f"{shorten_text(each.name, _SHOWN_NAME_LENGTH)}+{each.key_id.hex()}" for each in note.signatures]
    more = [f"{len(names) - _SHOWN_SIGNERS} more"] if len(names) > _SHOWN_SIGNERS else []
    return ", ".join([*names[:_SHOWN_SIGNERS], *more])


def _parse_signature(line: str, number: int) -> Signature:
    start, *parts = line.split(" ")
    if start != _SIGNATURE_START or len(parts) != 2:
        raise NoteError(f"signature line {number} is not a dash, a key name and base64")
    data = decode_base64(parts[1], subject=f"signature {number}")
    if len(data) <= _KEY_ID_SIZE:
        raise NoteError(f"signature {number} has nothing after the key id")
    return Signature(parts[0], data[:_KEY_ID_SIZE], data[_KEY_ID_SIZE:])


def _check_key_name(name: str) -> None:
    check_text(name, subject="a key name")
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("a key name is not empty, and has no space and no plus sign")
