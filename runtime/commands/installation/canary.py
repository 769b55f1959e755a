"""The command `canary`: a test of the whole path, from a signed event to an acknowledged card."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from reviews.ledger.ledger_entries import format_moment
from reviews.routes.route import OPERATORS_ROUTE
from reviews.text import clean_text
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.json_output import json_option, print_json
from runtime.worker.canary_sender import NO_ADDRESS, NO_RECEIVER, CanarySender, describe_missing_leg

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.monitoring.canaries import CanaryProgress
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
    sender = CanarySender(wiring, route=route)
    sent_canary = sender.canary
    if sent_canary is None:
        raise click.ClickException("a test of the same name was just sent: try again")
    sender.send()
    progress = _wait_for_arrival(wiring, sent_canary, wait)
    if as_json:
        print_json(_build_progress_json(progress, wiring))
    else:
        _print_legs(progress, wiring, waited=wait is not None)
    click.get_current_context().exit(0 if progress.is_back else 1)


def _check_route(wiring: Wiring, route: str) -> None:
    names = [each.name for each in wiring.routes.all]
    names += [OPERATORS_ROUTE] if wiring.routes.operators else []
    if route and route not in names:
        raise click.ClickException(f"there is no route {clean_text(route)!r}; there are {', '.join(names)}")
    if not wiring.canaries.list_targets(route):
        raise click.ClickException("no channel of the route posts cards: there is nothing to test")


def _wait_for_arrival(wiring: Wiring, sent_canary: Canary, wait_seconds: int | None) -> CanaryProgress:
    """Wait for the cards and, if a wait was requested, for an answer too."""
    until = time.monotonic() + (DELIVERED_WITHIN if wait_seconds is None else wait_seconds)
    while True:
        progress = wiring.canaries.find_progress(sent_canary.id)
        if progress is None:
            raise click.ClickException("the test has expired: try again")
        is_done = progress.is_back and (wait_seconds is None or progress.canary.acknowledged_at is not None)
        if is_done or progress.is_lost or time.monotonic() >= until:
            return progress
        time.sleep(POLL)


def _print_legs(progress: CanaryProgress, wiring: Wiring, *, waited: bool) -> None:
    sent_canary = progress.canary
    has_receiver = wiring.settings.has_receiver
    begin = f"to {wiring.settings.outside_address}" if has_receiver else "into the database"
    print_text(f"sent          {sent_canary.sent_at:%H:%M:%S} UTC {begin}")
    for name, moment in (("received", progress.received_at), ("processed", sent_canary.processed_at)):
        if moment is not None:
            print_text(f"{name:<13} {_format_delay(sent_canary, moment)}")
    for post in progress.posts:
        if post.at is not None:
            print_text(
                f"{'delivered':<13} {_format_delay(sent_canary, post.at)}  {clean_text(str(post.target))}"
            )
    if sent_canary.acknowledged_at is not None:
        print_text(
            f"{'acknowledged':<13} {_format_delay(sent_canary, sent_canary.acknowledged_at)}  "
            f"by {sent_canary.acknowledged_by}"
        )
    elif waited and progress.is_back:
        print_text("No one has acknowledged it yet.")
    if not has_receiver:
        print_text(f"{NO_RECEIVER}.")
    elif not wiring.settings.public_url:
        print_text(f"{NO_ADDRESS.format(address=wiring.settings.outside_address)}.")
    if not progress.is_back:
        print_text(f"The test did not arrive: {clean_text(describe_missing_leg(progress))}.", err=True)


def _format_delay(sent_canary: Canary, at: datetime) -> str:
    return f"{max((at - sent_canary.sent_at).total_seconds(), 0.0):8.2f} s"


def _build_progress_json(progress: CanaryProgress, wiring: Wiring) -> dict[str, Any]:
    sent_canary = progress.canary
    return {
        "id": sent_canary.id,
        "route": sent_canary.route or None,
        "address": wiring.settings.outside_address if wiring.settings.has_receiver else None,
        "came_back": progress.is_back,
        "missing": describe_missing_leg(progress) or None,
        "sent_at": format_moment(sent_canary.sent_at),
        "received_at": format_moment(progress.received_at),
        "processed_at": format_moment(sent_canary.processed_at),
        "deliveries": [
            {
                "target": str(post.target),
                "state": post.state,
                "delivered_at": format_moment(post.at),
                "seconds": (post.at - sent_canary.sent_at).total_seconds() if post.at else None,
                "error": post.error,
            }
            for post in progress.posts
        ],
        "acknowledged_at": format_moment(sent_canary.acknowledged_at),
        "acknowledged_by": sent_canary.acknowledged_by or None,
    }
