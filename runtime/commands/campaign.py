"""The commands of campaigns, each in a file of its own."""

from __future__ import annotations

import click

from runtime.commands.lazy_group import LazyGroup

_COMMANDS = {
    "end": "runtime.commands.campaign_end:end",
    "list": "runtime.commands.campaign_listings:list_campaigns",
    "show": "runtime.commands.campaign_listings:show",
    "start": "runtime.commands.campaign_start:start",
}


@click.group(cls=LazyGroup, places=_COMMANDS)
def campaign() -> None:
    """Campaigns: people acknowledge each document of a folder, though it has not changed."""
