"""The line in an event's description that names who stands in."""

from __future__ import annotations

import re

MAX_DESCRIPTION_LENGTH = 20_000
"""Characters that are searched."""
_LINE_BREAK = re.compile(r"<br\s*/?>|</p>|</div>", re.IGNORECASE)  # descriptions of Google have them
_STAND_IN = re.compile(
    r"^[ \t]*(?:<(?:p|div|span)>)?(?:stand-in|vertretung)[ \t]*:[ \t]*<?(?:mailto:)?"
    r"([^\s<>,;:@\"]{1,64}@[^\s<>,;:@\"]{1,255})",
    re.IGNORECASE | re.MULTILINE,
)


def find_stand_in(description: str) -> str | None:
    """Return the address on the first line `stand-in: address`, or `Vertretung: address`, casefolded."""
    text = _LINE_BREAK.sub("\n", description[:MAX_DESCRIPTION_LENGTH])
    match = _STAND_IN.search(text)
    return match[1].rstrip(".").casefold() if match else None
