"""The command `campaign end`."""

from __future__ import annotations

import click

from reviews.errors import Refused
from runtime.commands.campaigns.campaign_listings import find_campaign
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.review_command import ReviewCommand


@click.command(cls=ReviewCommand)
@click.argument("campaign_name", metavar="ID_OR_NAME")
def end(*, campaign_name: str) -> None:
    """End a campaign: its open documents are no longer asked for. What was acknowledged stays."""
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        campaign = find_campaign(work, campaign_name)
        count = len(work.campaigns.list_open_review_ids(campaign.id))
    try:
        wiring.campaigns.end(campaign.id, by=None)
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    closed = f"{count:,} open {'document is' if count == 1 else 'documents are'} closed by a worker"
    print_text(f"The campaign {campaign.name} is ended: {closed if count else 'no document was open'}.")
