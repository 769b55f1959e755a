"""Comparison of the last step that a review shows with the entries of its steps."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from reviews.kinds import StepAction
from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.ledger.member_comparison import NO_ENTRY_VALUE, EntryValue, get_entries

if TYPE_CHECKING:
    from reviews.ledger.member_comparison import EntriesByType
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry

_ACTIONS = {
    EntryType.REVIEW_REMINDED: StepAction.REMIND,
    EntryType.REVIEW_ESCALATED: StepAction.ESCALATE,
    EntryType.REVIEW_LAPSED: StepAction.LAPSE,
}


def pair_last_step(review: Review, entries: EntriesByType) -> tuple[str, EntryValue, Any]:
    """Return the last step, as its entry and the row have it.

    A lapse that the routing file does not write follows on the last step, which the row goes on to show.
    """
    step = review.last_step
    recorded = sorted(
        (each for kind in _ACTIONS for each in get_entries(entries, kind)), key=itemgetter("seq")
    )
    if step is None or step.action is not StepAction.LAPSE:
        while recorded and _get_action(recorded[-1]) is StepAction.LAPSE:
            recorded.pop()
    entry_value = (
        EntryValue(_describe_entry(recorded[-1]), recorded[-1]["seq"]) if recorded else NO_ENTRY_VALUE
    )
    database_value = step and {
        "action": step.action.value,
        "at": format_moment(step.at),
        "after": step.after,
        "whom": list(step.whom),
    }
    return "last_step", entry_value, database_value


def _get_action(entry: LedgerEntry) -> StepAction:
    return _ACTIONS[EntryType(entry["type"])]


def _describe_entry(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "action": _get_action(entry).value,
        "at": entry.get("at"),
        "after": read_text(entry, "step"),
        "whom": entry.get("whom"),
    }
