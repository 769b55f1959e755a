"""A checkpoint that was saved elsewhere: read, and verified with the keys at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import Checkpoint, parse_checkpoint
from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_all
from reviews.evidence.signed_notes import MAX_NOTE_BYTES, NoteError, SignatureKind, parse_note
from reviews.ledger.hash_chain import CoveredEntries
from runtime.evidence.ledger_key import check_signature
from runtime.evidence.stored_checkpoints import InvalidCheckpoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey

_SIGNATURE_START = "\N{EM DASH} "
_ADDED = (
    " \t\r\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{COMBINING GRAPHEME JOINER}\N{WORD JOINER}"
    "\N{ZERO WIDTH NO-BREAK SPACE}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
)
_SHORT_DASHES = ("- ", "-- ", "\N{EN DASH} ", "\N{HYPHEN} ", "\N{MINUS SIGN} ")
"""What programs make of the long dash before a signature."""
_QUOTES = (">", "```", "~~~")
"""How chats and mails mark a quotation, and Markdown what is to be shown as it is."""


@dataclass(frozen=True, kw_only=True)
class SavedCheckpoint:
    """A checkpoint, and what it covers with the keys that are proven to have signed it."""

    checkpoint: Checkpoint
    covered: CoveredEntries


def read_saved_checkpoint(
    file: BinaryIO, keys: Sequence[VerifierKey], policy: Policy | None = None
) -> SavedCheckpoint:
    """Read a checkpoint and verify its signatures; raise `InvalidCheckpoint` if it does not hold.

    Without keys and policy no signature can be verified. The text of a checkpoint that was never signed is
    accepted too, but only without both.
    """
    try:
        return parse_saved_checkpoint(read_saved_text(file), keys, policy)
    except NoteError as error:
        raise InvalidCheckpoint(str(error)) from None


def read_saved_text(file: BinaryIO) -> str:
    """Return the text of a checkpoint, without what copying it from a message adds or loses.

    That are spaces and invisible characters at the edges of lines, CRLF, a byte order mark, empty lines and
    the last newline. None of them is part of a checkpoint, but for the empty line before its signatures. What
    was signed is verified of the text so restored.
    """
    content = file.read(MAX_NOTE_BYTES + 1)
    if len(content) > MAX_NOTE_BYTES:
        raise InvalidCheckpoint(f"it is longer than {MAX_NOTE_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidCheckpoint("it is not text") from None
    lines = [line for each in text.split("\n") if (line := each.strip(_ADDED))]
    first = next((at for at, line in enumerate(lines) if line.startswith(_SIGNATURE_START)), len(lines))
    separator = [""] if first < len(lines) else []
    return "".join(f"{line}\n" for line in (*lines[:first], *separator, *lines[first:]))


def parse_saved_checkpoint(text: str, keys: Sequence[VerifierKey], policy: Policy | None) -> SavedCheckpoint:
    """Do the same with its text; raise `NoteError` if it does not hold."""
    try:
        return _verify(text, keys, policy)
    except NoteError:
        if _has_more(text):
            reason = "there is more in it than a checkpoint: copy only the block of the checkpoint"
            raise NoteError(reason) from None
        raise


def _verify(text: str, keys: Sequence[VerifierKey], policy: Policy | None) -> SavedCheckpoint:
    if "\n\n" not in text:
        checkpoint = parse_checkpoint(text)
        if keys or policy:
            raise NoteError(_describe_unsigned(text))
        return _cover(checkpoint, is_signed=False)
    checkpoint = parse_checkpoint(parse_note(text).text)
    if not keys and policy is None:
        return _cover(checkpoint, is_signed=True)
    if keys:
        _require_key_of_origin(checkpoint, keys)
    signers = verify_checkpoint_by_all(text, keys, policy, check_signature).signers
    return _cover(checkpoint, is_signed=True, signers=signers)


def _describe_unsigned(text: str) -> str:
    if any(line.startswith(_SHORT_DASHES) for line in text.splitlines()):
        return "it is not signed; copying may have changed the long dash before its signature: copy it again"
    return "it is not signed"


def _has_more(text: str) -> bool:
    """Return whether a text that is none has other lines around a checkpoint, or marks of a quotation."""
    body, _, signatures = text.partition("\n\n")
    lines = body.splitlines()
    number_at = next((at for at, line in enumerate(lines) if line.isdecimal()), 0)
    is_followed = not all(line.startswith(_SIGNATURE_START) for line in signatures.splitlines())
    return number_at > 1 or is_followed or any(line.startswith(_QUOTES) for line in lines)


def name_entries(first: int, last: int) -> str:
    """Return the subject and verb of a sentence about some entries."""
    return f"entry {first:,} is" if first == last else f"entries {first:,} to {last:,} are"


def describe_other_root(saved: SavedCheckpoint) -> str:
    """Return what it means that the chain holds, and its tree has another root than the checkpoint."""
    which = f"the checkpoint of {saved.checkpoint.origin} covers other entries than these"
    return (
        f"{which} {saved.covered.size:,}: those of another ledger, or some were written anew with all hashes "
        "after them, and the checkpoint can't show from which one on"
    )


def _require_key_of_origin(checkpoint: Checkpoint, keys: Sequence[VerifierKey]) -> None:
    log_names = [key.name for key in keys if key.kind is SignatureKind.ED25519]
    if checkpoint.origin not in log_names:
        names = ", ".join(key.name for key in keys)
        raise NoteError(f"it is one of {checkpoint.origin}, and the key is that of {names}")


def _cover(
    checkpoint: Checkpoint, *, is_signed: bool, signers: Sequence[VerifierKey] = ()
) -> SavedCheckpoint:
    covered = CoveredEntries(
        size=checkpoint.size, is_signed=is_signed, signers=tuple(str(key) for key in signers)
    )
    return SavedCheckpoint(checkpoint=checkpoint, covered=covered)
