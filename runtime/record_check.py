"""The whole record in the database, checked: the chain, its pinned end, the reviews beside it, the guards."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from reviews import ledger
from reviews.agreement import compare_review
from reviews.findings import MOST_LISTED, Finding, Findings, Part, show_id
from reviews.ledger import GENESIS, Broken, EntryType, Head, Verdict
from runtime.index_check import compare_index, describe_stray
from store import chain, comparison, guards
from store.comparison import UNREADABLE, Stray, Unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import sqlalchemy as sa

    from reviews.ledger import Entry
    from store.comparison import Beside

RESTORE = "run docspace-review ledger restore-guards, then verify the record again"
_SHOW_EVERY = 500

Item = TypeVar("Item")


class Progress(Protocol):
    """Is shown how far a check has come."""

    def begin(self, title: str, *, unit: str) -> None: ...

    def told(self, done: int, total: int) -> None: ...


class _Unseen:
    def begin(self, title: str, *, unit: str) -> None:
        pass

    def told(self, done: int, total: int) -> None:
        pass


def check(engine: sa.Engine, *, kept: Collection[Head] = (), progress: Progress | None = None) -> Verdict:
    """Check everything, while others may append; `kept` are heads that somebody wrote down."""
    findings = Findings()
    shown = progress or _Unseen()
    verdict = _check_chain(engine, kept, shown)
    if verdict.problem is not None:
        findings.add(Finding(part=Part.CHAIN, says=verdict.problem))
    count, unsaid = _compare_reviews(engine, findings, shown)
    for gap in guards.find_gaps(engine):
        findings.add(Finding(part=Part.GUARD, member=gap.guard, says=describe_gap(gap)))
    return replace(
        verdict,
        problem=findings.listed[0].says if findings.listed else None,
        findings=tuple(findings.listed),
        unlisted=findings.unlisted,
        reviews=count,
        unsaid=dict(sorted(unsaid.items())),
    )


def describe_gap(gap: guards.Gap) -> str:
    """Return what a guard that is not in force means, and what to do about it."""
    return f"the guard {gap.guard} of the table {gap.table} is {gap.why}: {RESTORE}"


def _check_chain(engine: sa.Engine, kept: Collection[Head], shown: Progress) -> Verdict:
    verdict = Verdict(checked=0, first=0, head=Head(seq=0, hash=GENESIS), problem=None)
    types: Counter[str] = Counter()
    try:
        pinned = chain.pinned(engine)
        shown.begin("Checking the chain", unit="entries")
        entries = _count(_count_types(chain.entries(engine), types), pinned.seq, shown)
        verdict = ledger.verify(entries, whole=True, kept=[pinned, *kept])
        verdict = replace(verdict, removed=types[EntryType.REVIEW_REMOVED])
        if verdict.intact:
            _compare_end(verdict.head, chain.pinned(engine))
    except Broken as broken:
        return replace(verdict, problem=str(broken))
    return verdict


def _count_types(entries: Iterable[Entry], types: Counter[str]) -> Iterator[Entry]:
    for entry in entries:
        types[str(entry.get("type"))] += 1
        yield entry


def _compare_end(found: Head, pinned: Head) -> None:
    """The end is read after the entries: it may be ahead of them by now, and never behind."""
    if found.seq > pinned.seq:
        raise Broken(
            f"the pinned end is entry {pinned.seq}, but the chain goes on to entry {found.seq}: "
            "the end was set back, or entries were added past it"
        )
    if found.seq == pinned.seq and found.hash != pinned.hash:
        raise Broken(f"entry {found.seq} has another hash than the pinned end")


def _compare_reviews(engine: sa.Engine, findings: Findings, shown: Progress) -> tuple[int, Counter[str]]:
    """Hold each review against what stands beside it; return their number and what can't be compared."""
    for review_id, table in comparison.reviews_that_lack(engine, MOST_LISTED):
        says = f"there is no review {show_id(review_id)}, which the table {table} tells of"
        findings.add(Finding(part=Part.REVIEW, review_id=review_id, says=says))
    unsaid: Counter[str] = Counter()
    count = 0
    shown.begin("Comparing the reviews", unit="reviews")
    for found in _count(comparison.walk_reviews(engine), comparison.count_reviews(engine), shown):
        if isinstance(found, Stray):
            findings.add(describe_stray(found))
            continue
        count += 1
        if isinstance(found, Unreadable):
            findings.add(_describe_unreadable(found))
            continue
        for finding in _compare_review(found, unsaid):
            findings.add(finding)
    return count, unsaid


def _compare_review(found: Beside, unsaid: Counter[str]) -> list[Finding]:
    """Return where a review and what stands beside it differ, and count what can't be compared.

    In the JSON of a row may stand what nothing can be made of, such as a number in the place of an address.
    """
    try:
        agreement = compare_review(found.review, found.entries, found.files)
        differences = [*agreement.findings, *compare_index(found)]
    except UNREADABLE as error:
        return [_describe_unreadable(Unreadable(review_id=found.review.id, column="", why=str(error)))]
    unsaid.update(agreement.unsaid)
    return differences


def _describe_unreadable(found: Unreadable) -> Finding:
    where = f"the column {found.column}" if found.column else "a column"
    why = f": {show_id(found.why)}" if found.why else ""
    says = f"review {show_id(found.review_id)} holds in {where} what was never written there{why}"
    return Finding(part=Part.REVIEW, review_id=found.review_id, member=found.column or None, says=says)


def _count(items: Iterable[Item], total: int, shown: Progress) -> Iterator[Item]:
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        if done % _SHOW_EVERY == 0:
            shown.told(done, max(done, total))
    shown.told(done, done)
