"""The commands that list events, reviews and deliveries, and replay dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_stand_ins import list_stand_in_lines
from reviews.cards.card_state import describe_answer
from reviews.kinds import CardState, EventState, ReviewState
from reviews.ledger.hash_chain import EntryType
from reviews.people.stand_ins import find_absent_names
from reviews.ports.listing import ListingQuery, MarkKind, ReviewOrder, make_marks
from reviews.routes.route import Target
from reviews.text import clean_text
from reviews.wording.comparison_sentences import has_differences
from runtime.commands.comparison_texts import build_comparison_json, print_comparison
from runtime.commands.dead_letters import all_option, describe_replay, number_type, resolve_replay_target
from runtime.commands.json_output import json_option, print_json
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.review_command import ReviewCommand
from runtime.commands.review_json import build_card_json, build_event_json, build_review_json
from runtime.commands.tables import print_table
from store import due_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.bulk import BulkFile
    from reviews.cards.card import Card
    from reviews.comparison import DocumentState
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from runtime.wiring.wiring import Wiring

MAX_LISTED_FILES = 25
"""Files of each bulk review in a list, which has their number; `reviews show` has all of them."""
FILE_PAGE_SIZE = 1000
limit_option = click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)


@click.group()
def events() -> None:
    """Change events from DocSpace, and their state."""


@events.command("list")
@json_option
@limit_option
def list_events(*, as_json: bool, limit: int) -> None:
    """List the change events, the newest first."""
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
                s.id,
                s.event.trigger,
                s.event.title or s.event.file_id,
                f"{s.received_at:%Y-%m-%d %H:%M:%S}",
                s.state,
                s.reason,
            )
            for s in recent
        ),
    )
    if removed is not None:
        click.echo(
            f"Settled events up to number {removed} were removed after KEEP_EVENTS; their keys are kept."
        )


@events.command("replay")
@click.argument("event_id", type=number_type, required=False)
@all_option
def replay_event(*, event_id: int | None, replay_all: bool) -> None:
    """Process a dead event again, or all of them, or a waiting event at once."""
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


@click.group()
def reviews() -> None:
    """Open and answered reviews."""


@reviews.command("list")
@json_option
@limit_option
@click.option("--state", type=click.Choice([state.value for state in ReviewState]))
@click.option("--route")
@click.option("--lapsed", is_flag=True, help="Only open reviews whose last step was taken.")
def list_reviews(*, as_json: bool, limit: int, state: str | None, route: str | None, lapsed: bool) -> None:
    """List the reviews, the newest first; those that lapsed the longest overdue first."""
    if lapsed and state not in {None, ReviewState.OPEN}:
        raise click.UsageError("--lapsed lists open reviews: leave --state out")
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        recent = (
            _list_lapsed(work, limit, route)
            if lapsed
            else work.reviews.list_recent(limit, state=state, route=route)
        )
        bulk_review_ids = [review.id for review in recent if review.bulk] if as_json else []
        files = {each: work.bulk_files.list_files(each, limit=MAX_LISTED_FILES) for each in bulk_review_ids}
        context = CardContext(names=find_absent_names(work, recent))
    if as_json:
        print_json([build_review_json(review, files.get(review.id, ())) for review in recent])
        return
    cards, now = [draw_card(review, context) for review in recent], wiring.clock()
    print_table(
        ("id", "route", "title", "version", "changed by", "opened", "status"),
        (
            (
                r.id,
                r.route,
                c.title,
                c.version or c.file_summary,
                c.who,
                f"{r.opened_at:%Y-%m-%d %H:%M}",
                _describe_status(c, r, now),
            )
            for r, c in zip(recent, cards, strict=True)
        ),
    )


def _list_lapsed(work: UnitOfWork, limit: int, route: str | None) -> list[Review]:
    marks = (make_marks(MarkKind.WAITING_ROUTE, [route]),) if route is not None else ()
    listing_query = ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, lapsed=True, marks=marks)
    return [entry.review for entry in work.listings.fetch_page(listing_query, limit).entries]


def _describe_status(card: Card, review: Review, now: datetime) -> str:
    status = describe_answer(card)
    if card.lapsed_at:
        return f"{status}, lapsed {card.lapsed_at:%Y-%m-%d %H:%M}"
    if card.waits and review.due_at and review.due_at < now:
        return f"{status}, overdue since {review.due_at:%Y-%m-%d %H:%M}"
    return f"{status} Superseded by {review.superseded_by}." if card.answer and card.superseded else status


def _describe_removal(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return when retention removed a review, if the ledger has an entry of that."""
    removed = [entry for entry in entries if entry.get("type") == EntryType.REVIEW_REMOVED]
    if not removed:
        return ""
    removed_on, stay = str(removed[-1].get("at"))[:10], f"its {len(entries)} entries stay in the ledger"
    return f" any more: it was removed on {removed_on} after KEEP_REVIEWS, and {stay}"


@reviews.command("changes", cls=ReviewCommand)
@click.argument("review_id")
@json_option
def show_changes(*, review_id: str, as_json: bool) -> None:
    """Show how the document of a review differs from what was reviewed before."""
    wiring = open_wiring()
    readable = wiring.comparison_views.find(review_id)
    if readable is None:
        raise click.ClickException(
            f"there is no comparison of review {clean_text(review_id)}: it is none of a document's content, "
            "or its route turns comparisons off"
        )
    comparison, missing = readable.comparison, None
    if has_differences(comparison.summary) and not readable.parts:
        missing = "sealed" if readable.is_sealed else "removed"
    if as_json:
        states = {"from": _build_state_json(comparison.before), "to": _build_state_json(comparison.after)}
        content = build_comparison_json(comparison.summary, readable.parts, missing=missing)
        print_json({"review_id": comparison.review_id, "revision": comparison.revision, **states, **content})
    else:
        print_comparison(comparison.summary, readable.parts, missing=missing)


def _build_state_json(state: DocumentState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    updated = state.updated.isoformat() if state.updated else None
    return {"version": state.version, "updated": updated, "sha256": state.sha256, "size": state.size}


@reviews.command("show", cls=ReviewCommand)
@click.argument("review_id")
@json_option
def show_review(*, review_id: str, as_json: bool) -> None:
    """Show one review."""
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        review = work.reviews.get(review_id)
        entries = [] if review else work.ledger.list_entries(review_id)
        files = load_all_files(work, review.id) if review and review.bulk else []
        context = CardContext(names=find_absent_names(work, [review] if review else []))
    if review is None:
        raise click.ClickException(f"there is no review {review_id!r}{_describe_removal(entries)}")
    if as_json:
        print_json(build_review_json(review, files))
        return
    card = draw_card(review, context)
    print_table(
        ("", ""),
        [
            ("review", review.id),
            ("route", review.route),
            ("file", f"{card.title} ({review.file_id})"),
            *(("previous name", text) for text in (card.title_before,) if text),
            ("folder", card.path),
            *(("previous folder", text) for text in (card.path_before,) if text),
            *(("moved to", text) for text in (card.moved_to,) if text),
            ("change", ", ".join(filter(None, (f"{card.verb} by {card.who}", card.other_acts)))),
            ("version", card.version) if card.is_versioned else ("files", card.files),
            ("revision", review.revision),
            ("status", _describe_status(card, review, wiring.clock())),
            *(("away", line) for line in _list_stand_ins(card)),
            *(
                ("card", f"{Target(notifier=c.notifier, address=c.target)}: {c.state} {c.error or ''}")
                for c in review.cards
            ),
        ],
    )


def _list_stand_ins(card: Card) -> list[str]:
    return list_stand_in_lines(
        card.stand_ins,
        render_time=lambda at: f"{at:%Y-%m-%d %H:%M}",
        render_name=str,
        render_stand_in=lambda person: person.name,
    )


def load_all_files(work: UnitOfWork, review_id: str, *, page_size: int = FILE_PAGE_SIZE) -> list[BulkFile]:
    """Return the files of a bulk review in the order in which they joined, including those taken out."""
    files: list[BulkFile] = []
    while part := work.bulk_files.list_files(
        review_id, after=files[-1].position if files else 0, limit=page_size
    ):
        files += part
    return files


@click.group()
def deliveries() -> None:
    """Cards that are due, posted or failed."""


@deliveries.command("list")
@json_option
@limit_option
@click.option("--state", type=click.Choice([state.value for state in CardState]))
def list_deliveries(*, as_json: bool, limit: int, state: str | None) -> None:
    """List the cards and notices, the newest first."""
    with open_wiring().transactions(reading=True) as work:
        cards = work.cards.list_recent(limit, state=state)
    if as_json:
        print_json([build_card_json(card) for card in cards])
        return
    print_table(
        ("id", "review", "what", "target", "state", "attempts", "error"),
        (
            (
                c.id,
                c.review_id,
                c.notice.kind if c.notice else "card",
                Target(notifier=c.notifier, address=c.target),
                c.state,
                c.attempts,
                c.error,
            )
            for c in cards
        ),
    )


@deliveries.command("replay")
@click.argument("delivery_id", type=number_type, required=False)
@all_option
def replay_delivery(*, delivery_id: int | None, replay_all: bool) -> None:
    """Deliver a dead card again, or all of them."""
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
