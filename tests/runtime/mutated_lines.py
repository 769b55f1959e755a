"""How a sentence on a changed file names the entry."""

from __future__ import annotations

import re


def names(problem: str, number: int) -> bool:
    """Return whether a sentence names an entry, or the line that holds it in a file from entry 1 on."""
    digits = f"(?:{number}|{number:,})"
    return bool(
        re.search(rf"\b(?:entry|line|entries) {digits}\b(?!,)|\bentries 1 to {digits}\b(?!,)", problem)
    )
