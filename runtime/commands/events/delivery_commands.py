"""The commands of deliveries; what they do is imported when they run."""

from __future__ import annotations

import click

from reviews.kinds import CardState
from runtime.commands.events.dead_letters import all_option, number_type
from runtime.commands.lazy_group import run_later
from runtime.commands.printing.json_output import json_option
from runtime.commands.printing.listing_options import limit_option


@click.command("list")
@json_option
@limit_option
@click.option("--state", type=click.Choice([state.value for state in CardState]), help="Only in this state.")
def list_deliveries(*, as_json: bool, limit: int, state: str | None) -> None:
    """List the cards and notices, the newest first."""
    run_later(
        "runtime.commands.events.delivery_listing:print_deliveries", as_json=as_json, limit=limit, state=state
    )


@click.command("replay")
@click.argument("delivery_id", type=number_type, required=False)
@all_option
def replay_delivery(*, delivery_id: int | None, replay_all: bool) -> None:
    """Deliver a dead card again, or all of them."""
    run_later(
        "runtime.commands.events.replaying:replay_deliveries", delivery_id=delivery_id, replay_all=replay_all
    )
