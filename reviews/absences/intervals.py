"""A person's absences as intervals, which may overlap: when they are away, and who was named for them then.

Pure rules, without a database. `find_present_absence` is the one place that says whether a person is away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.ports.absences import Absence


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time from `start` until before `end`."""

    start: datetime
    end: datetime

    def intersect(self, other: Span) -> Span | None:
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start=start, end=end) if start < end else None


def find_present_absence(absences: Iterable[Absence], at: datetime) -> Absence | None:
    """Return the absence that counts for a person at a time, out of all of theirs; `None` if they are here.

    Its `stand_in` is who was named for them, and its `end` is when that changes: another stand-in counts from
    then on, or they are back.
    """
    own = tuple(absences)
    present = [each for each in own if each.is_in_effect(at)]
    if not present:
        return None
    counting = max(present, key=lambda each: each.precedence)
    return replace(counting, ends_at=list_stretches(own, since=at)[0].ends_at, ended_at=None)


def find_return(absences: Iterable[Absence], at: datetime) -> datetime:
    """Return when a person who is away at a time is back: after all absences that follow on one another."""
    end = at
    for stretch in list_stretches(absences, since=at):
        if stretch.starts_at > end:
            break
        end = stretch.end
    return end


def list_stretches(
    absences: Iterable[Absence], *, since: datetime, until: datetime | None = None
) -> list[Absence]:
    """Return when a person is away after `since` and before `until`, as absences that do not overlap.

    They come in their order. Where absences overlap, the one of the highest `precedence` counts; the rest of
    each keeps its own stand-in. Neighbours with the same stand-in are one.
    """
    lasting = [each for each in absences if each.end > max(since, each.starts_at)]
    edges = sorted({max(since, each.starts_at) for each in lasting} | {each.end for each in lasting})
    if until is not None:
        edges = [*(edge for edge in edges if edge < until), until]
    stretches: list[Absence] = []
    for start, end in pairwise(edges):
        present = [each for each in lasting if each.is_in_effect(start)]
        if not present:
            continue
        counting = max(present, key=lambda each: each.precedence)
        last = stretches[-1] if stretches else None
        if last and last.ends_at == start and last.stand_in == counting.stand_in:
            stretches[-1] = replace(last, ends_at=end)
        else:
            stretches.append(replace(counting, starts_at=start, ends_at=end, ended_at=None))
    return stretches


def subtract(absence: Absence, span: Span) -> list[Absence]:
    """Return what is left of an absence without a time: nothing, one part, or those before and after it."""
    parts = (
        (absence.starts_at, min(absence.end, span.start)),
        (max(absence.starts_at, span.end), absence.end),
    )
    return [replace(absence, starts_at=start, ends_at=end) for start, end in parts if start < end]
