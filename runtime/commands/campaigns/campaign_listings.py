"""The commands `campaign list` and `campaign show`: how far campaigns have come."""

from __future__ import annotations

import csv
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from reviews.campaigns.acknowledgement_csv import COLUMNS, list_cells
from reviews.campaigns.acknowledgement_rows import list_rows
from reviews.campaigns.campaign_lookup import require_campaign
from reviews.errors import Refused
from reviews.text import clean_text
from runtime.commands.campaigns.campaign_texts import (
    build_campaign_json,
    build_details_json,
    describe_acknowledged,
    describe_state,
    format_campaign_time,
)
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import json_option, print_json
from runtime.commands.printing.listing_options import limit_option
from runtime.commands.printing.tables import print_details, print_table
from runtime.commands.review_command import ReviewCommand

if TYPE_CHECKING:
    from reviews.campaign import Campaign, CampaignProgress
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes


@click.command("list")
@json_option
@click.option("--route", help="Only those of this route.")
@limit_option
def list_campaigns(*, as_json: bool, route: str | None, limit: int) -> None:
    """List the campaigns, the newest first."""
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        recent = work.campaigns.list_recent(limit, routes=None if route is None else [route])
        listed = [(each, work.campaigns.compute_progress(each)) for each in recent]
    if as_json:
        print_json([build_campaign_json(campaign, progress) for campaign, progress in listed])
        return
    print_table(
        ("id", "name", "state", "route", "folder", "deadline", "acknowledged", "percent"),
        (
            (
                campaign.id,
                campaign.name,
                campaign.state,
                campaign.route,
                campaign.path,
                format_campaign_time(campaign.due_at, campaign, wiring.routes),
                describe_acknowledged(progress),
                f"{progress.percent}%",
            )
            for campaign, progress in listed
        ),
        folding=("name", "route", "folder"),
        empty="Nothing yet." if route is None else "No campaign meets this.",
    )


@click.command(cls=ReviewCommand)
@click.argument("campaign_name", metavar="ID_OR_NAME")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: a line for each document and person.")
def show(*, campaign_name: str, as_json: bool, as_csv: bool) -> None:
    """Show one campaign: its figures, its people, and each document."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms of the same: leave one out")
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        campaign = find_campaign(work, campaign_name)
        if as_csv:
            _print_csv(work, campaign)
            return
        progress = work.campaigns.compute_progress(campaign)
        details = build_details_json(progress, list_rows(work, campaign)) if as_json else {}
        names = work.people.find_names(campaign.people)
    if as_json:
        print_json({**build_campaign_json(campaign, progress), **details})
        return
    _print_campaign(campaign, progress, wiring.routes)
    print_table(
        ("person", "name", "acknowledged", "left"),
        (
            (
                each.address,
                names.get(each.address.casefold(), ""),
                each.acknowledged,
                each.left,
            )
            for each in sorted(progress.people, key=lambda each: each.left, reverse=True)
        ),
        folding=("name",),
        moving=("person",),
    )
    click.echo()
    print_table(
        ("review", "file", "document", "folder", "version", "acknowledged"),
        (
            (
                each.review_id,
                each.file_id,
                each.title,
                each.path,
                each.version,
                f"{each.count.acknowledged} of {each.count.needed}",
            )
            for each in progress.documents
        ),
        folding=("document", "folder"),
    )


def find_campaign(work: UnitOfWork, name: str) -> Campaign:
    """Return the campaign with this id or name; another name is an unusable argument."""
    try:
        return require_campaign(work, name)
    except Refused as refused:
        raise click.ClickException(f"{refused.sentence} See docspace-review campaign list") from None


def _print_campaign(campaign: Campaign, progress: CampaignProgress, routes: Routes) -> None:
    format_time = partial(format_campaign_time, campaign=campaign, routes=routes)
    print_details(
        [
            ("campaign", f"{campaign.name} ({campaign.id})"),
            ("state", describe_state(campaign)),
            ("route", campaign.route),
            ("folder", f"{campaign.path} ({campaign.folder_id})"),
            ("deadline", format_time(campaign.due_at)),
            ("started", format_time(campaign.started_at)),
            *(("started by", clean_text(each.name)) for each in (campaign.started_by,) if each),
            *(("ended", format_time(at)) for at in (campaign.ended_at,) if at),
            ("acknowledged", f"{describe_acknowledged(progress)} ({progress.percent}%)"),
        ],
    )
    click.echo()


def _print_csv(work: UnitOfWork, campaign: Campaign) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(list_cells(row) for row in list_rows(work, campaign))
