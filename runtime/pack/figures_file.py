"""The file `figures.json`: what was asked for, the figures and the sample, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.ledger.ledger_entries import format_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.pack.report import PackEvidence, PackReport

MAX_FIGURES_BYTES = 16 * 1024 * 1024
"""A hundred thousand ids of sampled reviews."""


def describe_figures(report: PackReport, evidence: PackEvidence, *, language: str) -> dict[str, Any]:
    """Return the members of the file; times are UTC."""
    return {
        "route": report.route,
        "from": format_moment(report.since),
        "to": format_moment(report.until),
        "made_at": format_moment(report.made_at),
        "language": language,
        "checkpoint": {"origin": evidence.origin, "size": evidence.size, "root": evidence.root},
        **describe_report(report),
        "completeness": describe_completeness(report),
    }


def describe_report(report: PackReport) -> dict[str, dict[str, Any]]:
    """Return what the entries of the pack give, but for what was brought forward."""
    return {
        "figures": _describe(asdict(report.figures)),
        "sample": {
            "seed": report.sample.seed,
            "size": report.sample.size,
            "reviews": [each.review.id for each in report.sample.reviews],
        },
        "without_review": asdict(report.without_review),
    }


def describe_completeness(report: PackReport) -> list[dict[str, Any]]:
    """Return the folders: from the entries is when they were incomplete, the rest is from the database."""
    return [_describe(asdict(each)) for each in report.completeness]


def encode_figures(figures: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(figures, ensure_ascii=False, indent=2)}\n".encode()


def _describe(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, dict):
        return {name: _describe(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_describe(each) for each in value]
    return format_moment(value) if isinstance(value, datetime) else value
