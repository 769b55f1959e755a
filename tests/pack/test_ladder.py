"""What a pack says of the steps of a ladder: escalations, a lapse by its step, and requests that went on."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.ledger import step_entries
from reviews.pack.life_steps import add_entry
from reviews.pack.printed.exceptions import build_exceptions
from reviews.pack.review_life import ReviewLife
from reviews.pack.spreadsheet import COLUMNS
from tests.pack.clerk import DUE, Clerk
from tests.pack.lives import climb_ladder
from tests.pack.packed import compute, read_rows
from tests.pack.printed_tables import list_rows
from tests.pack.reports import make_report
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from reviews.pack.report import PackedReview


def climb() -> PackedReview:
    clerk = Clerk(route="compliance", prefix="ladder", moments=[START], random=Random(1))  # noqa: S311
    climb_ladder(clerk, (0,))
    life = ReviewLife(id="ladder-000000", opened_at=START)
    for seq, body in enumerate(clerk.bodies, start=1):
        add_entry(life, {**body, "seq": seq})
    return life.build_packed_review()


def test_each_step_of_a_review_counts() -> None:
    packed = climb()

    assert (packed.escalations, packed.follow_ups, packed.lapsed_step) == (2, 2, "100%")
    assert packed.lapsed_at is not None
    assert packed.lapsed_at >= START + DUE
    assert packed.state is ReviewState.CHANGES_REQUESTED


def test_the_figures_count_reviews_and_not_steps() -> None:
    figures = compute(climb(), replace(climb(), escalations=0, follow_ups=0))

    assert (figures.escalated, figures.followed_up, figures.lapsed) == (1, 1, 2)


def test_the_spreadsheet_has_the_steps_in_columns_of_their_own() -> None:
    [row] = read_rows(climb())

    assert {"lapsed_step", "escalations", "follow_ups"} <= set(COLUMNS)
    assert (row["lapsed_step"], row["escalations"], row["follow_ups"]) == ("100%", "2", "2")


def test_the_list_of_lapsed_reviews_says_by_which_step() -> None:
    report = make_report(3, titles=("a", "b", "c"))
    steps = ("100%", "150%", "")
    reviews = tuple(
        replace(each, lapsed_at=START, lapsed_step=step)
        for each, step in zip(report.reviews, steps, strict=True)
    )

    rows = list_rows(build_exceptions(replace(report, reviews=reviews)), "Lapsed")

    assert [row[3][-1] for row in rows][:2] == ["at the deadline", "150% of the time"]
    assert "%" not in "".join(rows[2][3])


def test_a_lapse_of_an_earlier_release_has_no_step() -> None:
    life = ReviewLife(id="rev-1", opened_at=START)
    entry = step_entries.build_lapsed(replace(review(), lapsed_at=START), step="")
    del entry["step"]

    add_entry(life, {**entry, "seq": 1, "whom": ["owner@example.com"]})

    assert life.lapsed_step == ""
