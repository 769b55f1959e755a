"""Entries of stand-ins in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, join_with_and
from reviews.ledger.entry_values import read_text
from reviews.text import clean_text
from reviews.wording.placeholders import UNKNOWN_PERSON, format_name

if TYPE_CHECKING:
    from reviews.ports.ledger import LedgerEntry


def describe_handed_over(entry: LedgerEntry) -> str:
    """Return who answers for an owner who is away; until when is told beside it."""
    return _("{owner} is away. Answering meanwhile: {people}.").format(
        owner=_name_owner(entry), people=_name_people(entry.get("to"))
    )


def describe_handed_back(entry: LedgerEntry) -> str:
    return _("{owner} answers the review again, instead of {people}.").format(
        owner=_name_owner(entry), people=_name_people(entry.get("from"))
    )


def _name_owner(entry: LedgerEntry) -> str:
    return format_name(clean_text(read_text(entry, "owner")) or UNKNOWN_PERSON)


def _name_people(people: object) -> str:
    names = [clean_text(str(each)) for each in people] if isinstance(people, list) else []
    return join_with_and([format_name(name) for name in names if name] or [format_name(UNKNOWN_PERSON)])
