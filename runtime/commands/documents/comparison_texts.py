"""Comparisons of documents on the command line: as text, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviews.comparison import ComparisonState
from reviews.comparisons.parts import PART_KINDS
from reviews.text import clean_text
from reviews.wording.comparison_sentences import describe_summary, explain_comparison, has_differences
from reviews.wording.place_phrases import describe_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.comparison import ComparisonSummary
    from reviews.comparisons.parts import ChangedPart


MISSING_SENTENCES = {
    "sealed": (
        "The differences can't be read: no SECRET_KEY is set, another one encrypted them, or they were "
        "stored for another review."
    ),
    "removed": "The differences are no longer stored.",
}
"""Why the differences of a comparison are not there."""
_WITHOUT_REASON = {
    ComparisonState.WAITING: "The document waits to be compared: a worker does it.",
    ComparisonState.SAME_TEXT: "The text is the same.",
}


def print_comparison(
    summary: ComparisonSummary, parts: Sequence[ChangedPart], *, missing: str | None = None
) -> None:
    """Print how two states differ, or why that is not known; `missing` is a key of `MISSING_SENTENCES`."""
    if not has_differences(summary):
        sentence = (summary.reason and explain_comparison(summary.reason)) or _WITHOUT_REASON.get(
            summary.state
        )
        click.echo(sentence or summary.state)
        return
    click.echo(describe_summary(summary))
    for part in parts:
        subjects = f" ({', '.join(part.matters)})" if part.matters else ""
        click.echo(f"\n{clean_text(describe_place(part.place))}: {part.kind}{subjects}")
        if part.kind == "moved":
            _print_side("  ", part.after)
        else:
            _print_side("- ", part.before)
            _print_side("+ ", part.after)
    if missing:
        click.echo(f"\n{MISSING_SENTENCES[missing]}")
        return
    unlisted = sum(summary.counts.values()) - len(parts)
    if unlisted > 0:
        differences = "difference is" if unlisted == 1 else "differences are"
        click.echo(f"\n{unlisted} more {differences} counted and not listed.")


def build_comparison_json(
    summary: ComparisonSummary, parts: Sequence[ChangedPart], *, missing: str | None = None
) -> dict[str, Any]:
    """Return a comparison as JSON; `sentence` is its reason in words, or why its parts are `missing`."""
    sentence = explain_comparison(summary.reason) if summary.reason else None
    return {
        "state": summary.state,
        "reason": missing or summary.reason,
        "sentence": MISSING_SENTENCES[missing] if missing else sentence,
        "counts": {kind: summary.counts.get(kind, 0) for kind in PART_KINDS},
        "matters": dict(summary.matters),
        "parts": [_build_part_json(part) for part in parts],
    }


def _build_part_json(part: ChangedPart) -> dict[str, Any]:
    return {
        "where": describe_place(part.place),
        "kind": part.kind,
        "before": part.before,
        "after": part.after,
        "matters": list(part.matters),
        "words": [{"change": words.change, "text": words.text} for words in part.words],
    }


def _print_side(sign: str, content: str) -> None:
    for line in content.splitlines():
        click.echo(f"  {sign}{line}")
