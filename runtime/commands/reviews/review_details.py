"""What `reviews show` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.history_entries import MAX_HISTORY_ENTRIES, list_history_entries
from reviews.people.stand_ins import find_absent_names
from reviews.text import clean_text
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import print_json
from runtime.commands.printing.review_json import build_review_json
from runtime.commands.printing.tables import print_details
from runtime.commands.reviews.review_facts import list_facts
from runtime.commands.reviews.review_history import build_history_json, list_history
from runtime.commands.reviews.review_steps import build_steps_json, list_next_steps
from runtime.settings.settings import UnusableSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route
    from runtime.wiring.wiring import Wiring

FILE_PAGE_SIZE = 1000


@dataclass(frozen=True, kw_only=True)
class _StoredReview:
    """A review with what stands around it; `entries` is its history, the oldest first."""

    review: Review
    files: Sequence[BulkFile]
    entries: Sequence[LedgerEntry]
    earlier: Review | None
    names: Mapping[str, str]


def print_review(*, review_id: str, as_json: bool) -> None:
    wiring = open_wiring()
    with wiring.transactions(reading=True) as work:
        review = work.reviews.get(review_id)
        if review is None:
            removal = _describe_removal(work.ledger.list_entries(review_id))
            raise click.ClickException(f"there is no review {review_id!r}{removal}")
        stored = _load(work, review, with_files=as_json)
    route = _find_route(wiring, review, is_quiet=as_json)
    if as_json:
        print_json(_build_json(stored, route))
        return
    card = draw_card(review, CardContext(names=stored.names, earlier=stored.earlier, now=wiring.clock()))
    print_details(list_facts(review, card, route=route, earlier=stored.earlier, now=wiring.clock()))
    click.echo("\nHistory (all times are in UTC)")
    print_details(list_history(stored.entries[:MAX_HISTORY_ENTRIES]))
    if len(stored.entries) > MAX_HISTORY_ENTRIES:
        click.echo("There is more: docspace-review ledger export has all of it.")


def _load(work: UnitOfWork, review: Review, *, with_files: bool) -> _StoredReview:
    return _StoredReview(
        review=review,
        files=load_all_files(work, review.id) if review.bulk and with_files else (),
        entries=list_history_entries(work, review, limit=MAX_HISTORY_ENTRIES + 1),
        earlier=work.reviews.find_predecessors([review.id]).get(review.id),
        names=find_absent_names(work, [review]),
    )


def _find_route(wiring: Wiring, review: Review, *, is_quiet: bool) -> Route | None:
    """Return the route of a review; `None` where it is gone, and where the routes can't be read here."""
    try:
        return wiring.routes.find_route(review.route)
    except UnusableSettings as error:
        if not is_quiet:
            click.echo(f"deputies and the next steps are not known: {clean_text(str(error))}", err=True)
        return None


def _build_json(stored: _StoredReview, route: Route | None) -> dict[str, Any]:
    return {
        **build_review_json(stored.review, stored.files),
        "supersedes": stored.earlier.id if stored.earlier else None,
        "deputies": list(route.deputies) if route else [],
        "next_steps": build_steps_json(list_next_steps(stored.review, route)),
        "history": build_history_json(stored.entries),
    }


def _describe_removal(entries: Sequence[LedgerEntry]) -> str:
    """Return when retention removed a review, if the ledger has an entry of that."""
    removed = [entry for entry in entries if entry.get("type") == EntryType.REVIEW_REMOVED]
    if not removed:
        return ""
    removed_on, stay = str(removed[-1].get("at"))[:10], f"its {len(entries)} entries stay in the ledger"
    return f" any more: it was removed on {removed_on} after KEEP_REVIEWS, and {stay}"


def load_all_files(work: UnitOfWork, review_id: str, *, page_size: int = FILE_PAGE_SIZE) -> list[BulkFile]:
    """Return the files of a bulk review in the order in which they joined, including those taken out."""
    files: list[BulkFile] = []
    while part := work.bulk_files.list_files(
        review_id, after=files[-1].position if files else 0, limit=page_size
    ):
        files += part
    return files
