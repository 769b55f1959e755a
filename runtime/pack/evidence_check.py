"""The check of a pack's evidence: its checkpoint, the older ones with their proofs, and the timestamps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from reviews.evidence.checkpoints import Checkpoint, parse_checkpoint, verify_checkpoint
from reviews.evidence.consistency_proofs import parse_consistency_proof
from reviews.evidence.merkle_tree import verify_consistency
from reviews.evidence.signed_notes import (
    MAX_NOTE_BYTES,
    NoteError,
    VerifierKey,
    parse_note,
    parse_verifier_key,
)
from reviews.pack.file_names import CHECKPOINT, CONSISTENCY, DAYS, KEYS, TIMESTAMPS
from runtime.evidence.ledger_key import check_signature
from runtime.evidence.timestamps import MAX_RESPONSE_BYTES, InvalidTimestamp, read_timestamp
from runtime.ledger_verification.saved_checkpoints import parse_saved_checkpoint
from runtime.pack.checkpoint_days import DayOrder, find_day_outside, identify_checkpoint, require_day
from runtime.pack.evidence_writer import CHECKPOINT_ENDING, RESPONSE_ENDING, SignedCheckpoint
from runtime.pack.opened_folder import PackInvalid, PackNotCompared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from reviews.evidence.policies import Policy
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from runtime.pack.opened_folder import OpenedPack

MAX_KEYS_BYTES = 1_000_000
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_KEY_REMARK = re.compile(f"# signs since {_DAY}, for the entries after [0-9]+")


@dataclass(frozen=True, kw_only=True)
class TrustedEvidence:
    """What the person who checks has from elsewhere."""

    keys: Sequence[VerifierKey] = ()
    policy: Policy | None = None
    saved: SavedCheckpoint | None = None
    tsa_certificates: Sequence[x509.Certificate] = ()


@dataclass(frozen=True, kw_only=True)
class VerifiedEvidence:
    """The checkpoint of a pack, who signed it, and what is beside it.

    Attributes:
        own_key: The key is one of the pack itself, which proves nothing about who wrote it.
        days: The days after which checkpoints are named, in order.
        timestamped_days: Those after which timestamps are named.
        times: What the timestamps state, in order.
        by_own_keys: How many of these checkpoints only a key of the pack itself has signed. They hold because
            the pack's checkpoint begins with their entries.
    """

    signed: SignedCheckpoint
    signers: tuple[str, ...]
    own_key: bool
    days: tuple[date, ...]
    timestamped_days: tuple[date, ...]
    times: tuple[datetime, ...]
    by_own_keys: int


def check_evidence(pack: OpenedPack, trusted: TrustedEvidence) -> VerifiedEvidence:
    """Return what the evidence of a pack says, or raise `PackInvalid` with the file that does not hold."""
    own_keys = _read_keys(pack)
    own_key = not trusted.keys and (trusted.policy is None or not trusted.policy.logs)
    keys = own_keys if own_key else tuple(trusted.keys)
    if own_key and not own_keys and trusted.policy is None:
        raise PackInvalid(f"{KEYS} names no key: the ledger's has to be given with --key")
    note = pack.read_text(CHECKPOINT, max_bytes=MAX_NOTE_BYTES)
    try:
        saved = parse_saved_checkpoint(note, keys, trusted.policy)
    except NoteError as error:
        raise PackInvalid(f"{CHECKPOINT}: {error}") from None
    signed = SignedCheckpoint(checkpoint=saved.checkpoint, note=note)
    if not keys and trusted.policy is not None:
        keys = tuple(log.key for log in trusted.policy.logs)
    older = _OlderCheckpointCheck(pack, signed, keys, own_keys, trusted)
    older.check()
    return VerifiedEvidence(
        signed=signed,
        signers=saved.covered.signers,
        own_key=own_key,
        days=tuple(older.days),
        timestamped_days=tuple(older.timestamped_days),
        times=tuple(sorted(older.times)),
        by_own_keys=older.by_own_keys,
    )


def _read_keys(pack: OpenedPack) -> tuple[VerifierKey, ...]:
    """Return the keys, each on a line below the remark that is written for it."""
    *lines, end = pack.read_text(KEYS, max_bytes=MAX_KEYS_BYTES).split("\n")
    if end or len(lines) % 2:
        raise PackInvalid(f"{KEYS} ends within the lines of a key")
    keys = []
    for number, (remark, text) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
        if not _KEY_REMARK.fullmatch(remark):
            raise PackInvalid(f"{KEYS}, line {2 * number + 1} does not say since when a key signs")
        try:
            keys.append(parse_verifier_key(text))
        except NoteError as error:
            raise PackInvalid(f"{KEYS}, line {2 * number + 2}: {error}") from None
    return tuple(keys)


@dataclass
class _OlderCheckpointCheck:
    """The checkpoints of days and of timestamps, and the proofs that the pack's one begins with them."""

    pack: OpenedPack
    signed: SignedCheckpoint
    keys: Sequence[VerifierKey]
    own_keys: Sequence[VerifierKey]
    trusted: TrustedEvidence
    days: list[date] = field(default_factory=list)
    timestamped_days: list[date] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    by_own_keys: int = 0
    _order: DayOrder = field(default_factory=DayOrder)
    _timestamp_order: DayOrder = field(default_factory=DayOrder)
    _used_proofs: set[str] = field(default_factory=set)
    _met_saved: bool = False

    def check(self) -> None:
        """Raise `PackInvalid` for the first file that does not hold."""
        if self.trusted.saved:
            self._compare_saved(self.signed.checkpoint)
        for name in self.pack.list_folder(DAYS):
            day = _read_day(name, f"{DAYS}/{_DAY}")
            self._check_older(name, day, self._order)
            self.days.append(day)
        for name in self.pack.list_folder(TIMESTAMPS):
            day = _read_day(name, f"{TIMESTAMPS}/{_DAY}({CHECKPOINT_ENDING}|{RESPONSE_ENDING})")
            self._check_timestamp(name, day)
        if unused := sorted({*self.pack.list_folder(CONSISTENCY)} - self._used_proofs):
            raise PackInvalid(f"{unused[0]} belongs to no checkpoint of the pack")
        if self.trusted.saved and not self._met_saved:
            raise PackNotCompared(
                f"the saved checkpoint of {self.trusted.saved.checkpoint.size:,} entries is none of the "
                "pack's, so it can't be compared: the whole ledger shows whether it is of the same one"
            )

    def _check_timestamp(self, name: str, day: date) -> None:
        if name.endswith(CHECKPOINT_ENDING):
            response_name = f"{name.removesuffix(CHECKPOINT_ENDING)}{RESPONSE_ENDING}"
            if response_name not in self.pack.names:
                raise PackInvalid(f"{response_name} is missing beside its checkpoint")
            return
        checkpoint_name = f"{name.removesuffix(RESPONSE_ENDING)}{CHECKPOINT_ENDING}"
        if checkpoint_name not in self.pack.names:
            raise PackInvalid(f"{checkpoint_name} is missing beside its timestamp")
        text = self._check_older(checkpoint_name, day, self._timestamp_order)
        response = self.pack.read_file(name, max_bytes=MAX_RESPONSE_BYTES)
        try:
            read = read_timestamp(response, text.encode(), roots=self.trusted.tsa_certificates)
            require_day(read.time, day)
        except (InvalidTimestamp, NoteError) as error:
            raise PackInvalid(f"{name}: {error}") from None
        self.times.append(read.time)
        self.timestamped_days.append(day)

    def _check_older(self, name: str, day: date, order: DayOrder) -> str:
        """Return the text of an older checkpoint that is proven to be a beginning of the pack's ledger."""
        note = self.pack.read_text(name, max_bytes=MAX_NOTE_BYTES)
        try:
            checkpoint = self._verify(note)
            self._require_beginning(checkpoint)
            order.add_day(day, checkpoint.size, identify_checkpoint(note, [*self.keys, *self.own_keys]))
        except NoteError as error:
            raise PackInvalid(f"{name}: {error}") from None
        self._compare_saved(checkpoint)
        return note

    def _verify(self, note: str) -> Checkpoint:
        """Return a checkpoint of the pack's log that one of its keys has signed."""
        origin = self.signed.checkpoint.origin
        if parse_checkpoint(parse_note(note).text).origin != origin:
            raise NoteError(f"it is not one of {origin}")
        try:
            return verify_checkpoint(note, self.keys, check_signature)
        except NoteError:
            others = [key for key in self.own_keys if key not in self.keys]
            if not others:
                raise
        checkpoint = verify_checkpoint(note, others, check_signature)
        self.by_own_keys += 1
        return checkpoint

    def _require_beginning(self, older: Checkpoint) -> None:
        newer = self.signed.checkpoint
        hashes: Sequence[bytes] = ()
        if older.size != newer.size:
            name = f"{CONSISTENCY}/{older.size}"
            if name not in self.pack.names:
                raise NoteError(f"{name} is missing, which proves that the ledger begins with it")
            self._used_proofs.add(name)
            proof = parse_consistency_proof(self.pack.read_text(name, max_bytes=MAX_NOTE_BYTES + 4000))
            if proof.old_size != older.size or proof.checkpoint != self.signed.note:
                raise NoteError(
                    f"{name} is the proof of another one, or has another checkpoint than the pack"
                )
            hashes = proof.hashes
        if not verify_consistency(
            old_size=older.size, old_root=older.root, size=newer.size, root=newer.root, proof=hashes
        ):
            raise NoteError(f"the ledger of the pack does not begin with its {older.size:,} entries")

    def _compare_saved(self, checkpoint: Checkpoint) -> None:
        saved = self.trusted.saved
        if saved is None or saved.checkpoint.size != checkpoint.size:
            return
        if saved.checkpoint.root != checkpoint.root or saved.checkpoint.origin != checkpoint.origin:
            raise PackInvalid(
                f"the saved checkpoint of {checkpoint.size:,} entries has another root or name than the "
                "pack's: it is of another ledger, or the ledger was rewritten"
            )
        self._met_saved = True


def check_days(evidence: VerifiedEvidence, *, since: datetime, until: datetime) -> None:
    """Raise `PackInvalid` for a day that is not of the period of the pack."""
    for folder, days in ((DAYS, evidence.days), (TIMESTAMPS, evidence.timestamped_days)):
        if outside := find_day_outside(days, since=since, until=until):
            raise PackInvalid(f"{folder} has the day {outside}, which is not of the pack's period")


def _read_day(name: str, form: str) -> date:
    """Return the day in the name of a file, or raise `PackInvalid` if none of a pack has such a name."""
    try:
        if re.fullmatch(form.replace(".", r"\."), name):
            return date.fromisoformat(name.partition("/")[2][:10])
    except ValueError:  # a day that no calendar has
        pass
    raise PackInvalid(f"{name} is none of a pack's files")
