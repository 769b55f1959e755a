"""The commands of change events; what they do is imported when they run."""

from __future__ import annotations

import click

from runtime.commands.events.dead_letters import all_option, number_type
from runtime.commands.lazy_group import run_later
from runtime.commands.printing.json_output import json_option
from runtime.commands.printing.listing_options import limit_option
from runtime.commands.printing.watch_options import interval_option, json_line_option


@click.command("list")
@json_option
@limit_option
def list_events(*, as_json: bool, limit: int) -> None:
    """List the change events, the newest first."""
    run_later("runtime.commands.events.event_listing:print_events", as_json=as_json, limit=limit)


@click.command("replay")
@click.argument("event_id", type=number_type, required=False)
@all_option
def replay_event(*, event_id: int | None, replay_all: bool) -> None:
    """Process a dead event again, or all of them, or a waiting event at once."""
    run_later("runtime.commands.events.replaying:replay_events", event_id=event_id, replay_all=replay_all)


@click.command("watch")
@json_line_option
@interval_option
def watch_events(*, as_json: bool, interval: int) -> None:
    """Print each change event as it comes in, and each change of its state, until Ctrl-C."""
    run_later("runtime.commands.events.event_watching:watch_events", as_json=as_json, interval=interval)
