"""Has witnesses cosign the ledger's checkpoints, and keeps what each of them has cosigned or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from reviews.evidence.checkpoints import parse_checkpoint
from reviews.evidence.cosigned_checkpoints import verify_checkpoint_by_policy
from reviews.evidence.policies import show_name
from reviews.evidence.signed_notes import Note, NoteError, Signature, format_note, parse_note
from reviews.evidence.tiles import MissingTile, build_consistency_proof
from runtime.evidence.ledger_key import check_signature
from runtime.evidence.witness_client import OtherSize, WitnessError, WitnessFailed, WitnessRefused
from runtime.evidence.witness_policy import list_asked_witnesses
from store import ledger_tree, witnesses
from store.witnesses import WitnessedCheckpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.clock import Clock
    from reviews.evidence.policies import Policy, PolicyWitness
    from reviews.evidence.signed_notes import VerifierKey
    from runtime.evidence.witness_client import WitnessClient
    from store.witnesses import WitnessState

ASK_INTERVAL = timedelta(hours=1)
"""Between two cosignatures of a witness. One that refuses is asked as often."""
RETRY_INTERVAL = timedelta(minutes=10)
"""After no answer that counts."""
LEASE = timedelta(minutes=10)
"""How long a worker may ask before another one does."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Submission:
    """The last checkpoint: its note with our signatures, and its size."""

    note: Note
    size: int


class Cosigning:
    """Asks the witnesses of a policy to cosign the last checkpoint; any number of processes may do so.

    `list_keys` returns the verifier keys of this ledger, for a policy that names no log.
    """

    def __init__(
        self,
        engine: sa.Engine,
        policy: Policy,
        client: WitnessClient,
        *,
        list_keys: Callable[[], list[VerifierKey]],
        clock: Clock,
    ) -> None:
        self._engine, self._policy, self._client = engine, policy, client
        self._list_keys, self._clock = list_keys, clock

    def ask_due(self, *, at_once: bool = False, is_stopping: Callable[[], bool] = lambda: False) -> bool:
        """Ask each witness that is due, unless another process does; return whether this one did.

        With `at_once`, each is asked that has not cosigned the last checkpoint.
        """
        claimed_until = witnesses.ROUND.claim(self._engine, LEASE)
        if claimed_until is None:
            return False
        until = self._clock() + LEASE
        try:
            for witness in self._list_due(at_once=at_once):
                if is_stopping() or self._clock() > until:
                    break
                self._ask_one(witness)
            self._store_quorum()
        finally:
            witnesses.ROUND.release(self._engine, claimed_until)
        return True

    def _list_due(self, *, at_once: bool) -> list[PolicyWitness]:
        """Return the witnesses that have to be asked now, first those that were asked longest ago."""
        last = self._read_submission()
        if last is None:
            return []
        states = witnesses.read_states(self._engine)
        due = [
            each
            for each in list_asked_witnesses(self._policy)
            if _has_news(states.get(str(each.key)), last, now=self._clock(), at_once=at_once)
        ]
        return sorted(due, key=lambda each: _get_asked_at(states.get(str(each.key))))

    def _read_submission(self) -> _Submission | None:
        """Return the last checkpoint if it is signed: no witness cosigns another."""
        stored = ledger_tree.read_last_checkpoint(self._engine)
        if stored is None or not stored.is_signed:
            return None
        try:
            note = parse_note(stored.note)
            return _Submission(note=note, size=parse_checkpoint(note.text).size)
        except NoteError:  # changed in the database; the maker of checkpoints replaces it
            return None

    def _ask_one(self, witness: PolicyWitness) -> None:
        key, name = str(witness.key), show_name(witness.name)
        try:
            submission, signature = self._submit(witness)
        except WitnessRefused as refusal:
            log.warning("witness_refused", witness=name, reason=str(refusal))
            witnesses.record_refusal(self._engine, key, str(refusal), self._clock())
        except WitnessError as failure:
            log.warning("witness_failed", witness=name, reason=str(failure))
            witnesses.record_failure(self._engine, key, str(failure), self._clock())
        except Exception:
            # The other witnesses are asked all the same, and this one again in ten minutes.
            log.exception("witness_failed", witness=name)
            witnesses.record_failure(self._engine, key, "an error of this program", self._clock())
        else:
            own = submission.note
            note = format_note(Note(own.text, (*own.signatures, signature)))
            cosigned = WitnessedCheckpoint(size=submission.size, note=note, at=self._clock())
            witnesses.record_cosignature(self._engine, key, cosigned)

    def _submit(self, witness: PolicyWitness) -> tuple[_Submission, Signature]:
        """Return the last checkpoint and its cosignature; at another last size, ask once more."""
        state = witnesses.read_states(self._engine).get(str(witness.key))
        last = self._require_submission()
        try:
            return last, self._send(witness, last, old_size=min(state.size if state else 0, last.size))
        except OtherSize as other:
            last = self._require_submission()  # it may have grown, and another process may have asked
            if other.size > last.size:
                raise WitnessRefused(_describe_shortening(other.size, last.size)) from None
            return last, self._send_again(witness, last, old_size=other.size)

    def _send_again(self, witness: PolicyWitness, last: _Submission, *, old_size: int) -> Signature:
        try:
            return self._send(witness, last, old_size=old_size)
        except OtherSize:
            raise WitnessFailed("it answers with another size each time") from None

    def _require_submission(self) -> _Submission:
        submission = self._read_submission()
        if submission is None:
            raise WitnessFailed("there is no signed checkpoint any more")
        return submission

    def _send(self, witness: PolicyWitness, last: _Submission, *, old_size: int) -> Signature:
        try:
            proof = build_consistency_proof(
                old_size, size=last.size, read=lambda ids: ledger_tree.read_tiles(self._engine, ids)
            )
        except MissingTile as error:
            raise WitnessFailed(f"there is no proof for it: {error}") from None
        return self._client.ask(witness, last.note, size=last.size, old_size=old_size, proof=proof)

    def _store_quorum(self) -> None:
        """Store the largest checkpoint that the policy accepts, unless it or a larger one is stored."""
        stored = witnesses.read_witnessed_checkpoint(self._engine)
        for candidate in self._build_candidates():
            if stored is not None and (candidate.size < stored.size or candidate.note == stored.note):
                return
            try:
                verify_checkpoint_by_policy(
                    candidate.note, self._policy, check_signature, keys=self._list_keys()
                )
            except NoteError:
                continue
            witnesses.write_witnessed_checkpoint(self._engine, candidate)
            return

    def _build_candidates(self) -> list[WitnessedCheckpoint]:
        """Return what was cosigned, largest first: each checkpoint once with all its cosignatures."""
        states = witnesses.read_states(self._engine)
        by_text: dict[str, list[WitnessState]] = {}
        for witness in self._policy.witnesses:
            state = states.get(str(witness.key))
            if state is not None and (text := _read_text(state)):
                by_text.setdefault(text, []).append(state)
        return sorted(map(_join_cosignatures, by_text.values()), key=lambda each: each.size, reverse=True)


def _join_cosignatures(states: list[WitnessState]) -> WitnessedCheckpoint:
    notes = [parse_note(state.note) for state in states]
    signatures = dict.fromkeys(signature for note in notes for signature in note.signatures)
    return WitnessedCheckpoint(
        size=states[0].size,
        note=format_note(Note(notes[0].text, tuple(signatures))),
        at=max(state.at for state in states if state.at is not None),
    )


def _has_news(state: WitnessState | None, last: _Submission, *, now: datetime, at_once: bool) -> bool:
    """Return whether a witness has not cosigned the last checkpoint, and has to be asked now."""
    if state is None:
        return True
    if not state.refusal and _read_text(state) == last.note.text:
        return False
    interval = RETRY_INTERVAL if state.failure else ASK_INTERVAL
    return at_once or not timedelta() <= now - state.asked_at < interval


def _read_text(state: WitnessState) -> str:
    """Return the checkpoint that a witness cosigned last; nothing where the database has no such note."""
    try:
        return parse_note(state.note).text
    except NoteError:
        return ""


def _get_asked_at(state: WitnessState | None) -> float:
    return state.asked_at.timestamp() if state else 0.0


def _describe_shortening(cosigned: int, present: int) -> str:
    return (
        f"the witness has cosigned {cosigned:,} entries, and the ledger has {present:,}: "
        "its end was cut off, or a backup restored"
    )
