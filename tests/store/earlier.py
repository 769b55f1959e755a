"""Comparisons with earlier states, as a worker makes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, DocumentState
from tests.reviews.samples import START

STATE = DocumentState(version=7, updated=START, sha256="cd" * 32, size=9)


def build_earlier(review_id: str, **more: Any) -> Comparison:
    basic = Comparison(
        review_id=review_id,
        revision=1,
        summary=ComparisonSummary(state=ComparisonState.COMPARED, counts={"replaced": 1}),
        before=STATE,
        parts=b"parts",
    )
    return replace(basic, **more)
