"""What a check of the record found: each thing by which it does not hold, in one line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviews.text import shorten_text

MOST_LISTED = 1000
"""So many findings are listed, the others counted: a lost table would be millions of them."""
LONGEST_VALUE = 80
LONGEST_ID = 40
_BEFORE = 20  # characters that lead up to where two long values differ


class Part(StrEnum):
    """Which part of the record does not hold."""

    CHAIN = "chain"
    REVIEW = "review"
    INDEX = "index"
    GUARD = "guard"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing by which the record does not hold; `says` is the sentence without its full stop.

    `ledger` and `database` are what each of them says of the `member`, cut to one line that can be shown.
    """

    part: Part
    says: str
    review_id: str | None = None
    entry: int | None = None
    member: str | None = None
    ledger: str | None = None
    database: str | None = None


@dataclass(kw_only=True)
class Findings:
    """The first findings, and how many there were beyond them."""

    listed: list[Finding] = field(default_factory=list)
    unlisted: int = 0

    def add(self, finding: Finding) -> None:
        if len(self.listed) < MOST_LISTED:
            self.listed.append(finding)
        else:
            self.unlisted += 1

    def include(self, others: Findings) -> None:
        """Add what was found elsewhere."""
        for finding in others.listed:
            self.add(finding)
        self.unlisted += others.unlisted


def show_id(review_id: object) -> str:
    """Return a review's id as one short line: in a database that was changed it may be anything."""
    return shorten_text(show_text(str(review_id)), LONGEST_ID)


def show_text(text: str) -> str:
    """Return text with a code in place of each character that can't be seen, so that none hides a change."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def show_values(first: Any, second: Any) -> tuple[str, str]:
    """Return two values as one short line each; of long ones, the part where they begin to differ."""
    texts = (_text(first), _text(second))
    pairs = enumerate(zip(*texts, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), min(map(len, texts)))
    start = max(same - _BEFORE, 0) if max(map(len, texts)) > LONGEST_VALUE else 0
    lead = "…" if start else ""
    ledger, database = (f"{lead}{shorten_text(text[start:], LONGEST_VALUE)}" for text in texts)
    return ledger, database


def _text(value: Any) -> str:
    if value is None:
        return "nothing"
    return show_text(json.dumps(value, ensure_ascii=False, default=str))
