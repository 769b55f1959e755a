"""The commands of reviews; what they do is imported when they run."""

from __future__ import annotations

import click

from reviews.kinds import ReviewState
from runtime.commands.lazy_group import run_later
from runtime.commands.printing.json_output import json_option
from runtime.commands.printing.listing_options import limit_option
from runtime.commands.printing.watch_options import interval_option, json_line_option
from runtime.commands.review_command import ReviewCommand
from runtime.commands.reviews.review_selection import ReviewSelection


@click.command("list")
@json_option
@limit_option
@click.option(
    "--state", type=click.Choice([state.value for state in ReviewState]), help="Only in this state."
)
@click.option("--open", "is_open", is_flag=True, help="Only those that wait for an answer.")
@click.option(
    "--overdue", is_flag=True, help="Only open ones past their deadline, the longest overdue first."
)
@click.option("--lapsed", is_flag=True, help="Only open ones whose last step was taken.")
@click.option("--route", help="Only those of this route.")
@click.option("--by", "answered_by", metavar="ADDRESS", help="Only those that this person has answered.")
def list_reviews(  # noqa: PLR0913 - an option each
    *,
    as_json: bool,
    limit: int,
    state: str | None,
    is_open: bool,
    overdue: bool,
    lapsed: bool,
    route: str | None,
    answered_by: str | None,
) -> None:
    """List the reviews, the newest first; overdue and lapsed ones the longest overdue first."""
    for is_set, name in ((is_open, "--open"), (overdue, "--overdue"), (lapsed, "--lapsed")):
        if is_set and state not in {None, ReviewState.OPEN}:
            raise click.UsageError(f"{name} lists open reviews: leave --state out")
    if overdue and lapsed:
        raise click.UsageError("what lapsed is overdue as well: leave --overdue or --lapsed out")
    run_later(
        "runtime.commands.reviews.review_listing:print_reviews",
        as_json=as_json,
        limit=limit,
        selection=ReviewSelection(
            state=ReviewState.OPEN if is_open else ReviewState(state) if state else None,
            overdue=overdue,
            lapsed=lapsed,
            route=route,
            answered_by=None if answered_by is None else (answered_by,),
        ),
    )


@click.command("show", cls=ReviewCommand)
@click.argument("review_id")
@json_option
def show_review(*, review_id: str, as_json: bool) -> None:
    """Show one review: who has to answer by when, the answers, the cards and the history."""
    run_later("runtime.commands.reviews.review_details:print_review", review_id=review_id, as_json=as_json)


@click.command("changes", cls=ReviewCommand)
@click.argument("review_id")
@json_option
def show_changes(*, review_id: str, as_json: bool) -> None:
    """Show how the document of a review differs from what was reviewed before."""
    run_later("runtime.commands.reviews.review_changes:print_changes", review_id=review_id, as_json=as_json)


@click.command("watch")
@json_line_option
@interval_option
@click.option("--route", help="Only those of this route.")
def watch_reviews(*, as_json: bool, interval: int, route: str | None) -> None:
    """Print each review as it opens, and each change of its state, until Ctrl-C."""
    run_later(
        "runtime.commands.reviews.review_watching:watch_reviews",
        as_json=as_json,
        interval=interval,
        route=route,
    )
