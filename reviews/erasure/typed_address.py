"""An address as an operator types or pastes it."""

from __future__ import annotations

import re
from unicodedata import category, normalize

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what does not show: control and format characters, separators of lines, and what
stands for bytes that are not UTF-8."""
_AROUND = frozenset("<>,;")
_QUOTED_NAME = re.compile(r'^"[^"]*"(?=@)')
"""What stands before the @ in quotes may contain any of those (RFC 5322)."""
_LINK_START = "mailto:"


def clean_address(text: str) -> str:
    """Return the address without what mail programs put around it; raise `ValueError` for what may mislead.

    An address with a hidden character, with letters that only look like others, or with what stands between
    the addresses of a list, is another one than it seems to be: nothing would be found of it, and the person
    would count as erased.
    """
    address = text.strip()
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1].strip()
    if any(category(letter) in _HIDDEN for letter in address):
        raise ValueError("it has characters that do not show, or several lines")
    if not _AROUND.isdisjoint(_QUOTED_NAME.sub("", address)) or address.casefold().startswith(_LINK_START):
        raise ValueError("it is more than an address")
    if normalize("NFKC", address) != normalize("NFC", address):
        raise ValueError("it has letters that look like others")
    return address
