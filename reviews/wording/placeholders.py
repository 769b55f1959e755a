"""Placeholders for missing names: English in the ledger, the reader's language elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.identity import ERASED
from reviews.language import _, capitalize_first, gettext_noop, join_with_and
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable

UNKNOWN_PERSON = gettext_noop("somebody")
UNNAMED_PERSON = gettext_noop("somebody DocSpace could not name")
HIDDEN_PERSON = gettext_noop("a person whose name is hidden")
REMOVED_PERSON = gettext_noop("a removed person")
GUEST = gettext_noop("a guest with a link")
DOCSPACE = gettext_noop("DocSpace itself")
LINK_HOLDER = gettext_noop("somebody who holds the link")
ERASED_PERSON = ERASED
_PLACEHOLDERS = frozenset(
    {
        UNKNOWN_PERSON,
        UNNAMED_PERSON,
        HIDDEN_PERSON,
        REMOVED_PERSON,
        GUEST,
        DOCSPACE,
        LINK_HOLDER,
        ERASED_PERSON,
    }
)
_SHOWN_ERASED = gettext_noop("[erased]")
"""What people read in place of a name, an address or a note that was erased, in any place of a sentence."""
_EXTERNAL_FORMAT = gettext_noop("{name} (external)")
_EXTERNAL_SUFFIX = _EXTERNAL_FORMAT.removeprefix("{name}")


def mark_external(name: str) -> str:
    """Return a name as the ledger writes it for a person of another company."""
    return _EXTERNAL_FORMAT.format(name=name)


def format_name(name: str) -> str:
    """Return a name from the ledger in the current language; a real one in brackets gets quotes."""
    if name == ERASED_PERSON:
        return _(_SHOWN_ERASED)
    if name in _PLACEHOLDERS:
        return _(name)
    if name.startswith("[") and name.endswith("]"):
        return f"\u201c{name}\u201d"
    return (
        _(_EXTERNAL_FORMAT).format(name=name.removesuffix(_EXTERNAL_SUFFIX))
        if name.endswith(_EXTERNAL_SUFFIX)
        else name
    )


def has_name(name: str) -> bool:
    """Return whether a name is a real one, not a placeholder."""
    return bool(clean_text(name)) and name not in _PLACEHOLDERS


def join_names(names: Iterable[str]) -> str:
    """Return names as a notice stores them until it is sent: one a line, worded as in the ledger."""
    return "\n".join(filter(None, map(clean_text, names)))


def format_names(names: str) -> str:
    """Return stored names in the current language; a placeholder for none."""
    return join_with_and(
        [format_name(name) for name in map(clean_text, names.splitlines()) if name]
        or [format_name(UNKNOWN_PERSON)]
    )


def capitalize_placeholder(sentence: str) -> str:
    """Return a sentence with a placeholder at its start capitalized; names stay as people write them."""
    return capitalize_first(sentence) if sentence.startswith(tuple(map(_, _PLACEHOLDERS))) else sentence


def format_title(title: str) -> str:
    """Return a title as one line, or a placeholder where nothing of it is visible."""
    return clean_text(title) or _("a document without a title")
