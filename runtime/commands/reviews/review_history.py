"""The history of a review on the command line: its entries of the ledger in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.entry_values import read_text
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import format_moment
from runtime.commands.reviews.review_status import format_minute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviews.ledger.history import HistoryStep
    from reviews.ports.ledger import LedgerEntry


def list_history(entries: Iterable[LedgerEntry]) -> Iterator[tuple[str, str]]:
    """Yield when each entry was written, with its sentence, and in further lines what belongs to it."""
    for entry in entries:
        step = describe_entry(entry)
        when = f"{step.at:%Y-%m-%d %H:%M:%S}" if step.at else "?"
        yield when, describe_history_step(step)
        yield from ((when, f"“{line}”") for line in step.note)


def describe_history_step(step: HistoryStep) -> str:
    """Return an entry in sentences, without its note."""
    until = f"Until {format_minute(step.until)}." if step.until else ""
    proven = f"({step.proven})" if step.proven else ""
    return " ".join(filter(None, (step.sentence, until, step.opened, proven)))


def build_history_json(entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    return [_build_entry_json(entry, describe_entry(entry)) for entry in entries]


def _build_entry_json(entry: LedgerEntry, step: HistoryStep) -> dict[str, Any]:
    return {
        "seq": entry.get("seq"),
        "at": format_moment(step.at),
        "type": read_text(entry, "type"),
        "sentence": describe_history_step(step),
        "note": "\n".join(step.note) or None,
    }
