"""The command `canary`: a test of the whole path, from a signed event to an acknowledged card."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from reviews.ledger.ledger_entries import format_moment
from reviews.routes.routing import OPERATORS_ROUTE
from reviews.text import plain
from runtime.commands.shared import json_option, open_wiring, print_json
from runtime.worker.canary_sender import NO_ADDRESS, CanarySender, describe_missing_leg

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.operations.canaries import CanaryProgress
    from reviews.ports.alarms import Canary
    from runtime.wiring.wiring import Wiring

DELIVERED_WITHIN = 60.0  # seconds
POLL = 0.25
MAX_WAIT_SECONDS = 3600


@click.command()
@click.option("--route", default="", help="The route whose channels are tested; without it, all of them.")
@click.option(
    "--wait",
    type=click.IntRange(0, MAX_WAIT_SECONDS),
    metavar="SECONDS",
    help="How long to wait for the cards and for an acknowledgement.",
)
@json_option
def canary(*, route: str, wait: int | None, as_json: bool) -> None:
    """Send a test through the production path to a card in each channel; exit 1 if it does not arrive.

    The card says that it is a test. It creates no review and no ledger entry.
    """
    wiring = open_wiring()
    _check_route(wiring, route)
    flight = CanarySender(wiring, route=route)
    sent = flight.canary
    if sent is None:
        raise click.ClickException("a test of the same name was just sent: try again")
    flight.send()
    legs = _wait_for_arrival(wiring, sent, wait)
    if as_json:
        print_json(_as_json(legs, wiring))
    else:
        _print_legs(legs, wiring, asked=wait is not None)
    click.get_current_context().exit(0 if legs.is_back else 1)


def _check_route(wiring: Wiring, route: str) -> None:
    names = [each.name for each in wiring.routes.all]
    names += [OPERATORS_ROUTE] if wiring.routes.operators else []
    if route and route not in names:
        raise click.ClickException(f"there is no route {plain(route)!r}; there are {', '.join(names)}")
    if not wiring.canaries.list_targets(route):
        raise click.ClickException("no channel of the route posts cards: there is nothing to test")


def _wait_for_arrival(wiring: Wiring, sent: Canary, wait: int | None) -> CanaryProgress:
    """Wait for the cards and, if a wait was requested, for an answer too."""
    until = time.monotonic() + (DELIVERED_WITHIN if wait is None else wait)
    while True:
        legs = wiring.canaries.find_progress(sent.id)
        if legs is None:
            raise click.ClickException("the test has expired: try again")
        done = legs.is_back and (wait is None or legs.canary.acknowledged_at is not None)
        if done or legs.is_lost or time.monotonic() >= until:
            return legs
        time.sleep(POLL)


def _print_legs(legs: CanaryProgress, wiring: Wiring, *, asked: bool) -> None:
    sent = legs.canary
    click.echo(f"sent          {sent.sent_at:%H:%M:%S} UTC to {wiring.settings.outside_address}")
    for name, at in (("received", legs.received_at), ("processed", sent.processed_at)):
        if at is not None:
            click.echo(f"{name:<13} {_after(sent, at)}")
    for post in legs.posts:
        if post.at is not None:
            click.echo(f"{'delivered':<13} {_after(sent, post.at)}  {plain(str(post.target))}")
    if sent.acknowledged_at is not None:
        click.echo(f"{'acknowledged':<13} {_after(sent, sent.acknowledged_at)}  by {sent.acknowledged_by}")
    elif asked and legs.is_back:
        click.echo("No one has acknowledged it yet.")
    if not wiring.settings.public_url:
        click.echo(f"{NO_ADDRESS.format(address=wiring.settings.outside_address)}.")
    if not legs.is_back:
        click.echo(f"The test did not arrive: {plain(describe_missing_leg(legs))}.", err=True)


def _after(sent: Canary, at: datetime) -> str:
    return f"{max((at - sent.sent_at).total_seconds(), 0.0):8.2f} s"


def _as_json(legs: CanaryProgress, wiring: Wiring) -> dict[str, Any]:
    sent = legs.canary
    return {
        "id": sent.id,
        "route": sent.route or None,
        "address": wiring.settings.outside_address,
        "came_back": legs.is_back,
        "missing": describe_missing_leg(legs) or None,
        "sent_at": format_moment(sent.sent_at),
        "received_at": format_moment(legs.received_at),
        "processed_at": format_moment(sent.processed_at),
        "deliveries": [
            {
                "target": str(post.target),
                "state": post.state,
                "delivered_at": format_moment(post.at),
                "seconds": (post.at - sent.sent_at).total_seconds() if post.at else None,
                "error": post.error,
            }
            for post in legs.posts
        ],
        "acknowledged_at": format_moment(sent.acknowledged_at),
        "acknowledged_by": sent.acknowledged_by or None,
    }
