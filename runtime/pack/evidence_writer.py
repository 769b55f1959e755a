"""What proves a pack, as files: the checkpoint, its keys, timestamps, and the checkpoints of the days.

Each older checkpoint has a proof beside it that the one of the pack begins with its entries: otherwise the
time at which it existed would say nothing about the entries of the pack.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from reviews.evidence.checkpoints import parse_checkpoint, verify_checkpoint
from reviews.evidence.consistency_proofs import format_consistency_proof
from reviews.evidence.merkle_tree import verify_consistency
from reviews.evidence.signed_notes import NoteError, parse_note, parse_verifier_key, verify_note
from reviews.evidence.tiles import MissingTile, build_consistency_proof
from reviews.ledger.hash_chain import LedgerBroken
from reviews.pack.file_names import CHECKPOINT, CONSISTENCY, DAYS, KEYS, TIMESTAMPS
from reviews.pack.report import PackEvidence
from runtime.evidence.ledger_key import check_signature
from runtime.evidence.timestamps import InvalidTimestamp, read_timestamp
from runtime.evidence.used_keys import list_proven_keys
from runtime.pack.checkpoint_days import DayOrder, identify_checkpoint, list_days, require_day
from store import ledger_tree
from store.timestamps import iterate_timestamps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    import sqlalchemy as sa
    from cryptography import x509

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey
    from reviews.pack.pack_request import PackRequest
    from runtime.evidence.ledger_key import LedgerKeys
    from runtime.pack.new_folder import PackFolder
    from store.ledger_tree import UsedKey
    from store.timestamps import StoredTimestamp

CHECKPOINT_ENDING, RESPONSE_ENDING = ".checkpoint", ".checkpoint.tsr"


@dataclass(frozen=True, kw_only=True)
class EvidenceSource:
    """Where the evidence of one installation comes from, and whom it trusts about it."""

    engine: sa.Engine
    keys: LedgerKeys
    policy: Policy | None = None
    tsa_certificates: Sequence[x509.Certificate] = ()


@dataclass(frozen=True, kw_only=True)
class SignedCheckpoint:
    """The checkpoint of a pack; `note` is its text as it was signed."""

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True, kw_only=True)
class WrittenEvidence:
    """What was written, and the files that could have been and were not, each with the reason."""

    evidence: PackEvidence
    left_out: tuple[str, ...]


def write_evidence(
    folder: PackFolder, source: EvidenceSource, request: PackRequest, signed: SignedCheckpoint
) -> WrittenEvidence:
    folder.write_file(CHECKPOINT, [signed.note.encode()])
    keys = _list_keys(source, signed.checkpoint)
    folder.write_file(KEYS, [_format_keys(keys).encode()])
    verifier_keys = [parse_verifier_key(each.key) for each in keys]
    older = _OlderCheckpointWriter(folder, source, signed, verifier_keys)
    first, last = list_days(request.since, request.until)
    for daily in ledger_tree.iterate_daily(source.engine, since=first, until=last):
        older.write_day(daily.day, daily.note)
    for stored in iterate_timestamps(source.engine, since=first, until=last):
        older.write_timestamp(stored)
    checkpoint = signed.checkpoint
    evidence = PackEvidence(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        verifier_key=keys[0].key if keys else None,
        witnesses=_list_witnesses(signed.note, source.policy),
        timestamped_at=tuple(older.times),
    )
    return WrittenEvidence(evidence=evidence, left_out=tuple(older.left_out))


class _Older(NamedTuple):
    """The size of an older checkpoint, and the hashes that prove it; none for the pack's own."""

    size: int
    hashes: Sequence[bytes]


@dataclass
class _OlderCheckpointWriter:
    """Writes older checkpoints, each with its proof.

    One that does not hold is left out, with the reason; one that is newer than the pack's, without any.
    """

    folder: PackFolder
    source: EvidenceSource
    signed: SignedCheckpoint
    keys: Sequence[VerifierKey]
    times: list[datetime] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _proven: set[int] = field(default_factory=set)
    _days: DayOrder = field(default_factory=DayOrder)
    _timestamped_days: DayOrder = field(default_factory=DayOrder)

    def write_day(self, day: date, note: str) -> None:
        name = f"{DAYS}/{day}"
        with self._leave_out(name):
            if older := self._read_older(note):
                self._days.add_day(day, older.size, identify_checkpoint(note, self.keys))
                self._write_proof(older)
                self.folder.write_file(name, [note.encode()])

    def write_timestamp(self, stored: StoredTimestamp) -> None:
        name = f"{TIMESTAMPS}/{stored.day}"
        with self._leave_out(f"{name}{CHECKPOINT_ENDING}"):
            if (older := self._read_older(stored.note)) is None:
                return
            identity = identify_checkpoint(stored.note, self.keys)
            self._timestamped_days.add_day(stored.day, older.size, identity)
            with self._leave_out(f"{name}{RESPONSE_ENDING}"):
                text = stored.note.encode()
                read = read_timestamp(stored.response, text, roots=self.source.tsa_certificates)
                require_day(read.time, stored.day)
                self._write_proof(older)
                self.folder.write_file(f"{name}{CHECKPOINT_ENDING}", [text])
                self.folder.write_file(f"{name}{RESPONSE_ENDING}", [stored.response])
                self.times.append(read.time)

    @contextmanager
    def _leave_out(self, name: str) -> Iterator[None]:
        """Note why a file is not in the pack, if what is to be in it does not hold."""
        try:
            yield
        except (NoteError, InvalidTimestamp) as error:
            self.left_out.append(f"{name}: {error}")

    def _read_older(self, note: str) -> _Older | None:
        """Return a checkpoint with its proof, `None` if it is newer, or raise `NoteError`.

        One by a key that is lost can't be verified by anyone who has the pack's keys alone.
        """
        older, newer = _parse(note), self.signed.checkpoint
        if older.origin != newer.origin:
            raise NoteError(f"it is one of {older.origin}")
        verify_checkpoint(note, self.keys, check_signature)
        # It was made since the one that witnesses have cosigned: it says nothing of the pack.
        if older.size > newer.size:
            return None
        hashes = self._build_proof(older.size)
        if not verify_consistency(
            old_size=older.size, old_root=older.root, size=newer.size, root=newer.root, proof=hashes
        ):
            raise NoteError(f"its {older.size:,} entries are not the first ones of this ledger")
        return _Older(older.size, hashes)

    def _build_proof(self, old_size: int) -> list[bytes]:
        """Return the hashes; none for the checkpoint itself."""
        read = partial(ledger_tree.read_tiles, self.source.engine)
        try:
            return build_consistency_proof(old_size, size=self.signed.checkpoint.size, read=read)
        except MissingTile as error:
            raise LedgerBroken(str(error)) from None

    def _write_proof(self, older: _Older) -> None:
        """Write the proof of a checkpoint, unless it is there or has none."""
        if not older.hashes or older.size in self._proven:
            return
        text = format_consistency_proof(old_size=older.size, hashes=older.hashes, checkpoint=self.signed.note)
        self.folder.write_file(f"{CONSISTENCY}/{older.size}", [text.encode()])
        self._proven.add(older.size)


def _parse(note: str) -> Checkpoint:
    """Return a checkpoint; `NoteError` for one without a signature, which proves nothing beside one with."""
    if not isinstance(note, str):  # SQLite may hold bytes in a column of texts
        raise NoteError("it is not text")
    return parse_checkpoint(parse_note(note).text)


def _list_keys(source: EvidenceSource, checkpoint: Checkpoint) -> list[UsedKey]:
    """Return the keys that have signed, those of the installation first."""
    present = [str(key.build_verifier_key(checkpoint.origin)) for key in source.keys.all]
    used = list_proven_keys(source.engine, source.keys)
    return sorted(used, key=lambda each: (*present, each.key).index(each.key))


def _format_keys(keys: Sequence[UsedKey]) -> str:
    """Return each key on a line of its own, below a remark."""
    return "".join(
        f"# signs since {each.at:%Y-%m-%d}, for the entries after {each.since}\n{each.key}\n" for each in keys
    )


def _list_witnesses(note: str, policy: Policy | None) -> tuple[str, ...]:
    """Return the names of the policy's witnesses that have cosigned."""
    keys = [witness.key for witness in policy.witnesses] if policy else []
    try:
        return tuple(key.name for key in verify_note(parse_note(note), keys, check_signature))
    except NoteError:  # by none of them
        return ()
