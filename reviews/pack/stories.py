"""The stories of sampled reviews: their ledger entries in the words of the history pages."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from reviews.language import _, format_date
from reviews.ledger import history
from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType
from reviews.pack.entry_members import read_count, read_time
from reviews.pack.report import SampledReview, StoryLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reviews.ledger.history import HistoryStep
    from reviews.pack.report import PackedReview
    from reviews.ports.ledger import LedgerEntry

    FetchEntries = Callable[[PackedReview], Iterable[LedgerEntry]]

FIRST_LINES, LAST_LINES = 8, 16
"""Lines of a long story: how it began, and the more of how it ended. A page of the PDF holds one story."""


def build_story(review: PackedReview, entries: Iterable[LedgerEntry]) -> SampledReview:
    """Return a review with what happened to it in the current language, the middle of a long story left out.

    `entries` are those of the review, in order. Each file that joined a bulk review has an entry of its own,
    ten thousand of which would hide all others: they are left out.
    """
    first: list[StoryLine] = []
    last: deque[StoryLine] = deque(maxlen=LAST_LINES)
    count = 0
    for entry in entries:
        count += 1
        line = None if read_text(entry, "type") == EntryType.REVIEW_JOINED else build_line(entry)
        if line is not None:
            (first if len(first) < FIRST_LINES else last).append(line)
    story = (*first, *last)
    return SampledReview(review=review, story=story, left_out=count - len(story))


def build_line(entry: LedgerEntry) -> StoryLine | None:
    """Return the line of an entry; `None` for a corrupted one without a time."""
    at = read_time(entry.get("at"))
    if at is None:
        return None
    return StoryLine(entry=read_count(entry.get("seq")) or 0, at=at, text=" ".join(_list_sentences(entry)))


def _list_sentences(entry: LedgerEntry) -> list[str]:
    """Return what a history page shows of an entry in several places, as sentences."""
    step = history.describe_entry(entry)
    sentences = [_add_proof(step)]
    if (until := read_time(entry.get("until"))) is not None:
        sentences.append(_("Until {when}.").format(when=format_date(until)))
    if step.opened:
        sentences.append(f"{step.opened}.")
    if step.note:
        quoted = _("“{statement}”").format(statement=" / ".join(step.note))
        sentences.append(f"{_('Note')}: {quoted}")
    return sentences


def _add_proof(step: HistoryStep) -> str:
    """Return the sentence with how the person's identity was proven, before its full stop."""
    return f"{step.sentence.removesuffix('.')} ({step.proven})." if step.proven else step.sentence
