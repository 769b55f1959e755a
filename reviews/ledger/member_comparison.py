"""Checks of one member of a review: its value in the entries against its value in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviews.identity import Reviewer
from reviews.ledger.findings import LedgerFinding, LedgerPart, show_id, show_values
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviews.ledger.hash_chain import EntryType
    from reviews.ports.ledger import LedgerEntry

    EntriesByType = Mapping[str, Sequence[LedgerEntry]]


@dataclass(frozen=True, slots=True)
class EntryValue:
    """A value and the number of its entry; `None` where no entry has one."""

    value: Any = None
    entry: int | None = None


NO_ENTRY_VALUE = EntryValue()


def group_by_type(entries: Iterable[LedgerEntry]) -> EntriesByType:
    grouped: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.get("type", ""), []).append(entry)
    return grouped


def get_entries(entries: EntriesByType, kind: EntryType) -> Sequence[LedgerEntry]:
    return entries.get(kind, ())


def find_last_value(entries: EntriesByType, kind: EntryType, member: str) -> EntryValue:
    """Return the value of a member in the last entry of a type."""
    matches = get_entries(entries, kind)
    return EntryValue(matches[-1].get(member), matches[-1]["seq"]) if matches else NO_ENTRY_VALUE


def pair_person(recorded: Any, stored: Reviewer | None) -> tuple[Any, Any]:
    """Return whom an entry and the database name, as they are compared; `None` for no one.

    Where one of them has a name alone, as earlier versions wrote it, the names are compared.
    """
    if stored is not None and isinstance(recorded, dict) and stored != Reviewer(name=stored.name):
        members = stored.to_stored()
        return {name: recorded.get(name) for name in members}, members
    name = recorded.get("name") if isinstance(recorded, dict) else recorded
    return _read_name(name), _read_name(stored and stored.name)


def _read_name(name: Any) -> str | None:
    return None if name is None else clean_text(str(name))


def find_differences(
    review_id: str, member: str, entry_value: EntryValue, database_value: Any
) -> Iterator[LedgerFinding]:
    """Yield each difference between the entries' value and the database's; for objects by member."""
    if entry_value.value == database_value:
        return
    if isinstance(entry_value.value, dict) and isinstance(database_value, dict):
        for name in sorted(entry_value.value.keys() | database_value.keys()):
            inner = EntryValue(entry_value.value.get(name), entry_value.entry)
            yield from find_differences(
                review_id, f"{member}.{show_id(name)}", inner, database_value.get(name)
            )
        return
    ledger, database = show_values(entry_value.value, database_value)
    entry_says = "its entries say" if entry_value.entry is None else f"entry {entry_value.entry} says"
    yield LedgerFinding(
        part=LedgerPart.REVIEW,
        says=f"review {show_id(review_id)} has another {member} than {entry_says}: "
        f"{ledger} in the ledger, {database} in the database",
        review_id=review_id,
        entry=entry_value.entry,
        member=member,
        ledger=ledger,
        database=database,
    )


def build_finding(review_id: str, message: str, *, entry: int | None = None) -> LedgerFinding:
    """Return the finding of something that exists on one side only."""
    return LedgerFinding(part=LedgerPart.REVIEW, says=message, review_id=review_id, entry=entry)
