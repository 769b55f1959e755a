"""Entries of the ledger that tests append."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reviews.ledger import ledger_entries
from tests.reviews.samples import START, review


def build_entry(number: int = 1) -> dict[str, Any]:
    at = START + timedelta(seconds=number)
    return {
        **ledger_entries.build_opened(review(id=f"rev-{number}"), [number]),
        "at": ledger_entries.format_moment(at),
    }
