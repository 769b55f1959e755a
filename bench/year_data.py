"""The past of an installation, written in bulk: events, reviews with answers and cards, and their record."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.progress import track

from bench.many_reviews import Span, analyze, fill_span, insert_rows, time_text
from bench.verify_bench import write_record
from reviews.identity import Person
from reviews.kinds import EventState
from reviews.model import ChangeEvent
from store import rows
from store.engine import create_engine
from store.tallies import sum_up_tallies

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

TOGETHER = 20_000  # events
EVENTS_A_REVIEW = 3.65
"""Several saves are one review, and one event of three asks for none: 10,000 events are 2,740 reviews."""

_COLUMNS = (
    *("delivery_key", "semantic_key", "file_id", "said", "received_at", "state", "reason"),
    *("wanted", "handed_over"),
)
_TRIGGERS = ("file.updated", "file.updated", "file.uploaded", "file.renamed", "file.moved")


@dataclass(frozen=True, kw_only=True)
class Past:
    """How long an installation has run, with how many events a day, over which files."""

    days: int
    events_a_day: int
    files: int
    first_file: int
    routes: tuple[str, ...]
    channels: tuple[str, ...]
    owner: str
    until: datetime

    @property
    def events(self) -> int:
        return self.days * self.events_a_day

    @property
    def reviews(self) -> int:
        return int(self.events / EVENTS_A_REVIEW)


def write_past(address: str, past: Past) -> None:
    """Fill a migrated, empty database with what such an installation would have written."""
    _write_reviews(address, past, only_open=False)
    engine = create_engine(address)
    _write_events(engine, past)
    analyze(engine)
    engine.dispose()


def write_open_reviews(address: str, past: Past) -> None:
    """Fill a migrated, empty database with the reviews that are open after such a past, and their entries.

    What was answered is left out, and so are the events.
    """
    _write_reviews(address, past, only_open=True)
    engine = create_engine(address)
    analyze(engine)
    engine.dispose()


def _write_reviews(address: str, past: Past, *, only_open: bool) -> None:
    span = Span(
        reviews=past.reviews,
        until=past.until,
        length=timedelta(days=past.days),
        files=past.files,
        first_file=past.first_file,
        routes=past.routes,
        channels=past.channels,
        owner=past.owner,
        only_open=only_open,
    )
    fill_span(address, span)
    engine = create_engine(address)
    write_record(engine, past.reviews)
    engine.dispose()


def _write_events(engine: sa.Engine, past: Past) -> None:
    starts = range(0, past.events, TOGETHER)
    for start in track(starts, description=f"Writing {past.events:,} events", transient=True):
        with engine.begin() as connection:
            insert_rows(connection, "events", _COLUMNS, _events(past, start))
        sum_up_tallies(engine)


def _events(past: Past, start: int) -> Iterator[tuple[Any, ...]]:
    between = timedelta(days=past.days) / past.events
    for number in range(start, min(start + TOGETHER, past.events)):
        at = past.until - between * (past.events - number)
        values = rows.build_event_values(_event(past, number, at))
        ignored = number % 3 == 0
        reason = (
            "metadata: a lock or a comment; opens no review" if ignored else f"review {number}, revision 1"
        )
        state = EventState.IGNORED if ignored else EventState.DONE
        keys, payload = values[:3], json.dumps(values[3])
        yield (*keys, payload, time_text(at), state.value, reason, 1, 1)


def _event(past: Past, number: int, at: datetime) -> ChangeEvent:
    """Return an event as the parser makes it of a delivery."""
    file_id = str(past.first_file + number % past.files)
    return ChangeEvent(
        delivery_key=hashlib.sha256(f"delivery {number}".encode()).hexdigest(),
        semantic_key=hashlib.sha256(f"meaning {number}".encode()).hexdigest(),
        webhook_id="2621",
        event_id=str(138_769 + number),
        trigger=_TRIGGERS[number % len(_TRIGGERS)],
        file_id=file_id,
        parent_id=str(1000 + number % 500),
        title=f"Paper {number}.docx",
        actor=Person(
            id=f"id-{number % 1000}",
            name=f"Person {number % 1000}",
            email=f"person{number % 1000}@example.com",
        ),
        occurred_at=at.replace(microsecond=0),
        modified_at=at.replace(microsecond=0),
        version=None,
        link=f"https://acme.example.com/doceditor?fileid={file_id}",
    )
