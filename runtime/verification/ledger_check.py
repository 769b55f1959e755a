"""The check of the whole ledger in the database: the chain, its pinned end, the reviews, the guards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from reviews.ledger import hash_chain
from reviews.ledger.findings import MAX_LISTED_FINDINGS, LedgerFinding, LedgerFindings, show_id
from reviews.ledger.findings import LedgerPart as Of
from reviews.ledger.hash_chain import GENESIS_HASH, ChainPiece, EntryType, Head, LedgerBroken, Verdict
from reviews.ledger.ledger_consistency import compare_review
from reviews.ledger.removal_checks import check_removal
from runtime.verification.index_check import compare_index, describe_stray
from runtime.verification.parallel_check import (
    MIN_PARALLEL_ROWS,
    ProgressCounter,
    run_in_parallel,
    run_in_turn,
)
from store import chain, comparison, guards
from store.comparison import ConsistentReview, StrayIndexRow, UnreadableReview
from store.rows import UNREADABLE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import sqlalchemy as sa

    from reviews.ledger.hash_chain import ReadEntry
    from runtime.verification.parallel_check import CheckTask, CountRows, Progress
    from store.chain import EntryRange
    from store.comparison import ReviewBlock, ReviewWithEntries

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

    For a piece of the chain: the result of following it, and how many of its entries are of removed reviews.
    """

    findings: LedgerFindings = field(default_factory=LedgerFindings)
    followed: ChainPiece | None = None
    removed: int = 0
    reviews: int = 0
    unsaid: Counter[str] = field(default_factory=Counter)


def check_ledger(
    engine: sa.Engine,
    *,
    kept: Collection[Head] = (),
    progress: Progress | None = None,
    crowd: int = MIN_PARALLEL_ROWS,
) -> Verdict:
    """Check everything, while others may append; `kept` are heads that were saved elsewhere.

    From a `crowd` of reviews and entries on, several processes check the parts. The findings are the same.
    """
    count = comparison.count_reviews(engine)
    share = max(min(MIN_SHARE, crowd), 1)
    size = min(comparison.BLOCK_SIZE, max(count // _SHARES, share))
    chained = _ChainCheck(engine, kept)
    looks: list[CheckTask[PartResult]] = [
        _find_missing_reviews,
        *(partial(_compare_reviews, block=block) for block in comparison.split_reviews(engine, block=size)),
        _find_gaps,
        *chained.looks(share),
    ]
    total = count + chained.entries
    look = run_in_parallel if total >= crowd else run_in_turn
    parts = look(engine, looks, ProgressCounter(progress, total=total))
    return _sum_up(chained.join([part.followed for part in parts if part.followed is not None]), parts)


def _sum_up(verdict: Verdict, parts: Sequence[PartResult]) -> Verdict:
    findings, unsaid = LedgerFindings(), Counter[str]()
    if verdict.problem is not None:
        findings.add(LedgerFinding(part=Of.CHAIN, says=verdict.problem))
    for part in parts:
        findings.include(part.findings)
        unsaid.update(part.unsaid)
    return replace(
        verdict,
        problem=findings.listed[0].says if findings.listed else None,
        findings=tuple(findings.listed),
        unlisted=findings.unlisted,
        reviews=sum(part.reviews for part in parts),
        removed=sum(part.removed for part in parts),
        unsaid=dict(sorted(unsaid.items())),
    )


def describe_missing_guard(gap: guards.MissingGuard) -> str:
    """Return what a guard that is not in force means, and what to do about it."""
    return f"the guard {gap.guard} of the table {gap.table} is {gap.why}: {RESTORE}"


class _ChainCheck:
    """The check of the chain in stretches. Where its end is not pinned, nothing is followed."""

    def __init__(self, engine: sa.Engine, kept: Collection[Head]) -> None:
        self._engine = engine
        self._kept, self.entries = tuple(kept), 0
        self._problem: str | None = None
        try:
            pinned = chain.read_pinned_head(engine)
        except LedgerBroken as broken:
            self._problem = str(broken)
        else:
            self._kept, self.entries = (pinned, *kept), pinned.seq

    def looks(self, share: int) -> list[CheckTask[PartResult]]:
        """Return a task for each stretch; no stretch is smaller than `share`, except the last."""
        if self._problem is not None:
            return []
        stretches = chain.split_chain(self.entries, size=max(self.entries // _SHARES, share))
        return [partial(_follow_chain, stretch=each, kept=self._kept) for each in stretches]

    def join(self, followed: Sequence[ChainPiece]) -> Verdict:
        """Return whether the stretches make one chain, from its first entry to its end."""
        if self._problem is not None:
            return Verdict(checked=0, first=0, head=_NOTHING, problem=self._problem)
        verdict = hash_chain.join_pieces(followed, whole=True, kept=self._kept)
        try:
            if verdict.intact:
                _compare_end(verdict.head, chain.read_pinned_head(self._engine))
        except LedgerBroken as broken:
            return replace(verdict, problem=str(broken))
        return verdict


def _follow_chain(
    engine: sa.Engine, step: CountRows, stretch: EntryRange, kept: Collection[Head]
) -> PartResult:
    part = PartResult()
    removals = _Removals(engine, part.findings)
    entries = _count(removals.watch(chain.read_entries(engine, stretch)), step)
    part.followed = hash_chain.check_piece(entries, kept=kept)
    removals.check()
    part.removed = removals.count
    return part


@dataclass
class _Removals:
    """Counter of the entries of removed reviews; it checks each against the entries before it."""

    engine: sa.Engine
    findings: LedgerFindings
    count: int = 0
    _open: list[str] = field(default_factory=list)

    def watch(self, entries: Iterable[ReadEntry]) -> Iterator[ReadEntry]:
        for each in entries:
            yield each
            if each.entry.get("type") == EntryType.REVIEW_REMOVED:
                self.count += 1
                self._open.append(str(each.entry.get("review_id")))
            if len(self._open) >= comparison.PAGE_SIZE:
                self.check()

    def check(self) -> None:
        """Check the removals that have passed since the last check."""
        if not self._open:
            return
        walked = comparison.walk_entries(self.engine, self._open)
        findings = [finding for each in walked if (finding := check_removal(*each)) is not None]
        for finding in sorted(findings, key=lambda finding: finding.entry or 0):
            self.findings.add(finding)
        self._open.clear()


def _compare_end(found: Head, pinned: Head) -> None:
    """Compare the last entry with the pinned end, which is read later: it may be ahead, but never behind."""
    if found.seq > pinned.seq:
        raise LedgerBroken(
            f"the pinned end is entry {pinned.seq}, but the chain goes on to entry {found.seq}: "
            "the end was set back, or entries were added past it"
        )
    if found.seq == pinned.seq and found.hash != pinned.hash:
        raise LedgerBroken(f"entry {found.seq} has another hash than the pinned end")


def _find_missing_reviews(engine: sa.Engine, _step: CountRows) -> PartResult:
    part = PartResult()
    for review_id, table in comparison.find_missing_reviews(engine, MAX_LISTED_FINDINGS):
        says = f"there is no review {show_id(review_id)}, which the table {table} tells of"
        part.findings.add(LedgerFinding(part=Of.REVIEW, review_id=review_id, says=says))
    return part


def _compare_reviews(engine: sa.Engine, step: CountRows, block: ReviewBlock) -> PartResult:
    """Compare each review of a block with its entries, files and index rows."""
    part = PartResult()
    for row in _count(comparison.walk_reviews(engine, block), step):
        if isinstance(row, StrayIndexRow):
            part.findings.add(describe_stray(row))
            continue
        part.reviews += 1
        if isinstance(row, ConsistentReview):
            continue
        if isinstance(row, UnreadableReview):
            part.findings.add(_describe_unreadable(row))
            continue
        for finding in _compare_review(row, part.unsaid):
            part.findings.add(finding)
    return part


def _find_gaps(engine: sa.Engine, _step: CountRows) -> PartResult:
    part = PartResult()
    for gap in guards.find_missing_guards(engine):
        part.findings.add(LedgerFinding(part=Of.GUARD, member=gap.guard, says=describe_missing_guard(gap)))
    return part


def _compare_review(found: ReviewWithEntries, unsaid: Counter[str]) -> list[LedgerFinding]:
    """Return where a review differs from its entries and index, and count what can't be compared.

    The JSON of a row may hold what can't be read, such as a number in place of an address.
    """
    try:
        agreement = compare_review(found.review, found.entries, found.files)
        differences = [*agreement.findings, *compare_index(found)]
    except UNREADABLE_ERRORS as error:
        return [_describe_unreadable(UnreadableReview(review_id=found.review.id, column="", why=str(error)))]
    unsaid.update(agreement.unsaid)
    return differences


def _describe_unreadable(found: UnreadableReview) -> LedgerFinding:
    where = f"the column {found.column}" if found.column else "a column"
    why = f": {show_id(found.why)}" if found.why else ""
    says = f"review {show_id(found.review_id)} holds in {where} what was never written there{why}"
    return LedgerFinding(part=Of.REVIEW, review_id=found.review_id, member=found.column or None, says=says)


def _count(items: Iterable[Item], step: CountRows) -> Iterator[Item]:
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if done % _SHOW_EVERY == 0:
            step(_SHOW_EVERY)
    step(done % _SHOW_EVERY)
