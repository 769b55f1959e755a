"""The file `figures.json`: what was asked for, the figures and the sample, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.ledger.ledger_entries import format_moment
from reviews.pack.campaign_figures import describe_campaign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.pack.report import PackReport

MAX_FIGURES_BYTES = 16 * 1024 * 1024
"""A hundred thousand ids of sampled reviews."""


def describe_figures(
    report: PackReport, checkpoint: Checkpoint, *, language: str, version: str
) -> dict[str, Any]:
    """Return the members of the file; times are UTC, and `version` is that of docspace-review."""
    return {
        "route": report.route,
        "from": format_moment(report.since),
        "to": format_moment(report.until),
        "made_at": format_moment(report.made_at),
        "version": version,
        "language": language,
        "checkpoint": describe_checkpoint(checkpoint),
        "figures": _describe(asdict(report.figures)),
        "sample": {
            "seed": report.sample.seed,
            "size": report.sample.size,
            "reviews": [each.review.id for each in report.sample.reviews],
        },
        "without_review": asdict(report.without_review),
        "campaigns": [_describe(describe_campaign(each, report)) for each in report.campaigns],
        "completeness": [_describe(asdict(each)) for each in report.completeness],
    }


def describe_checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


def format_figures(figures: Mapping[str, Any]) -> str:
    return f"{json.dumps(figures, ensure_ascii=False, indent=2)}\n"


def _describe(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {name: _describe(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_describe(each) for each in value]
    return format_moment(value) if isinstance(value, datetime) else value
