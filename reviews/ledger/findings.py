"""Findings of a check of the ledger: each discrepancy in one line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviews.text import shorten_text

MAX_LISTED_FINDINGS = 1000
"""Maximum of listed findings; more are only counted: a lost table would be millions of them."""
MAX_VALUE_LENGTH = 80
MAX_ID_LENGTH = 40
_LEAD_IN_LENGTH = 20  # characters shown before the first difference of two long values


class LedgerPart(StrEnum):
    """The part of the ledger in which a discrepancy is."""

    CHAIN = "chain"
    REVIEW = "review"
    INDEX = "index"
    GUARD = "guard"
    MAC = "mac"
    TREE = "tree"
    PEOPLE = "people"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, kw_only=True)
class LedgerFinding:
    """One discrepancy of the ledger; `says` is the sentence without its full stop.

    `ledger` and `database` are the two values of the `member`, cut to one line that can be shown.
    """

    part: LedgerPart
    says: str
    review_id: str | None = None
    entry: int | None = None
    member: str | None = None
    ledger: str | None = None
    database: str | None = None


@dataclass(kw_only=True)
class LedgerFindings:
    """The first findings, and how many there were beyond them."""

    listed: list[LedgerFinding] = field(default_factory=list)
    unlisted: int = 0

    def add(self, finding: LedgerFinding) -> None:
        if len(self.listed) < MAX_LISTED_FINDINGS:
            self.listed.append(finding)
        else:
            self.unlisted += 1

    def include(self, others: LedgerFindings) -> None:
        """Add the findings of another check."""
        for finding in others.listed:
            self.add(finding)
        self.unlisted += others.unlisted


def show_id(review_id: object) -> str:
    """Return a review's id as one short line: in a database that was changed it may be anything."""
    return shorten_text(escape_unprintable(str(review_id)), MAX_ID_LENGTH)


def escape_unprintable(text: str) -> str:
    """Return text with a code for each invisible character, so that none hides a change."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def show_values(first: Any, second: Any) -> tuple[str, str]:
    """Return two values as one short line each; of long ones, the part where they begin to differ."""
    texts = (_format_value(first), _format_value(second))
    pairs = enumerate(zip(*texts, strict=False))
    common_length = next(
        (place for place, (first_char, second_char) in pairs if first_char != second_char),
        min(map(len, texts)),
    )
    start = max(common_length - _LEAD_IN_LENGTH, 0) if max(map(len, texts)) > MAX_VALUE_LENGTH else 0
    lead = "…" if start else ""
    ledger, database = (f"{lead}{shorten_text(text[start:], MAX_VALUE_LENGTH)}" for text in texts)
    return ledger, database


def _format_value(value: Any) -> str:
    if value is None:
        return "nothing"
    return escape_unprintable(json.dumps(value, ensure_ascii=False, default=str))
