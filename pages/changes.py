"""The differences of a review's document, as a page shows them to those who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.change_pages import ACKNOWLEDGED, SINCE
from reviews.comparisons.change_rows import ChangeRow, draw_row
from reviews.wording.comparison_sentences import describe_since_answer, describe_unlisted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.comparisons.viewing import ComparisonViews, ReadableComparison
    from reviews.identity import ProvenPerson
    from reviews.model import Review

MAX_SHOWN_PARTS = 500
"""Of a page; the command has all that are stored."""


@dataclass(frozen=True, kw_only=True)
class ChangesSection:
    """The part of a page with the differences, or the reason why a visitor does not see them.

    Attributes:
        is_new: Whether there was nothing to compare the document with.
        version_before: What it is compared with, and when that was changed; `None` where unknown.
        answered_at: When the visitor answered that state; `None` where they have not.
        has_other: Whether the differences from another state can be shown as well: those for all beside those
            since the visitor's answer, or the other way round.
    """

    is_new: bool = False
    version_before: int | None = None
    updated_before: datetime | None = None
    answered_at: datetime | None = None
    has_other: bool = False
    summary: str = ""
    rows: tuple[ChangeRow, ...] = ()
    unlisted: str = ""
    refusal: str = ""


def read_changes(
    views: ComparisonViews | None,
    review: Review,
    person: ProvenPerson | None,
    *,
    parameters: Mapping[str, str],
) -> ChangesSection | None:
    """Return the section for a visitor; `None` if there are no differences, or the review is redacted.

    A campaign asks for a whole version. `parameters` are those of the page.
    """
    if views is None or review.redacted or review.campaign is not None:
        return None
    since_own_answer = parameters.get(SINCE) != ACKNOWLEDGED
    visible = views.show_to(review, person, since_own_answer=since_own_answer)
    if visible.readable is not None:
        return _draw_section(visible.readable, has_other=visible.has_other)
    if visible.refusal:
        return ChangesSection(refusal=visible.refusal, has_other=visible.has_other)
    return None


def _draw_section(readable: ReadableComparison, *, has_other: bool) -> ChangesSection:
    summary, before = readable.comparison.summary, readable.comparison.before
    parts = readable.parts[:MAX_SHOWN_PARTS]
    omitted = readable.unlisted_count + len(readable.parts) - len(parts)
    return ChangesSection(
        is_new=before is None,
        version_before=before.version if before else None,
        updated_before=before.updated if before else None,
        answered_at=readable.answered_at,
        has_other=has_other,
        summary=describe_since_answer(summary, before.version if before else None),
        rows=tuple(draw_row(number, part) for number, part in enumerate(parts, 1)),
        unlisted=describe_unlisted(omitted),
    )
