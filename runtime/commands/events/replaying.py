"""What `events replay` and `deliveries replay` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviews.kinds import EventState
from runtime.commands.events.dead_letters import describe_replay, resolve_replay_target
from runtime.commands.opened_wiring import open_wiring
from store import due_work

if TYPE_CHECKING:
    from runtime.wiring.wiring import Wiring


def replay_events(*, event_id: int | None, replay_all: bool) -> None:
    target_id = resolve_replay_target(event_id, replay_all=replay_all)
    wiring = open_wiring()
    with wiring.transactions() as work:
        reopened = work.events.reopen(target_id)
        state = work.events.get_state(target_id) if target_id else None
        work.commit()
    if target_id is None or reopened:
        click.echo(describe_replay("event", target_id, reopened))
    else:
        click.echo(_run_waiting(wiring, target_id, state))


def _run_waiting(wiring: Wiring, event_id: int, state: str | None) -> str:
    """Make a waiting event due now, with all that waits of its file."""
    if state is None:
        raise click.ClickException(f"there is no event {event_id}: see docspace-review events list")
    if state != EventState.RECEIVED or not due_work.request_event_rerun(
        wiring.engine, event_id, now=wiring.clock()
    ):
        raise click.ClickException(
            f"event {event_id} is {state}: only a dead or waiting event can be replayed"
        )
    return f"event {event_id} is waiting: all waiting events of its file run now"


def replay_deliveries(*, delivery_id: int | None, replay_all: bool) -> None:
    target_id = resolve_replay_target(delivery_id, replay_all=replay_all)
    wiring = open_wiring()
    with wiring.transactions() as work:
        reopened = work.cards.reopen(target_id)
        card_ids = work.cards.find_dead() if target_id is None else []
        work.commit()
    # Cards that are being delivered now are awaited one by one.
    for card_id in card_ids:
        with wiring.transactions() as work:
            reopened += work.cards.reopen(card_id)
            work.commit()
    click.echo(describe_replay("delivery", target_id, reopened))
