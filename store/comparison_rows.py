"""Conversion of comparisons between rows and dataclasses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, DocumentState
from reviews.stored_enums import read_enum

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATES = tuple(state.value for state in ComparisonState)


def build_comparison(row: Mapping[str, Any]) -> Comparison:
    """Return the comparison of a row; one that waits has an empty summary."""
    waiting = ComparisonSummary(state=read_enum(ComparisonState, row["state"]))
    return Comparison(
        review_id=row["review_id"],
        revision=row["revision"],
        summary=build_summary(row["summary"]) or waiting,
        before=build_state(row["before"]),
        after=build_state(row["after"]),
        parts=row["parts"],
        text=row["text"],
        snippets=row["snippets"],
    )


def build_summary(value: Any) -> ComparisonSummary | None:
    """Return the summary of a comparison as it stands in a row, also in that of the review.

    It only repeats what the comparison says: one that a newer release wrote otherwise counts as none.
    """
    if not isinstance(value, dict) or value.get("state") not in _STATES:
        return None
    reason = value.get("reason")
    return ComparisonSummary(
        state=ComparisonState(value["state"]),
        reason=reason if isinstance(reason, str) else None,
        counts=_read_counts(value.get("counts")),
        matters=_read_counts(value.get("matters")),
        sha256=sha256 if isinstance(sha256 := value.get("sha256"), str) else None,
        size=size if isinstance(size := value.get("size"), int) else None,
        not_read=not_read if isinstance(not_read := value.get("not_read"), str) else None,
    )


def build_shown_summary(value: Any, *, revision: int) -> ComparisonSummary | None:
    """Return the summary in a review's row; an earlier release revises a review and leaves the old one."""
    is_current = isinstance(value, dict) and value.get("revision") == revision
    return build_summary(value) if is_current else None


def _read_counts(value: Any) -> dict[str, int]:
    counts = value.items() if isinstance(value, dict) else ()
    return {name: count for name, count in counts if isinstance(count, int)}


def build_summary_values(summary: ComparisonSummary) -> dict[str, Any]:
    return {
        "state": summary.state,
        "reason": summary.reason,
        "counts": dict(summary.counts),
        "matters": dict(summary.matters),
        "sha256": summary.sha256,
        "size": summary.size,
        "not_read": summary.not_read,
    }


def build_state(value: Mapping[str, Any] | None) -> DocumentState | None:
    if value is None:
        return None
    updated = datetime.fromisoformat(value["updated"]) if value["updated"] else None
    return DocumentState(
        version=value["version"], updated=updated, sha256=value["sha256"], size=value["size"]
    )


def build_state_values(state: DocumentState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {**vars(state), "updated": state.updated.isoformat() if state.updated else None}
