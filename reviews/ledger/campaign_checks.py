"""Comparison of campaigns with their entries: an attacker who changes one may have forgotten the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.campaign import CampaignState
from reviews.ledger import campaign_entries
from reviews.ledger.findings import LedgerFinding, LedgerPart, show_id, show_values
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_entries import format_moment
from reviews.ledger.member_comparison import EntryValue, get_entries, group_by_type, pair_person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.campaign import Campaign
    from reviews.ledger.member_comparison import EntriesByType
    from reviews.ports.ledger import LedgerEntry

_STARTED_MEMBERS = ("campaign", "route", "folder_id", "path", "owners", "due_at")


def compare_campaign(
    campaign_id: str, campaign: Campaign | None, entries: Sequence[LedgerEntry]
) -> Iterator[LedgerFinding]:
    """Yield where a campaign differs from its entries; `None` is one that is not stored."""
    by_type = group_by_type(entries)
    started = get_entries(by_type, EntryType.CAMPAIGN_STARTED)
    removed = get_entries(by_type, EntryType.CAMPAIGN_REMOVED)
    shown = f"campaign {show_id(campaign_id)}"
    if not started:
        yield _build_finding(f"no entry says that {shown} was started")
    elif len(started) > 1:
        yield _build_finding(f"entry {started[1]['seq']} says that {shown} was started once more")
    elif removed and campaign is not None:
        yield _build_finding(f"{shown} is there, which entry {removed[0]['seq']} says was removed")
    elif removed:
        yield from _check_removal(shown, by_type)
    elif campaign is None:
        yield _build_finding(f"there is no {shown}, which entry {started[0]['seq']} says was started")
    else:
        yield from _compare_members(shown, campaign, by_type)


def describe_unreadable(campaign_id: str) -> LedgerFinding:
    """Return the finding of a campaign whose row holds what was never written there."""
    return _build_finding(f"campaign {show_id(campaign_id)} holds what was never written there")


def _check_removal(shown: str, by_type: EntriesByType) -> Iterator[LedgerFinding]:
    """Retention removes only what has ended, or whose deadline is over; anything else was forged."""
    started = get_entries(by_type, EntryType.CAMPAIGN_STARTED)[0]
    ended = get_entries(by_type, EntryType.CAMPAIGN_ENDED)
    removed = get_entries(by_type, EntryType.CAMPAIGN_REMOVED)[0]
    over_at = ended[0].get("at") if ended else started.get("due_at")
    if str(removed.get("at")) <= str(over_at):
        yield _build_finding(
            f"entry {removed['seq']} says that {shown} was removed, which was not over then",
            entry=removed["seq"],
        )


def _compare_members(shown: str, campaign: Campaign, by_type: EntriesByType) -> Iterator[LedgerFinding]:
    started = get_entries(by_type, EntryType.CAMPAIGN_STARTED)[0]
    ended = get_entries(by_type, EntryType.CAMPAIGN_ENDED)
    database = campaign_entries.build_started(campaign, by=None)
    pairs = [
        (name, EntryValue(started.get(name), started["seq"]), database[name]) for name in _STARTED_MEMBERS
    ]
    pairs.append(("started_at", EntryValue(started.get("at"), started["seq"]), database["at"]))
    starter, database_starter = pair_person(started.get("by"), campaign.started_by)
    pairs.append(("started_by", EntryValue(starter, started["seq"]), database_starter))
    pairs += _pair_end(campaign, ended[-1] if ended else None)
    for name, entry_value, value in pairs:
        if entry_value.value != value:
            yield _describe_difference(shown, name, entry_value, value)


def _pair_end(campaign: Campaign, ended: LedgerEntry | None) -> list[tuple[str, EntryValue, Any]]:
    has_ended = campaign.state is CampaignState.ENDED
    if ended is None:
        nothing = EntryValue()
        return [
            ("ended_at", nothing, format_moment(campaign.ended_at)),
            ("state", EntryValue(value=False), has_ended),
            ("problem", EntryValue(""), campaign.problem),
        ]
    seq = ended["seq"]
    return [
        ("ended_at", EntryValue(ended.get("at"), seq), format_moment(campaign.ended_at)),
        ("state", EntryValue(value=True, entry=seq), has_ended),
        ("problem", EntryValue(ended.get("problem") or "", seq), campaign.problem),
        ("documents", EntryValue(ended.get("documents"), seq), campaign.documents),
    ]


def _describe_difference(shown: str, member: str, entry_value: EntryValue, value: Any) -> LedgerFinding:
    ledger, database = show_values(entry_value.value, value)
    source = "its entries say" if entry_value.entry is None else f"entry {entry_value.entry} says"
    return LedgerFinding(
        part=LedgerPart.CAMPAIGN,
        says=f"{shown} has another {member} than {source}: "
        f"{ledger} in the ledger, {database} in the database",
        entry=entry_value.entry,
        member=member,
        ledger=ledger,
        database=database,
    )


def _build_finding(message: str, *, entry: int | None = None) -> LedgerFinding:
    return LedgerFinding(part=LedgerPart.CAMPAIGN, says=message, entry=entry)
