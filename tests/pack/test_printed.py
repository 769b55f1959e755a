"""What the PDF of a pack says, before it is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.kinds import ReviewState
from reviews.language import use_language
from reviews.pack.printed.blocks import NO_VALUE, Chart, Facts, Paragraph, Story
from reviews.pack.printed.cells import build_note_cell
from reviews.pack.printed.document import build_document
from reviews.pack.printed.figures import build_figures
from reviews.pack.printed.formats import format_period, format_share, name_state, show_name
from reviews.pack.printed.sample import MAX_STORIES, build_sample
from tests.pack.printed_tables import list_rows
from tests.pack.reports import SINCE, make_bare_evidence, make_evidence, make_report

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.pack.report import PackReport


@pytest.mark.parametrize(
    ("count", "total", "share"),
    [
        (0, 10, "0.0%"),
        (1, 3, "33.3%"),
        (1, 5000, "0.1%"),
        (4999, 5000, "99.9%"),
        (7, 7, "100.0%"),
        (0, 0, NO_VALUE),
    ],
)
def test_a_share_is_neither_nothing_nor_all_unless_it_is(count: int, total: int, share: str) -> None:
    assert format_share(count, total) == share


@pytest.mark.parametrize(
    ("until", "period"),
    [
        (SINCE + timedelta(days=1), "1 Jan 2026"),
        (SINCE + timedelta(days=90), "1 Jan 2026 to 31 Mar 2026"),
        (SINCE + timedelta(days=90, hours=9, minutes=5), "1 Jan 2026, 00:00 to 1 Apr 2026, 09:05"),
    ],
)
def test_a_period_of_whole_days_is_named_by_its_first_and_last_day(until: datetime, period: str) -> None:
    assert format_period(SINCE, until) == period


def test_the_first_page_says_on_which_day_or_from_which_to_which() -> None:
    def describe(days: int) -> str:
        report = replace(make_report(1), since=SINCE, until=SINCE + timedelta(days=days))
        return build_document(report, make_evidence()).first_page.period

    assert describe(1) == "Opened on 1 Jan 2026. All times are UTC."
    assert describe(2) == "Opened from 1 Jan 2026 to 2 Jan 2026. All times are UTC."


def test_names_that_are_not_those_of_people_are_in_the_language() -> None:
    with use_language("de"):
        assert show_name("Bob Chen (external)") == "Bob Chen (extern)"
        assert show_name("erased") == "[gelöscht]"
        assert show_name(" ") == NO_VALUE


def test_a_long_note_has_its_beginning_and_its_end() -> None:
    note = "First line.\n" + "word " * 500 + "The last words."

    first, second = build_note_cell(note)

    assert first.text == "First line."
    assert "…" in second.text
    assert second.text.endswith("The last words.")
    assert len(second.text) < 420


def test_each_state_has_a_name_of_its_own() -> None:
    assert len({name_state(state) for state in ReviewState}) == len(ReviewState)


def test_months_add_up_to_the_population() -> None:
    report = make_report(400)

    rows = list_rows(build_figures(report), "By month of opening")

    assert len(rows) == 12
    for row in rows:
        opened, *states = [int(cell[0]) for cell in row[1:6]]
        assert opened == sum(states)
    assert sum(int(row[1][0]) for row in rows) == 400


def test_many_months_are_counted_by_year() -> None:
    report = make_report(60)
    reviews = tuple(
        replace(review, opened_at=SINCE + timedelta(days=40 * number))
        for number, review in enumerate(report.reviews)
    )

    rows = list_rows(build_figures(replace(report, reviews=reviews)), "By year of opening")

    assert [row[0][0] for row in rows] == ["2026", "2027", "2028", "2029", "2030", "2031", "2032"]


def test_the_chart_of_times_has_a_bar_for_each_bound_and_is_read_aloud() -> None:
    [_outcomes, chart] = [block for block in build_figures(make_report(300)) if isinstance(block, Chart)]

    assert [bar.label for bar in chart.bars][:2] == ["up to 1 h", "1 h to 4 h"]
    assert chart.bars[-1].label == "more than 14 d"
    assert f"up to 1 h: {chart.bars[0].count}; " in chart.description


def test_without_acknowledgements_there_is_no_chart_of_times() -> None:
    report = make_report(5)
    figures = replace(report.figures, acknowledged=0, median_seconds=None, p90_seconds=None, durations=())

    blocks = build_figures(replace(report, figures=figures))

    assert len([block for block in blocks if isinstance(block, Chart)]) == 1
    assert any(
        isinstance(block, Paragraph) and block.text == "No review was acknowledged." for block in blocks
    )


def test_what_a_long_story_leaves_out_is_said_in_its_table() -> None:
    report = make_report(1, titles=())
    sampled = replace(report.sample.reviews[0], left_out=1)

    [story] = [
        block
        for block in build_sample(replace(report.sample, reviews=(sampled,)))
        if isinstance(block, Story)
    ]

    assert story.table.rows[-1][2][0].text == "1 more entry is in entries.jsonl."


def test_a_story_is_plain_text_line_by_line() -> None:
    report = make_report(1, titles=())
    [sampled] = report.sample.reviews
    line = replace(sampled.story[0], text="Alice changed a\u202excod.\n\n(by\x07 sign-in)")

    blocks = build_sample(replace(report.sample, reviews=(replace(sampled, story=(line,)),)))

    [story] = [block for block in blocks if isinstance(block, Story)]
    assert [each.text for each in story.table.rows[0][2]] == ["Alice changed axcod.", "(by sign-in)"]


def test_a_review_that_each_owner_has_to_acknowledge_says_so() -> None:
    report = make_report(1)
    [sampled] = report.sample.reviews

    def describe(required: int | None) -> str:
        review = replace(sampled, review=replace(sampled.review, required=required))
        [story] = [
            block
            for block in build_sample(replace(report.sample, reviews=(review,)))
            if isinstance(block, Story)
        ]
        return dict(story.facts.rows)["Required"][0].text

    assert describe(None) == "Each owner"
    assert describe(2) == "2 acknowledgements"


def test_a_large_sample_is_cut_and_says_so() -> None:
    report = make_report(MAX_STORIES + 3, sample_size=MAX_STORIES + 3)

    blocks = build_sample(report.sample)

    assert len([block for block in blocks if isinstance(block, Story)]) == MAX_STORIES
    assert any(
        isinstance(block, Paragraph) and block.text.startswith("The last 3 of them are not printed")
        for block in blocks
    )


def test_of_many_timestamps_the_first_and_the_last_are_shown() -> None:
    def describe(times: tuple[datetime, ...]) -> list[str]:
        page = build_document(make_report(1), replace(make_evidence(), timestamped_at=times)).first_page
        [facts] = [block for block in page.blocks if isinstance(block, Facts)]
        return [line.text for line in dict(facts.rows)["Timestamps"]]

    daily = tuple(SINCE + timedelta(days=number) for number in range(365))

    assert describe(daily) == ["365, from 1 Jan 2026, 00:00 to 31 Dec 2026, 00:00"]
    assert describe(daily[:1]) == ["1 Jan 2026, 00:00"]
    assert describe(()) == ["None"]


def test_a_period_that_has_not_ended_is_said_to_go_on() -> None:
    report = make_report(1)

    running = str(build_document(replace(report, until=report.made_at + timedelta(days=9)), make_evidence()))

    assert "The rest of the period: the pack was made on 12 Jan 2027, 08:30, before its end." in running
    assert "The rest of the period" not in str(build_document(report, make_evidence()))


def test_what_it_does_not_show_depends_on_what_there_is() -> None:
    def list_limits(report: PackReport, *, is_bare: bool) -> str:
        evidence = make_bare_evidence() if is_bare else make_evidence()
        return str(build_document(report, evidence).first_page.blocks[-1])

    assert "16 reviews that were opened before the period" in list_limits(make_report(4800), is_bare=False)
    assert "before the period" not in list_limits(make_report(1), is_bare=False)
    assert "no authority and no witness" in list_limits(make_report(1), is_bare=True)
    assert "no authority and no witness" not in list_limits(make_report(1), is_bare=False)


def test_only_files_that_the_folder_has_are_named() -> None:
    def list_names(*, is_bare: bool) -> list[str]:
        document = build_document(make_report(1), make_bare_evidence() if is_bare else make_evidence())
        [facts] = [block for block in document.blocks if isinstance(block, Facts)]
        return [name for name, _meaning in facts.rows]

    assert list_names(is_bare=False)[-2:] == ["timestamps", "keys.txt"]
    always = ["population.csv", "entries.jsonl", "checkpoint", "receipts", "keys.txt"]
    assert list_names(is_bare=True) == always
