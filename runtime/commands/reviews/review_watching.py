"""What `reviews watch` prints: each new entry of the ledger about a review, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from reviews.kinds import ReviewState
from reviews.ledger.entry_values import read_text
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import format_moment
from reviews.text import clean_text
from reviews.wording.placeholders import format_title
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.tables import print_lines
from runtime.commands.printing.watching import ENDS, watch
from runtime.commands.reviews.review_history import describe_history_step

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import Transactions

MAX_NEW = 500
"""Entries of one question."""
STYLES = {
    ReviewState.OPEN: "yellow",
    ReviewState.ACKNOWLEDGED: "green",
    ReviewState.CHANGES_REQUESTED: "red",
}


class ReviewFeed:
    """What happened to reviews since it was made, by the ledger: its numbers rise with each commit."""

    def __init__(self, transactions: Transactions, *, route: str | None) -> None:
        self._transactions, self._route = transactions, route
        with transactions(reading=True) as work:
            self.start = self._last = work.ledger.get_last_seq()

    def fetch(self) -> list[tuple[LedgerEntry, Review]]:
        """Return new entries with their reviews as they are now; of a flood, at most `MAX_NEW` at once."""
        with self._transactions(reading=True) as work:
            entries = work.ledger.list_after(self._last, limit=MAX_NEW)
            review_ids = sorted({read_text(entry, "review_id") for entry in entries} - {""})
            reviews = (
                {review.id: review for review in work.reviews.get_many(review_ids)} if review_ids else {}
            )
        self._last = max([self._last, *(_read_seq(entry) for entry in entries)])
        pairs = [(entry, reviews.get(read_text(entry, "review_id"))) for entry in entries]
        return [
            (entry, review)
            for entry, review in pairs
            if review is not None and self._route in {None, review.route}
        ]


def watch_reviews(
    *, as_json: bool, interval: int, route: str | None, wait: Callable[[float], None] | None = None
) -> None:
    feed = ReviewFeed(open_wiring().transactions, route=route)
    click.echo(f"What happens to reviews is printed as it comes in. {ENDS}", err=True)

    def print_new() -> None:
        for entry, review in feed.fetch():
            _print_entry(entry, review, as_json=as_json)

    watch(print_new, interval=interval, wait=wait)


def _read_seq(entry: LedgerEntry) -> int:
    seq = entry.get("seq")
    return seq if isinstance(seq, int) else 0


def _print_entry(entry: LedgerEntry, review: Review, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_build_json(entry, review), ensure_ascii=False))
        return
    step = describe_entry(entry)
    line = Text(f"{step.at:%Y-%m-%d %H:%M:%S}  {review.id}  " if step.at else f"{review.id}  ")
    line.append(review.state, style=STYLES.get(review.state, ""))
    sentence = clean_text(" ".join((describe_history_step(step), *(f"“{note}”" for note in step.note))))
    title = clean_text(format_title(review.title))
    subject = "" if title in sentence else f"{title}: "
    line.append(f"  {clean_text(review.route)}  {subject}{sentence}")
    print_lines([line])


def _build_json(entry: LedgerEntry, review: Review) -> dict[str, Any]:
    step = describe_entry(entry)
    return {
        "seq": _read_seq(entry),
        "at": format_moment(step.at),
        "type": read_text(entry, "type"),
        "review_id": review.id,
        "route": review.route,
        "state": review.state,
        "revision": review.revision,
        "title": review.title,
        "sentence": describe_history_step(step),
        "note": "\n".join(step.note) or None,
    }
