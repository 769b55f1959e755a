"""What the entries of a review say of one member, held against what the database says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviews.ledger.findings import Finding, Part, show_id, show_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviews.ledger.hash_chain import EntryType
    from reviews.ports.reviews import Entry

    EntriesByType = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Said:
    """A value and the number of the entry that says it; `None` where no entry says anything."""

    value: Any = None
    entry: int | None = None


NOT_SAID = Said()


def group_by_type(entries: Iterable[Entry]) -> EntriesByType:
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.get("type", ""), []).append(entry)
    return grouped


def entries_of(entries: EntriesByType, kind: EntryType) -> Sequence[Entry]:
    return entries.get(kind, ())


def say_last(entries: EntriesByType, kind: EntryType, member: str) -> Said:
    """Return what the last entry of a type says of a member."""
    found = entries_of(entries, kind)
    return Said(found[-1].get(member), found[-1]["seq"]) if found else NOT_SAID


def find_differences(review_id: str, member: str, said: Said, found: Any) -> Iterator[Finding]:
    """Yield where a value is another than the entries say; of an object, each member that differs."""
    if said.value == found:
        return
    if isinstance(said.value, dict) and isinstance(found, dict):
        for name in sorted(said.value.keys() | found.keys()):
            inner = Said(said.value.get(name), said.entry)
            yield from find_differences(review_id, f"{member}.{show_id(name)}", inner, found.get(name))
        return
    ledger, database = show_values(said.value, found)
    who_says = "its entries say" if said.entry is None else f"entry {said.entry} says"
    yield Finding(
        part=Part.REVIEW,
        says=f"review {show_id(review_id)} has another {member} than {who_says}: "
        f"{ledger} in the ledger, {database} in the database",
        review_id=review_id,
        entry=said.entry,
        member=member,
        ledger=ledger,
        database=database,
    )


def lone_finding(review_id: str, says: str, *, entry: int | None = None) -> Finding:
    """Return the finding of something that stands on one side only."""
    return Finding(part=Part.REVIEW, says=says, review_id=review_id, entry=entry)
