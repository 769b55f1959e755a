"""The client of witnesses: asks one to cosign a checkpoint (C2SP tlog-witness, add-checkpoint)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import requests

from notifiers.shared.bounded_http import BoundedSession
from notifiers.shared.http import skip_netrc_auth
from reviews.evidence.consistency_proofs import format_consistency_proof
from reviews.evidence.note_syntax import parse_number
from reviews.evidence.signed_notes import (
    Note,
    NoteError,
    format_note,
    parse_note,
    read_cosignature_time,
    verify_note,
)
from runtime.evidence.ledger_key import check_signature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.evidence.policies import PolicyWitness
    from reviews.evidence.signed_notes import Signature, VerifierKey

ANSWER_SECONDS = 10.0
MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far a cosignature's time may be ahead of ours."""
SIZE_TYPE = "text/x.tlog.size"
_MAX_SIZE_BYTES = 20
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_GIVE_KEY = "its operator needs what docspace-review ledger key prints"
_FAILURES = {
    400: "it can't read the request",
    403: f"it does not know the ledger's key: {_GIVE_KEY}",
    404: f"it does not know the ledger: {_GIVE_KEY}, and the origin",
    429: "it is asked too often",
}
"""Answers after which it is asked again later. The operator of the witness has to do something after some."""


class WitnessError(Exception):
    """A witness has not cosigned; the message says why."""


class WitnessRefused(WitnessError):
    """What it has cosigned before is not the beginning of this ledger."""


class WitnessFailed(WitnessError):
    """It gave no answer that says anything about the ledger. It is asked again later."""


class OtherSize(WitnessError):
    """It has last cosigned a checkpoint of another size than the proof begins with."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it has cosigned {size:,} entries")
        self.size = size


class WitnessClient:
    """Asks witnesses at their addresses. Answers have a bounded size and time. Redirects are not followed."""

    def __init__(self, clock: Clock, *, seconds: float = ANSWER_SECONDS) -> None:
        """`seconds` is how long a witness may keep silent."""
        self._clock, self._seconds = clock, seconds

    def ask(
        self, witness: PolicyWitness, note: Note, *, size: int, old_size: int, proof: Sequence[bytes]
    ) -> Signature:
        """Return the cosignature of a checkpoint, verified.

        `proof` leads from `old_size` to `size`, the checkpoint's own. Raises a `WitnessError`.
        """
        body = format_consistency_proof(old_size=old_size, hashes=proof, checkpoint=format_note(note))
        response = self._post(f"{witness.url.rstrip('/')}/add-checkpoint", body)
        status = response.status_code
        if status == _OK:
            return _read_cosignature(response.content, note, witness, now=self._clock())
        if status == _CONFLICT:
            raise _explain_conflict(response, size=size, old_size=old_size)
        if status == _UNPROCESSABLE:
            raise WitnessRefused(_describe_rewriting(old_size))
        raise WitnessFailed(_explain_status(response))

    def _post(self, address: str, body: str) -> requests.Response:
        try:
            with BoundedSession() as session:
                return session.post(
                    address,
                    data=body.encode(),
                    headers={"Content-Type": "text/plain; charset=utf-8"},
                    timeout=self._seconds,
                    allow_redirects=False,
                    auth=skip_netrc_auth,
                )
        except requests.RequestException as error:
            raise WitnessFailed(f"no answer ({type(error).__name__})") from None


def _read_cosignature(data: bytes, note: Note, witness: PolicyWitness, *, now: datetime) -> Signature:
    """Return the first cosignature by the witness's key, once all by it are verified."""
    try:
        signatures = _pick_signatures(data.decode(), note, witness.key)
        verify_note(signatures, [witness.key], check_signature)
        times = [read_cosignature_time(each.value) for each in signatures.signatures]
    except UnicodeDecodeError:
        raise WitnessFailed("its answer is not text") from None
    except NoteError as error:
        raise WitnessFailed(f"its answer is no cosignature of the checkpoint: {error}") from None
    if max(times) > (now + MAX_CLOCK_DIFFERENCE).timestamp():
        raise WitnessFailed("the time of its cosignature is more than five minutes ahead")
    return signatures.signatures[0]


def _pick_signatures(lines: str, note: Note, key: VerifierKey) -> Note:
    """Return the checkpoint with the signature lines of the key alone.

    The lines are read as the end of the note. With an empty one they would be the end of another text.
    """
    answer = parse_note(f"{note.text}\n{lines}")
    if answer.text != note.text:
        raise NoteError("it has an empty line")
    own = [each for each in answer.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
    if not own:
        raise NoteError("it is by another key")
    return Note(note.text, tuple(own))


def _explain_conflict(response: requests.Response, *, size: int, old_size: int) -> WitnessError:
    """Return what a 409 means: the size that it has cosigned; at that size already, another root."""
    other = _read_size(response)
    if other is not None and other != old_size:
        return OtherSize(other)
    if old_size == size:
        return WitnessRefused(_describe_rewriting(old_size))
    return WitnessFailed("it answers 409 without another size")


def _read_size(response: requests.Response) -> int | None:
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = response.content[: _MAX_SIZE_BYTES + 1].decode("latin-1")
    if content_type != SIZE_TYPE or not text.endswith("\n"):
        return None
    try:
        return parse_number(text[:-1], subject="the size")
    except NoteError:
        return None


def _describe_rewriting(old_size: int) -> str:
    which = "its entry is not the one" if old_size == 1 else f"its first {old_size:,} entries are not those"
    return f"the ledger was rewritten, {which} that the witness has cosigned"


def _explain_status(response: requests.Response) -> str:
    status = response.status_code
    if response.is_redirect:
        return f"it redirects ({status}), which is not followed: put its own address into the policy"
    return f"{_FAILURES.get(status, 'it answers with an error')} ({status})"
