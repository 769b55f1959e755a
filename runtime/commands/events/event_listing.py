"""What `events list` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviews.kinds import EventState
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import print_json
from runtime.commands.printing.review_json import build_event_json
from runtime.commands.printing.table_layout import Styled
from runtime.commands.printing.tables import print_table

if TYPE_CHECKING:
    from reviews.model import StoredEvent

STYLES = {EventState.DEAD: "red", EventState.RECEIVED: "yellow"}


def print_events(*, as_json: bool, limit: int) -> None:
    with open_wiring().transactions(reading=True) as work:
        recent = work.events.list_recent(limit)
        removed = work.events.find_last_removed() if len(recent) < limit else None
    if as_json:
        print_json([build_event_json(stored) for stored in recent])
        return
    print_table(
        ("id", "trigger", "file", "received", "state", "reason"),
        (
            (
                each.id,
                each.event.trigger,
                name_file(each),
                f"{each.received_at:%Y-%m-%d %H:%M:%S}",
                style_state(each.state),
                each.reason,
            )
            for each in recent
        ),
        folding=("file", "reason"),
    )
    if removed is not None:
        click.echo(
            f"Settled events up to number {removed} were removed after KEEP_EVENTS; their keys are kept."
        )


def name_file(stored: StoredEvent) -> str:
    return stored.event.title or stored.event.file_id


def style_state(state: EventState) -> Styled:
    return Styled(state, STYLES.get(state, ""))
