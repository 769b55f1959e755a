"""Campaigns with their entries, as `ledger verify` compares them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.campaigns import build_campaign, make_key
from store.chain import NO_REVIEW
from store.comparison import parse_entry_row
from store.engine import read_only
from store.rows import UNREADABLE_ERRORS
from store.schema import campaigns, ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.campaign import Campaign

_MARK = '"type":"campaign:'
"""How the type of such an entry begins in its canonical form, where quotes in a text are escaped."""
_ENTRIES = (
    sa.select(ledger.c.seq, ledger.c.entry, ledger_people.c.disclosures)
    .outerjoin(ledger_people, ledger_people.c.seq == ledger.c.seq)
    .where(ledger.c.review_id == NO_REVIEW, ledger.c.entry.contains(_MARK, autoescape=True))
    .order_by(ledger.c.seq)
)
_CAMPAIGNS = sa.select(campaigns).order_by(campaigns.c.id)


@dataclass(kw_only=True)
class CampaignWithEntries:
    """A campaign as it is stored, and its entries in order; an unreadable row has the `problem`."""

    id: str
    campaign: Campaign | None = None
    problem: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)


def list_campaigns(engine: sa.Engine) -> list[CampaignWithEntries]:
    """Return each campaign that has a row or an entry, both as of one moment."""
    by_id: dict[str, CampaignWithEntries] = {}
    with read_only(engine).connect() as connection, connection.begin():
        for campaign_id, entries in _read_entries(connection).items():
            by_id[campaign_id] = CampaignWithEntries(id=campaign_id, entries=entries)
        for stored in _read_rows(connection):
            by_id.setdefault(stored.id, CampaignWithEntries(id=stored.id))
            by_id[stored.id].campaign, by_id[stored.id].problem = stored.campaign, stored.problem
    return list(by_id.values())


def _read_entries(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    by_campaign: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(_ENTRIES):
        entry = parse_entry_row(row.seq, row.entry, row.disclosures)
        reference = entry.get("campaign") if entry is not None else None
        if entry is not None and isinstance(reference, dict):
            by_campaign[str(reference.get("id"))].append(entry)
    return dict(by_campaign)


def _read_rows(connection: sa.Connection) -> Iterator[CampaignWithEntries]:
    result = connection.execute(sa.select(campaigns.c.id).order_by(campaigns.c.id))
    for campaign_id in result.scalars().all():
        query = _CAMPAIGNS.where(campaigns.c.id == campaign_id)
        try:
            row = connection.execute(query).mappings().one()
            is_found_by_name = row["name_key"] == make_key(row["name"])
            problem = "" if is_found_by_name else "name_key"
            yield CampaignWithEntries(id=campaign_id, campaign=build_campaign(row), problem=problem)
        except UNREADABLE_ERRORS as error:
            yield CampaignWithEntries(id=str(campaign_id), problem=str(error))
