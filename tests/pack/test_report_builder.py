"""The whole report of a made-up year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.language import use_language
from reviews.pack.report_builder import build_report
from tests.pack.ledgers import ROUTE, SINCE, UNTIL, make_entries
from tests.pack.requests import build_request
from tests.reviews.samples import START, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.pack.report import PackedReview, PackReport

COUNT = 300
LEDGER = make_entries(COUNT)


def fetch_entries(review: PackedReview) -> Iterator[dict[str, Any]]:
    return (LEDGER[number - 1] for number in review.entries)


def build(*, seed: str = "5c1f", size: int = 12) -> PackReport:
    request = build_request(sample_size=size, seed=seed)
    return build_report(iter(LEDGER), request=request, folders=[], fetch_entries=fetch_entries, clock=Clock())


def test_a_report_has_all_reviews_of_the_year_and_says_what_it_is_about() -> None:
    report = build()

    assert (report.route, report.since, report.until, report.made_at) == (ROUTE, SINCE, UNTIL, START)
    assert len(report.reviews) == report.figures.population == COUNT
    assert report.figures.brought_forward == 4
    assert report.without_review.unrouted_changes == 3
    assert [len(each.incomplete) for each in report.completeness] == [1, 1, 1]


def test_figures_and_lists_of_a_report_agree() -> None:
    report = build()
    figures = report.figures

    by_state = (figures.acknowledged, figures.changes_requested, figures.carried, figures.open)
    assert sum(by_state) + figures.superseded_unanswered == COUNT
    assert figures.own_changes == len(report.own_changes) > 0
    assert figures.rapid_answers == sum(len(run.review_ids) for run in report.rapid_runs) > 0
    assert sum(share.count for share in figures.durations) == figures.acknowledged


def test_every_kind_of_life_is_in_the_figures() -> None:
    """But erasure, and the life with each step of a ladder, which have tests of their own."""
    figures = build().figures

    counts = {name: value for name, value in vars(figures).items() if isinstance(value, int)}
    assert [name for name, value in counts.items() if value == 0] == ["escalated", "followed_up", "erased"]


def test_each_entry_of_a_review_of_the_sample_is_in_its_story() -> None:
    sample = build().sample

    assert (sample.seed, sample.size, len(sample.reviews)) == ("5c1f", 12, 12)
    for each in sample.reviews:
        assert len(each.story) + each.left_out == len(each.review.entries)
        assert {line.entry for line in each.story} <= {*each.review.entries}


def test_another_seed_changes_the_sample_alone() -> None:
    one, other = build(seed="1"), build(seed="2")

    assert one.sample != other.sample
    assert (one.reviews, one.figures, one.rapid_runs) == (other.reviews, other.figures, other.rapid_runs)


def test_a_report_in_german_tells_its_stories_in_german() -> None:
    with use_language("de"):
        report = build()

    first_lines = [each.story[0].text for each in report.sample.reviews]
    assert any("Die Prüfung wurde für Version" in line for line in first_lines)
