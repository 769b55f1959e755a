"""What `reviews list` prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.identity import join_addresses
from reviews.people.stand_ins import find_absent_names
from reviews.text import clean_text
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.json_output import print_json
from runtime.commands.printing.review_json import build_review_json
from runtime.commands.printing.table_layout import Styled
from runtime.commands.printing.tables import print_table
from runtime.commands.reviews.review_selection import list_selected
from runtime.commands.reviews.review_status import describe_status, is_overdue, name_document
from runtime.settings.settings import UnusableSettings

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Review
    from runtime.commands.reviews.review_selection import ReviewSelection
    from runtime.wiring.wiring import Wiring

MAX_LISTED_FILES = 25
"""Files of each bulk review in a list, which has their number; `reviews show` has all of them."""


def print_reviews(*, as_json: bool, limit: int, selection: ReviewSelection) -> None:
    wiring = open_wiring()
    if selection.answered_by is not None:
        selection = replace(selection, answered_by=_join_addresses(wiring, selection.answered_by))
    now = wiring.clock()
    with wiring.transactions(reading=True) as work:
        selected = list_selected(work, selection, limit, now=now)
        bulk_review_ids = [review.id for review in selected if review.bulk] if as_json else []
        files = {each: work.bulk_files.list_files(each, limit=MAX_LISTED_FILES) for each in bulk_review_ids}
        context = CardContext(names=find_absent_names(work, selected))
    if as_json:
        print_json([build_review_json(review, files.get(review.id, ())) for review in selected])
        return
    print_table(
        ("id", "route", "document", "opened", "status"),
        [_build_row(review, draw_card(review, context), now) for review in selected],
        folding=("route", "document", "status"),
        empty="No review meets this." if selection.is_limited else "Nothing yet.",
    )


def _build_row(review: Review, card: Card, now: datetime) -> tuple[object, ...]:
    style = "red" if is_overdue(review, now) else "yellow" if card.waits else ""
    return (
        review.id,
        review.route,
        f"{name_document(card)}, by {card.who}",
        f"{review.opened_at:%Y-%m-%d %H:%M}",
        Styled(describe_status(card, review, now), style),
    )


def _join_addresses(wiring: Wiring, addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Return all addresses of a person with one of these, as far as the routing file says so."""
    try:
        return join_addresses(wiring.routes.people, addresses)
    except UnusableSettings as error:
        click.echo(f"other addresses of this person are not known: {clean_text(str(error))}", err=True)
        return addresses
