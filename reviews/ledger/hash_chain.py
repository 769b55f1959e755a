"""The hash chain of the ledger: append-only, every entry has the hash of the one before it.

The hash of an entry is the SHA-256, in lower-case hex, of the entry's canonical JSON (RFC 8785) without its
`hash` member. Entries hold strings, whole numbers, booleans, nulls, lists and objects; no floating point
numbers, which different writers print differently, and no whole numbers that not every reader can hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from reviews.ledger.findings import LedgerFinding
    from reviews.ports.ledger import LedgerEntry

GENESIS_HASH = "0" * 64
MAX_NUMBER = 2**53 - 1  # RFC 8785 allows only the numbers of I-JSON (RFC 7493, 2.2)


class EntryType(StrEnum):
    REVIEW_OPENED = "review:opened"
    REVIEW_REVISED = "review:revised"
    REVIEW_SUPERSEDED = "review:superseded"
    REVIEW_ACKNOWLEDGED = "review:acknowledged"
    REVIEW_CHANGES_REQUESTED = "review:changes_requested"
    REVIEW_RELABELLED = "review:relabelled"
    REVIEW_RELINKED = "review:relinked"
    REVIEW_WITHDRAWN = "review:withdrawn"
    REVIEW_REASSIGNED = "review:reassigned"
    REVIEW_SNOOZED = "review:snoozed"
    REVIEW_REMINDED = "review:reminded"
    REVIEW_ESCALATED = "review:escalated"
    REVIEW_LAPSED = "review:lapsed"
    REVIEW_FOLLOWED_UP = "review:followed_up"
    REVIEW_HANDED_OVER = "review:handed_over"
    REVIEW_HANDED_BACK = "review:handed_back"
    REVIEW_REMOVED = "review:removed"
    REVIEW_JOINED = "review:joined"
    REVIEW_FILE_REVISED = "review:file_revised"
    REVIEW_FILE_RELABELLED = "review:file_relabelled"
    REVIEW_FILE_SUPERSEDED = "review:file_superseded"
    REVIEW_TAKEN_OUT = "review:taken_out"
    REVIEW_ABSORBED = "review:absorbed"
    REVIEW_CARRIED = "review:carried"
    REVIEW_DOCUMENT_GONE = "review:document_gone"
    REVIEW_DOCUMENT_BACK = "review:document_back"
    REVIEW_CLOSED = "review:closed"
    DELIVERY_GIVEN_UP = "delivery:given_up"
    DELIVERY_RECOVERED = "delivery:recovered"
    OWNER_GONE = "owner:gone"
    OWNER_BACK = "owner:back"
    CHANGE_UNROUTED = "change:unrouted"
    FOLDER_GONE = "folder:gone"
    SWEEP_INCOMPLETE = "sweep:incomplete"
    SWEEP_COMPLETE = "sweep:complete"
    PEOPLE_ERASED = "people:erased"
    CAMPAIGN_STARTED = "campaign:started"
    CAMPAIGN_ENDED = "campaign:ended"
    CAMPAIGN_REMOVED = "campaign:removed"


TYPES_WITHOUT_REVIEW = frozenset(
    {
        EntryType.OWNER_GONE,
        EntryType.OWNER_BACK,
        EntryType.CHANGE_UNROUTED,
        EntryType.FOLDER_GONE,
        EntryType.SWEEP_INCOMPLETE,
        EntryType.SWEEP_COMPLETE,
        EntryType.PEOPLE_ERASED,
        EntryType.CAMPAIGN_STARTED,
        EntryType.CAMPAIGN_ENDED,
        EntryType.CAMPAIGN_REMOVED,
    }
)
"""Types of entries that belong to no review: their `review_id` is `null`."""
TYPES_OF_REVIEWS = frozenset(EntryType) - TYPES_WITHOUT_REVIEW


class LedgerBroken(Exception):
    """The ledger is not intact; the message says where and why."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last entry's number and hash; `seq` 0 and the genesis hash for an empty ledger."""

    seq: int
    hash: str


class ReadEntry(NamedTuple):
    """An entry as read; `proven` says that its hash was verified to be that of its text."""

    entry: LedgerEntry
    proven: bool


@dataclass(frozen=True, kw_only=True)
class CoveredEntries:
    """What a checkpoint covers: how many entries, and by which verifier keys it is proven to be signed.

    `is_signed` is true also where no key to verify the signature was at hand.
    """

    size: int
    is_signed: bool
    signers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The result of a check of a chain: how many entries are valid, and the first invalid one.

    For a whole database also: all findings, up to a limit and with the number of those beyond it; how many
    reviews were compared, and how many retention has removed; and each member that can't be compared, by name
    with the number of reviews concerned. `covered` is what the last checkpoint covers.

    `saved_checkpoint` is what a checkpoint from elsewhere covers. `pinned` is the number of the newest saved
    head, for a file that has to be whole. `erased` is how many names, addresses and texts were erased in
    a file, and `unrecorded` of how many of them no later entry of a part says so.

    `may_hold` is true of a file that was not verified: it is no export, or nothing shows where it has to end.
    """

    checked: int
    first: int
    head: Head
    problem: str | None
    findings: tuple[LedgerFinding, ...] = ()
    unlisted: int = 0
    reviews: int | None = None
    removed: int = 0
    incomparable_members: Mapping[str, int] = field(default_factory=dict)
    covered: CoveredEntries | None = None
    saved_checkpoint: CoveredEntries | None = None
    pinned: int | None = None
    erased: int | None = None
    unrecorded: int | None = None
    may_hold: bool = False

    @property
    def intact(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, kw_only=True)
class ChainPiece:
    """The result for one piece of a chain: how many entries are valid, and the first invalid one.

    `start` is the entry that the piece claims to follow, `head` its last one; `None` where it is empty.
    """

    checked: int
    start: Head | None
    head: Head | None
    problem: str | None


def encode_canonical(value: LedgerEntry | list[Any]) -> bytes:
    """Return the one encoding of an entry (RFC 8785); `ValueError` for a value that no entry may hold."""
    return json.dumps(_sort_members(value), ensure_ascii=False, separators=(",", ":")).encode()


def hash_entry(entry: LedgerEntry) -> str:
    """Return the hash of an entry."""
    return hashlib.sha256(encode_canonical({k: v for k, v in entry.items() if k != "hash"})).hexdigest()


def chain_entry(head: Head, body: LedgerEntry) -> dict[str, Any]:
    """Return the entry with this `body` that follows `head`."""
    entry = {**body, "seq": head.seq + 1, "prev_hash": head.hash}
    return {**entry, "hash": hash_entry(entry)}


def parse_entry(text: str, *, label: str, kind: str = "entry") -> dict[str, Any]:
    """Parse an entry, or another object of the ledger's that is called `kind`; or raise `LedgerBroken`.

    Two readers could make different entries of a text that names a member twice, so none may.
    """

    def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            names = [name for name, _ in pairs]
            duplicate = next(name for name in names if names.count(name) > 1)
            raise LedgerBroken(f"{label} says {_quote_text(duplicate)} twice")
        return members

    def parse_number(digits: str) -> int:
        if len(digits) > 17:
            refuse_number(digits)
        return int(digits)

    def refuse_number(digits: str) -> NoReturn:
        raise LedgerBroken(f"{label} holds the number {_quote_text(digits)}, which no entry of ours can hold")

    if not isinstance(text, str):  # SQLite may hold bytes and numbers in a column of texts
        raise LedgerBroken(f"{label} is not text")
    try:
        entry = json.loads(
            text,
            object_pairs_hook=refuse_duplicates,
            parse_int=parse_number,
            parse_float=refuse_number,
            parse_constant=refuse_number,
        )
    except (ValueError, RecursionError):
        raise LedgerBroken(f"{label} is not JSON") from None
    if not isinstance(entry, dict):
        raise LedgerBroken(f"{label} is no {kind}")
    return entry


def has_place(entry: LedgerEntry) -> bool:
    """Return whether an entry has a number and a hash, so that it can be in a chain."""
    seq = entry.get("seq")
    return type(seq) is int and seq >= 1 and isinstance(entry.get("hash"), str)


def verify(
    entries: Iterable[LedgerEntry | ReadEntry],
    *,
    from_start: bool = False,
    saved_heads: Collection[Head] = (),
) -> Verdict:
    """Check a chain in order. The entries' reader may raise `LedgerBroken`, which ends the check.

    `saved_heads` were kept elsewhere: those entries must exist with those hashes, whatever follows. With
    `from_start` the first entry must be that of the ledger; an export of a period starts in the middle.
    """
    return join_pieces(
        [check_piece(entries, saved_heads=saved_heads)], from_start=from_start, saved_heads=saved_heads
    )


def check_piece(
    entries: Iterable[LedgerEntry | ReadEntry], *, saved_heads: Collection[Head] = ()
) -> ChainPiece:
    """Check a piece of a chain, wherever it begins, so that several can be checked at once.

    `join_pieces` checks that it follows the one before, and compares its last entry with `saved_heads`.
    """
    piece = _PieceCheck(saved_heads)
    problem = None
    try:
        for item in entries:
            entry, proven = item if isinstance(item, ReadEntry) else (item, False)
            piece.check_entry(entry, proven=proven)
    except LedgerBroken as broken:
        problem = str(broken)
    return ChainPiece(checked=piece.checked, start=piece.start, head=piece.head, problem=problem)


def join_pieces(
    pieces: Iterable[ChainPiece], *, from_start: bool = False, saved_heads: Collection[Head] = ()
) -> Verdict:
    """Return the result for a chain from its pieces in order: the same as checking it at once."""
    joined = _PieceJoiner(saved_heads, from_start=from_start)
    problem = None
    try:
        for piece in pieces:
            joined.add_piece(piece)
        joined.check_saved_heads()
    except LedgerBroken as broken:
        problem = str(broken)
    return Verdict(
        checked=joined.checked, first=joined.first, head=joined.head or _EMPTY_HEAD, problem=problem
    )


_EMPTY_HEAD = Head(seq=0, hash=GENESIS_HASH)


class _PieceCheck:
    """The part of a piece that is valid so far; raises `LedgerBroken` for the rest.

    `start` is the entry that its first entry claims to follow; `None` until one was seen.
    """

    def __init__(self, saved_heads: Collection[Head]) -> None:
        self.checked = 0
        self.start: Head | None = None
        self.head: Head | None = None
        self._saved_heads = saved_heads
        self._saved_seqs = frozenset(head.seq for head in saved_heads)

    def check_entry(self, entry: LedgerEntry, *, proven: bool) -> None:
        if not has_place(entry):
            raise LedgerBroken("an entry has no number or no hash")
        seq, entry_hash = entry["seq"], entry["hash"]
        if self.head is None:
            self.start = self.head = Head(seq=seq - 1, hash=str(entry.get("prev_hash")))
        if self.head.seq in self._saved_seqs:
            _check_saved_head(self.head, self._saved_heads)
        _check_link(seq, entry.get("prev_hash"), self.head)
        _check_hash(entry, proven=proven)
        self.head = Head(seq=seq, hash=entry_hash)
        self.checked += 1


class _PieceJoiner:
    """The pieces that follow each other so far; raises `LedgerBroken` for one that doesn't."""

    def __init__(self, saved_heads: Collection[Head], *, from_start: bool) -> None:
        self.checked = self.first = 0
        self.head = _EMPTY_HEAD if from_start else None
        self._saved_heads = saved_heads

    def add_piece(self, piece: ChainPiece) -> None:
        if piece.start is not None:
            first = piece.start.seq + 1
            self.first = self.first or first
            if self.head is None:
                self.head = _EMPTY_HEAD if first == 1 else piece.start
            elif self.checked:
                _check_saved_head(self.head, self._saved_heads)
            _check_link(first, piece.start.hash, self.head)
        if piece.checked:
            self.head = piece.head
            self.checked += piece.checked
        if piece.problem is not None:
            raise LedgerBroken(piece.problem)

    def check_saved_heads(self) -> None:
        """Compare the end with its saved head, and check for saved heads that did not occur."""
        head = self.head or _EMPTY_HEAD
        _check_saved_head(head, self._saved_heads)
        for saved in self._saved_heads:
            if saved.seq > head.seq:
                raise LedgerBroken(
                    f"the chain ends at entry {head.seq}, but entry {saved.seq} was written: "
                    "entries are missing at the end"
                )
            if self.first > saved.seq + 1:
                raise LedgerBroken(f"it starts at entry {self.first}, so entry {saved.seq} can't be compared")


def _check_saved_head(head: Head, saved_heads: Collection[Head]) -> None:
    if any(saved.seq == head.seq and saved.hash != head.hash for saved in saved_heads):
        raise LedgerBroken(f"entry {head.seq} has another hash than the one that was kept")


def _check_link(seq: int, prev_hash: Any, head: Head) -> None:
    if seq == head.seq:
        raise LedgerBroken(f"entry {seq} is there twice, the second time where entry {seq + 1} has to be")
    if seq < head.seq:
        raise LedgerBroken(f"entry {seq} is where entry {head.seq + 1} has to be")
    if seq != head.seq + 1:
        after = f"entry {seq} follows entry {head.seq}" if head.seq else f"the chain starts at entry {seq}"
        raise LedgerBroken(f"entry {head.seq + 1} is missing: {after}")
    if prev_hash != head.hash:
        raise LedgerBroken(
            f"entry {seq} does not follow entry {head.seq}: one was changed or put in its place"
        )


def _check_hash(entry: LedgerEntry, *, proven: bool) -> None:
    try:
        intact = proven or hash_entry(entry) == entry["hash"]
    except (ValueError, RecursionError):  # a value that no entry of ours can hold
        intact = False
    if not intact:
        raise LedgerBroken(f"entry {entry['seq']} was changed after it was written")


def _sort_members(value: Any) -> Any:
    """Return a value with its members in the order of RFC 8785, 3.2.3: by UTF-16 code units.

    Most values are text, and most names ASCII, whose order is the same in any encoding.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if type(value) is dict or isinstance(value, Mapping):
        all_ascii = "".join(value).isascii()
        names = sorted(value, key=None if all_ascii else lambda name: name.encode("utf-16-be"))
        return {name: _sort_members(value[name]) for name in names}
    if isinstance(value, list | tuple):
        return [_sort_members(item) for item in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_NUMBER):
        raise ValueError("an entry holds whole numbers of at most 53 bits")
    return value


def _quote_text(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}...")
