"""Ledger entries that belong to no review: owners, changes without a review, folders, erased people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import describe_act, describe_contents, describe_person, format_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reviews.ports.incomplete_periods import IncompletePeriod
    from reviews.ports.owner_accounts import OwnerDuties, OwnerState
    from reviews.ports.unrouted_changes import UnroutedChange, UnroutedFlood

MAX_ERASED_COMMITMENTS = 1000
"""Commitments that one entry names; an erasure of more has several."""


def build_erased(commitments: Sequence[str], *, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield the entries of an erasure: commitments beside which nothing stands any more. They name no one."""
    for start in range(0, len(commitments), MAX_ERASED_COMMITMENTS):
        yield {
            "type": EntryType.PEOPLE_ERASED.value,
            "at": format_moment(at),
            "review_id": None,
            "route": None,
            "commitments": list(commitments[start : start + MAX_ERASED_COMMITMENTS]),
        }


def build_owner_gone(state: OwnerState, duties: OwnerDuties, *, at: datetime) -> dict[str, Any]:
    """Return the entry of an owner who has no account any more, or whose account is disabled.

    `seen_at` is when DocSpace last showed the account as active, `since` when it first did not.
    """
    return {
        **_describe_owner(EntryType.OWNER_GONE, duties, at),
        "reason": state.reason,
        "seen_at": format_moment(state.seen_at),
        "since": format_moment(state.unconfirmed_since),
    }


def build_owner_back(before: OwnerState, duties: OwnerDuties, *, at: datetime) -> dict[str, Any]:
    """Return the entry of an owner whose account is active again; `since` is from when on it was not."""
    return {
        **_describe_owner(EntryType.OWNER_BACK, duties, at),
        "reason": before.reason,
        "since": format_moment(before.unconfirmed_since),
    }


def build_unrouted(change: UnroutedChange, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a change in a watched folder for which the route asks no review."""
    return {
        **_begin_entry(EntryType.CHANGE_UNROUTED, change.route, at),
        "kind": change.kind.value,
        "file_id": change.file_id,
        "title": change.title,
        "path": change.path,
        "version_from": change.version_from,
        "version_to": change.version_to,
        "title_before": change.title_before,
        "path_before": change.path_before,
        "moved_to": change.moved_to,
        "folders": list(change.folders),
        "contributors": [describe_person(each) for each in change.contributors],
        "acts": [describe_act(each) for each in change.acts],
        "contents": describe_contents(change.contents) if change.contents else None,
        "reason": change.reason,
        "events": list(change.events),
    }


def build_unrouted_flood(flood: UnroutedFlood, *, at: datetime) -> dict[str, Any]:
    """Return the one entry of many such changes of one kind by the same people.

    `from` and `to` are when the first and the last of them were handled, `events` the lowest and the highest
    number of their events.
    """
    return {
        **_begin_entry(EntryType.CHANGE_UNROUTED, flood.key.route, at),
        "kind": flood.kind.value,
        "file_id": None,
        "title": None,
        "path": flood.path,
        "contributors": [describe_person(each) for each in flood.people],
        "contents": describe_contents(flood.contents),
        "file_ids": list(flood.file_ids),
        "reason": flood.reason,
        "events": [flood.first_event, flood.last_event],
        "from": format_moment(flood.handled_from),
        "to": format_moment(flood.handled_to),
    }


def build_incomplete(period: IncompletePeriod, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a watched folder, or of many of a route, not complete for longer than a day.

    `up_to` is up to when all changes were handled; of many folders, the earliest that is known. `since` is
    the same, or for a folder that was never looked at as a whole, when that was first due.
    """
    return {
        **_describe_period(EntryType.SWEEP_INCOMPLETE, period, at),
        "contents": describe_contents(period.folders) if period.folders else None,
        "up_to": format_moment(period.up_to),
        "since": format_moment(period.since),
        "reason": period.reason,
    }


def build_complete(period: IncompletePeriod, *, up_to: datetime, at: datetime) -> dict[str, Any]:
    """Return the entry of the end of such a period: changes since `from` may have been handled late."""
    return {
        **_describe_period(EntryType.SWEEP_COMPLETE, period, at),
        "from": format_moment(period.since),
        "to": format_moment(up_to),
    }


def _describe_owner(kind: EntryType, duties: OwnerDuties, at: datetime) -> dict[str, Any]:
    return {
        **_begin_entry(kind, duties.first_route, at),
        "owner": duties.address,
        "routes": list(duties.owner_of),
        "deputy_of": list(duties.deputy_of),
        "assigned_in": list(duties.assigned_in),
    }


def _describe_period(kind: EntryType, period: IncompletePeriod, at: datetime) -> dict[str, Any]:
    return {
        **_begin_entry(kind, period.route, at),
        "folder_id": period.folder_id or None,
        "title": period.title or None,
    }


def _begin_entry(kind: EntryType, route: str, at: datetime) -> dict[str, Any]:
    return {"type": kind.value, "at": format_moment(at), "review_id": None, "route": route}
