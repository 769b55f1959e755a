"""The check of the whole ledger in the database: the chain, its pinned end, the reviews, the guards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from reviews.evidence.merkle_tree import CompactRange
from reviews.ledger import hash_chain
from reviews.ledger.campaign_checks import compare_campaign
from reviews.ledger.campaign_checks import describe_unreadable as describe_unreadable_campaign
from reviews.ledger.findings import MAX_LISTED_FINDINGS, LedgerFinding, LedgerFindings, show_id
from reviews.ledger.findings import LedgerPart as Of
from reviews.ledger.hash_chain import GENESIS_HASH, ChainPiece, EntryType, Head, LedgerBroken, Verdict
from reviews.ledger.ledger_consistency import compare_review
from reviews.ledger.removal_checks import check_removal
from runtime.evidence.ledger_key import NO_KEYS, LedgerKeys
from runtime.ledger_verification.index_check import compare_index, describe_stray
from runtime.ledger_verification.parallel_check import (
    MIN_PARALLEL_ROWS,
    ProgressCounter,
    run_in_parallel,
    run_in_turn,
)
from runtime.ledger_verification.people_check import PeopleCheck
from runtime.ledger_verification.people_check import describe_stray as describe_stray_people
from runtime.ledger_verification.tree_check import LeafCheck, TreeCheck, find_changed_tiles
from store import chain, comparison, disclosures, guards, ledger_reading
from store.campaign_comparison import list_campaigns
from store.comparison import ConsistentReview, StrayIndexRow, UnreadableReview
from store.engine import is_undecodable
from store.rows import UNREADABLE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from reviews.ledger.hash_chain import ReadEntry
    from runtime.ledger_verification.parallel_check import CheckTask, CountRows
    from runtime.ledger_verification.processes import Progress
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from store.comparison import ReviewBlock, ReviewWithEntries
    from store.ledger_reading import EntryRange

RESTORE = "run docspace-review ledger restore-guards, then verify the ledger again"
_SHOW_EVERY = 500
MIN_SHARE = 10_000
"""Reviews or entries. Where there are more, the smallest part worth a task of its own."""
_SHARES = 8
_NOTHING = Head(seq=0, hash=GENESIS_HASH)

Item = TypeVar("Item")


@dataclass(kw_only=True)
class PartResult:
    """The findings in one part of the ledger; `reviews` counts the reviews that were compared.

    For a piece of the chain: the result of following it, its leaves in the tree, and how many of its entries
    are of removed reviews.
    """

    findings: LedgerFindings = field(default_factory=LedgerFindings)
    chain_piece: ChainPiece | None = None
    leaves: CompactRange | None = None
    removed: int = 0
    reviews: int = 0
    uncompared: Counter[str] = field(default_factory=Counter)


def check_ledger(
    engine: sa.Engine,
    *,
    keys: LedgerKeys = NO_KEYS,
    saved_heads: Collection[Head] = (),
    saved_checkpoint: SavedCheckpoint | None = None,
    progress: Progress | None = None,
    parallel_threshold: int = MIN_PARALLEL_ROWS,
) -> Verdict:
    """Check everything, while others may append; `saved_heads` and `saved_checkpoint` were kept elsewhere.

    With the `keys` of the installation also who signed the last checkpoint, and the MACs of later entries.

    If there are at least `parallel_threshold` reviews and entries, several processes check the parts, with
    the same findings.
    """
    count = comparison.count_reviews(engine)
    part_size = max(min(MIN_SHARE, parallel_threshold), 1)
    block_size = min(comparison.BLOCK_SIZE, max(count // _SHARES, part_size))
    tree_check = TreeCheck(engine, keys)
    beginnings = [keys.current.since] if keys.current and keys.current.since.seq else []
    chain_check = _ChainCheck(engine, (*saved_heads, *beginnings), tree_check.leaf_check)
    tasks: list[CheckTask[PartResult]] = [
        _find_missing_reviews,
        _compare_campaigns,
        *(
            partial(_compare_reviews, block=block)
            for block in comparison.split_reviews(engine, block=block_size)
        ),
        _find_gaps,
        _find_stray_people,
        partial(_find_changed_tiles, size=tree_check.leaf_check.size),
        *chain_check.split(part_size),
    ]
    tasks = [partial(_check_readable, task=task) for task in tasks]
    total = count + chain_check.entries
    run = run_in_parallel if total >= parallel_threshold else run_in_turn
    parts = run(engine, tasks, ProgressCounter(progress, total=total))
    verdict = chain_check.join([part.chain_piece for part in parts if part.chain_piece is not None])
    if verdict.intact:
        tree_check.compare([part.leaves for part in parts if part.leaves is not None])
        if saved_checkpoint is not None:
            tree_check.compare_saved(saved_checkpoint, end=verdict.head.seq)
    verdict = replace(
        verdict,
        covered=tree_check.covered,
        saved_checkpoint=saved_checkpoint.covered if saved_checkpoint else None,
    )
    return _sum_up(verdict, tree_check.findings, parts)


def _check_readable(engine: sa.Engine, count_rows: CountRows, task: CheckTask[PartResult]) -> PartResult:
    """Run a check; what can't be read at all is a finding and ends it.

    That is text which is not UTF-8 on SQLite, and a column of another type on PostgreSQL.
    """
    try:
        return task(engine, count_rows)
    except sa.exc.OperationalError as error:
        if not is_undecodable(error):
            raise
        return _fail("a row of the reviews or of their entries holds what was never written there")
    except (sa.exc.ProgrammingError, sa.exc.DataError):
        return _fail("the columns of the reviews or of their entries are no longer those that were made")


def _fail(says: str) -> PartResult:
    part = PartResult()
    part.findings.add(LedgerFinding(part=Of.REVIEW, says=says))
    return part


def _sum_up(verdict: Verdict, tree_findings: Sequence[LedgerFinding], parts: Sequence[PartResult]) -> Verdict:
    findings, uncompared = LedgerFindings(), Counter[str]()
    if verdict.problem is not None:
        findings.add(LedgerFinding(part=Of.CHAIN, says=verdict.problem))
    for finding in tree_findings:
        findings.add(finding)
    for part in parts:
        findings.include(part.findings)
        uncompared.update(part.uncompared)
    return replace(
        verdict,
        problem=findings.listed[0].says if findings.listed else None,
        findings=tuple(findings.listed),
        unlisted=findings.unlisted,
        reviews=sum(part.reviews for part in parts),
        removed=sum(part.removed for part in parts),
        incomparable_members=dict(sorted(uncompared.items())),
    )


def describe_missing_guard(guard: guards.MissingGuard) -> str:
    """Return what a guard that is not in force means, and what to do about it."""
    return f"the guard {guard.guard} of the table {guard.table} is {guard.reason}: {RESTORE}"


class _ChainCheck:
    """The check of the chain in stretches. Where its end is not pinned, nothing is followed."""

    def __init__(self, engine: sa.Engine, saved_heads: Collection[Head], leaf_check: LeafCheck) -> None:
        self._engine, self._leaf_check = engine, leaf_check
        self._saved_heads, self.entries = tuple(saved_heads), 0
        self._problem: str | None = None
        try:
            pinned_head = chain.read_pinned_head(engine)
        except LedgerBroken as error:
            self._problem = str(error)
        else:
            self._saved_heads, self.entries = (pinned_head, *saved_heads), pinned_head.seq

    def split(self, part_size: int) -> list[CheckTask[PartResult]]:
        """Return a task for each stretch; no stretch is smaller than `part_size`, except the last."""
        if self._problem is not None:
            return []
        entry_ranges = ledger_reading.split_chain(self.entries, size=max(self.entries // _SHARES, part_size))
        return [
            partial(
                _follow_chain, entry_range=each, saved_heads=self._saved_heads, leaf_check=self._leaf_check
            )
            for each in entry_ranges
        ]

    def join(self, pieces: Sequence[ChainPiece]) -> Verdict:
        """Return whether the stretches make one chain, from its first entry to its end."""
        if self._problem is not None:
            return Verdict(checked=0, first=0, head=_NOTHING, problem=self._problem)
        verdict = hash_chain.join_pieces(pieces, from_start=True, saved_heads=self._saved_heads)
        try:
            if verdict.intact:
                _compare_end(verdict.head, chain.read_pinned_head(self._engine))
        except LedgerBroken as error:
            return replace(verdict, problem=str(error))
        return verdict


def _follow_chain(
    engine: sa.Engine,
    count_rows: CountRows,
    *,
    entry_range: EntryRange,
    saved_heads: Collection[Head],
    leaf_check: LeafCheck,
) -> PartResult:
    leaves = CompactRange(entry_range.after or 0)
    part = PartResult(leaves=leaves)
    removals = _Removals(engine, part.findings)
    people = PeopleCheck(engine, part.findings)
    stored = people.watch(ledger_reading.read_entries(engine, entry_range))
    checked = leaf_check.watch(stored, leaves, part.findings)
    entries = _count(removals.watch(checked), count_rows)
    part.chain_piece = hash_chain.check_piece(entries, saved_heads=saved_heads)
    people.check_erased()
    removals.check()
    part.removed = removals.count
    return part


@dataclass
class _Removals:
    """Counter of the entries of removed reviews; it checks each against the entries before it."""

    engine: sa.Engine
    findings: LedgerFindings
    count: int = 0
    _removed_ids: list[str] = field(default_factory=list)

    def watch(self, entries: Iterable[ReadEntry]) -> Iterator[ReadEntry]:
        for each in entries:
            yield each
            if each.entry.get("type") == EntryType.REVIEW_REMOVED:
                self.count += 1
                self._removed_ids.append(str(each.entry.get("review_id")))
            if len(self._removed_ids) >= comparison.PAGE_SIZE:
                self.check()

    def check(self) -> None:
        """Check the removals that have passed since the last check."""
        if not self._removed_ids:
            return
        walked = comparison.walk_entries(self.engine, self._removed_ids)
        findings = [finding for each in walked if (finding := check_removal(*each)) is not None]
        for finding in sorted(findings, key=lambda finding: finding.entry or 0):
            self.findings.add(finding)
        self._removed_ids.clear()


def _compare_end(end: Head, pinned_head: Head) -> None:
    """Compare the last entry with the pinned end, which is read later: it may be ahead, but never behind."""
    if end.seq > pinned_head.seq:
        raise LedgerBroken(
            f"the pinned end is entry {pinned_head.seq}, but the chain goes on to entry {end.seq}: "
            "the end was set back, or entries were added past it"
        )
    if end.seq == pinned_head.seq and end.hash != pinned_head.hash:
        raise LedgerBroken(f"entry {end.seq} has another hash than the pinned end")


def _find_missing_reviews(engine: sa.Engine, _count_rows: CountRows) -> PartResult:
    part = PartResult()
    for review_id, table in comparison.find_missing_reviews(engine, MAX_LISTED_FINDINGS):
        says = f"there is no review {show_id(review_id)}, which the table {table} tells of"
        part.findings.add(LedgerFinding(part=Of.REVIEW, review_id=review_id, says=says))
    return part


def _compare_campaigns(engine: sa.Engine, _count_rows: CountRows) -> PartResult:
    part = PartResult()
    for stored in list_campaigns(engine):
        if stored.problem:
            part.findings.add(describe_unreadable_campaign(stored.id))
            continue
        for finding in compare_campaign(stored.id, stored.campaign, stored.entries):
            part.findings.add(finding)
    return part


def _compare_reviews(engine: sa.Engine, count_rows: CountRows, block: ReviewBlock) -> PartResult:
    """Compare each review of a block with its entries, files and index rows."""
    part = PartResult()
    for row in _count(comparison.walk_reviews(engine, block), count_rows):
        if isinstance(row, StrayIndexRow):
            part.findings.add(describe_stray(row))
            continue
        part.reviews += 1
        if isinstance(row, ConsistentReview):
            continue
        if isinstance(row, UnreadableReview):
            part.findings.add(_describe_unreadable(row))
            continue
        for finding in _compare_review(row, part.uncompared):
            part.findings.add(finding)
    return part


def _find_changed_tiles(engine: sa.Engine, _count_rows: CountRows, size: int) -> PartResult:
    part = PartResult()
    for finding in find_changed_tiles(engine, size):
        part.findings.add(finding)
    return part


def _find_gaps(engine: sa.Engine, _count_rows: CountRows) -> PartResult:
    part = PartResult()
    for guard in guards.find_missing_guards(engine):
        part.findings.add(
            LedgerFinding(part=Of.GUARD, member=guard.guard, says=describe_missing_guard(guard))
        )
    return part


def _find_stray_people(engine: sa.Engine, _count_rows: CountRows) -> PartResult:
    part = PartResult()
    for seq in disclosures.find_stray_disclosures(engine, MAX_LISTED_FINDINGS):
        part.findings.add(describe_stray_people(seq))
    return part


def _compare_review(stored: ReviewWithEntries, uncompared: Counter[str]) -> list[LedgerFinding]:
    """Return where a review differs from its entries and index, and count what can't be compared.

    The JSON of a row may hold what can't be read, such as a number in place of an address.
    """
    try:
        agreement = compare_review(stored.review, stored.entries, stored.files)
        differences = [*agreement.findings, *compare_index(stored)]
    except UNREADABLE_ERRORS as error:
        return [
            _describe_unreadable(UnreadableReview(review_id=stored.review.id, column="", reason=str(error)))
        ]
    uncompared.update(agreement.incomparable_members)
    return differences


def _describe_unreadable(unreadable: UnreadableReview) -> LedgerFinding:
    where = f"the column {unreadable.column}" if unreadable.column else "a column"
    why = f": {show_id(unreadable.reason)}" if unreadable.reason else ""
    says = f"review {show_id(unreadable.review_id)} holds in {where} what was never written there{why}"
    return LedgerFinding(
        part=Of.REVIEW, review_id=unreadable.review_id, member=unreadable.column or None, says=says
    )


def _count(items: Iterable[Item], count_rows: CountRows) -> Iterator[Item]:
    count = 0
    for count, item in enumerate(items, start=1):
        yield item
        if count % _SHOW_EVERY == 0:
            count_rows(_SHOW_EVERY)
    count_rows(count % _SHOW_EVERY)
