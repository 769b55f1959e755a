"""The name of a reviewer, with that of the person for whom they stood in."""

from __future__ import annotations

from reviews.language import _


def add_absent(name: str, absent: str) -> str:
    """Return the name of a reviewer, and for whom they answered where that person was away."""
    return _("{name} for {absent}").format(name=name, absent=absent) if absent else name
