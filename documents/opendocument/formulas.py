"""Formulas of OpenDocument sheets, written as those of other formats (OpenDocument 1.3, part 4, 5.8)."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"(?:\w+:)?=")
_REFERENCE = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | \[(?P<reference>(?:'(?:[^']|'')*'|[^\]'])*)\]
    """,
    re.VERBOSE,
)
_SHEET = re.compile(r"(?P<start>^|:)\$?(?P<sheet>'(?:[^']|'')*'|[^'.:$#]*)\.")


def simplify_formula(formula: str) -> str:
    """Return `SUM(B2:B9)` for `of:=SUM([.B2:.B9])`, `Fees.B2` for `of:=[$Fees.B2]`."""
    prefix = _PREFIX.match(formula)
    return _REFERENCE.sub(_simplify_reference, formula[prefix.end() :] if prefix else formula)


def _simplify_reference(match: re.Match[str]) -> str:
    if match["text"]:
        return match["text"]
    return _SHEET.sub(
        lambda part: part["start"] + (f"{part['sheet']}." if part["sheet"] else ""), match["reference"]
    )
