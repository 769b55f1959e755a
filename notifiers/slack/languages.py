"""The language of a block, in its id: a click sends the id back, and so says what the person saw."""

from __future__ import annotations

from reviews.language import LANGUAGES, get_language


def add_language(block_id: str) -> str:
    """Return the id of a block that is drawn in the current language."""
    return f"{block_id}-{get_language()}"


def read_language(block_id: str) -> str | None:
    """Return the language of a block; `None` for one of an earlier release or of another app."""
    language = block_id.rpartition("-")[2]
    return language if language in LANGUAGES else None
