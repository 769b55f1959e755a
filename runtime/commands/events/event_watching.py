"""What `events watch` prints: each event as it comes in, and each change of its state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from rich.text import Text

from reviews.kinds import EventState
from reviews.text import clean_text
from runtime.commands.events.event_listing import STYLES, name_file
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.review_json import build_event_json
from runtime.commands.printing.tables import print_lines
from runtime.commands.printing.watching import ENDS, watch
from store.watched_events import find_last_event_id, list_watched_events

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from reviews.clock import Clock
    from reviews.model import StoredEvent

MAX_NEW, MAX_FOLLOWED = 500, 5000
"""New events of one question, and earlier ones whose state it asks for."""
OVERLAP = 200
"""Numbers that are asked for again: an event may be committed after one with a higher number."""


class EventFeed:
    """The events since it was made, each when it is new and when its state changes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.start = self._last = find_last_event_id(engine)
        self._states: dict[int, EventState] = {}

    def fetch(self) -> list[StoredEvent]:
        """Return what is new; of a flood, at most `MAX_NEW` at once."""
        after = max(self.start, self._last - OVERLAP)
        among = [number for number in self._states if number <= after]
        fetched = list_watched_events(self._engine, after=after, among=among, limit=MAX_NEW + OVERLAP)
        changed = [each for each in fetched if self._states.get(each.id) != each.state]
        self._states.update({each.id: each.state for each in fetched})
        self._last = max([self._last, *self._states])
        self._forget()
        return changed

    def _forget(self) -> None:
        """Keep what the next question returns again, and the newest of those that still wait."""
        recent = {number for number in self._states if number > self._last - OVERLAP}
        waiting = sorted(number for number, state in self._states.items() if state is EventState.RECEIVED)
        followed = recent.union(waiting[-MAX_FOLLOWED:])
        self._states = {number: state for number, state in self._states.items() if number in followed}


def watch_events(*, as_json: bool, interval: int, wait: Callable[[float], None] | None = None) -> None:
    wiring = open_wiring()
    feed = EventFeed(wiring.engine)
    click.echo(f"Events after number {feed.start} are printed as they come in. {ENDS}", err=True)

    def print_new() -> None:
        for each in feed.fetch():
            _print_event(each, wiring.clock, as_json=as_json)

    watch(print_new, interval=interval, wait=wait)


def _print_event(stored: StoredEvent, clock: Clock, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(build_event_json(stored), ensure_ascii=False))
        return
    at = stored.received_at if stored.state is EventState.RECEIVED else clock()
    line = Text(f"{at:%Y-%m-%d %H:%M:%S}  {stored.id}  ")
    line.append(stored.state, style=STYLES.get(stored.state, ""))
    texts = (stored.event.trigger, name_file(stored), stored.reason)
    line.append("".join(f"  {clean_text(text)}" for text in texts if text))
    print_lines([line])
