"""Where the sentences of a text end, in most languages."""

from __future__ import annotations

import re

_OPENING = "\"'(\\[\u201c\u201e\u2018\u00ab\u00bf\u00a1"
_CLOSING = "\"')\\]\u201d\u2019\u00bb"
_END = re.compile(
    rf"""
      (?P<stop>[.!?\u2026\u061f]+)[{_CLOSING}]*\s+(?=[{_OPENING}]*(?P<next>\w))
    | [;:]\s+(?=\(?[a-z0-9]{{1,4}}[.)]\s)
    | [\u3002\uff01\uff1f]
    """,
    re.VERBOSE,
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
_NUMBER = re.compile(r"[(§]?\s?(?:\d[\d.]*\w?|[IVXLCivxlc]+|\w)[.)]")
_ABBREVIATIONS = {
    "abs.", "art.", "arts.", "bd.", "bzw.", "ca.", "cf.", "ch.", "cl.", "co.", "corp.", "dr.", "ed.", "eds.",
    "etc.", "fig.", "figs.", "gen.", "inc.", "jr.", "ltd.", "mr.", "mrs.", "ms.", "mt.", "no.", "nos.", "nr.",
    "p.", "para.", "paras.", "pp.", "prof.", "ref.", "s.", "sec.", "sect.", "sr.", "sra.", "st.", "tel.",
    "vgl.", "vol.", "vs.", "ziff.",
}  # fmt: skip
"""After which a capital or a number starts no sentence."""


def find_sentence_ends(text: str) -> list[int]:
    """Return the positions at which a next sentence begins.

    The number of a section stays with what it numbers. Where this is wrong it is wrong in both states alike.
    """
    ends: list[int] = []
    for match in _END.finditer(text):
        start = ends[-1] if ends else 0
        if not match["stop"] or _is_end(text, start, match):
            ends.append(match.end())
    return ends


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    if match["next"].islower():
        return False
    sentence = text[start : match.start() + 1]
    if match["stop"] != ".":
        return True
    last_word = sentence[sentence.rfind(" ") + 1 :].lstrip(_OPENING)
    is_short = _INITIALS.fullmatch(last_word) or last_word.lower() in _ABBREVIATIONS
    return not is_short and not _NUMBER.fullmatch(sentence.strip())
