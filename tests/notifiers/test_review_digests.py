"""A digest of reviews as each channel shows it, its chart as words too."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.console import Console
from notifiers.mail.notices import render_html, render_text, write_notice_mail
from notifiers.shared.notice_card import draw_notice_card
from notifiers.shared.notice_text import list_notice_lines
from notifiers.slack.notices import draw_notice_message
from reviews.digest_notices import DigestFigures, ReviewDigestNotice, WeekMedian
from reviews.errors import Permanent
from reviews.language import LANGUAGES, use_language
from reviews.notice import NoticeKind
from tests.edge.adaptive_cards import find_flaws, read_card_text
from tests.edge.block_kit import find_problems, list_pings
from tests.language.drawings import read_html
from tests.reviews.notices import require_type
from tests.reviews.samples import HOSTILE, notice

if TYPE_CHECKING:
    from notifiers.slack import Slack
    from tests.edge.fake_slack import FakeSlack

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
HOUR = 3600
CHART = "data_visualization"
FIGURES = DigestFigures(
    waiting=1004, overdue=3, lapsed=2, acknowledged=5, changes_requested=2, late=1, found_late=6
)


def make_digest(*hours: float | None, **more: Any) -> ReviewDigestNotice:
    """Return a digest with the medians of the last weeks in hours."""
    weeks = tuple(
        WeekMedian(
            begin=MONDAY - timedelta(weeks=len(hours) - 1 - number),
            seconds=None if each is None else round(each * HOUR),
        )
        for number, each in enumerate(hours)
    )
    [digest] = require_type(
        ReviewDigestNotice, [notice(NoticeKind.REVIEW_DIGEST, weeks=weeks, figures=FIGURES, **more)]
    )
    return digest


DIGEST = make_digest(18, None, 5.5, 3)
NO_CHART = make_digest(None, None)


def find_chart(digest: ReviewDigestNotice) -> dict[str, Any] | None:
    blocks = draw_notice_message(digest, [])["blocks"]
    return next((block for block in blocks if block["type"] == CHART), None)


def list_kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def test_slack_draws_its_own_chart_between_the_figures_and_the_words() -> None:
    message = draw_notice_message(DIGEST, [])

    assert list_kinds(message) == ["section", "context", "section", CHART, "context", "context"]
    assert find_problems(message, surface="message") == []
    assert message["text"] == (
        "Digest of reviews: compliance, hr. Open 1,004, overdue 3, answered 7, found late 6."
    )
    assert [field["text"] for field in message["blocks"][2]["fields"]] == [
        "*Open*\n1,004",
        "*Overdue*\n3\n2 lapsed",
        "*Answered*\n7\nchanges requested on 2, 1 after the deadline",
        "*Found late*\n6\nchanges that no event reported",
    ]
    words = message["blocks"][4]["elements"][0]["text"]
    assert words == "Median time to acknowledge: this week 3 h, last week 5 h 30 min"


def test_a_chart_has_a_number_for_each_of_its_weeks() -> None:
    """A series with a category that has no number is refused, and a week without a median is no zero."""
    chart = find_chart(DIGEST)

    assert chart is not None
    assert chart["chart"] == {
        "type": "bar",
        "series": [
            {
                "name": "Median",
                "data": [
                    {"label": "16 Feb", "value": 18.0},
                    {"label": "2 Mar", "value": 5.5},
                    {"label": "9 Mar", "value": 3.0},
                ],
            }
        ],
        "axis_config": {
            "categories": ["16 Feb", "2 Mar", "9 Mar"],
            "x_label": "Week of",
            "y_label": "Hours",
        },
    }


@pytest.mark.parametrize(
    ("hours", "unit", "value"), [(0.5, "Minutes", 30), (0, "Minutes", 0), (71, "Hours", 71), (96, "Days", 4)]
)
def test_a_chart_counts_in_a_unit_that_fits(hours: float, unit: str, value: float) -> None:
    chart = find_chart(make_digest(hours))

    assert chart is not None
    assert chart["chart"]["axis_config"]["y_label"] == unit
    assert chart["chart"]["series"][0]["data"][0]["value"] == value


def test_without_any_median_there_is_no_chart() -> None:
    assert list_kinds(draw_notice_message(NO_CHART, [])) == ["section", "context", "section", "context"]
    assert "Median" not in render_html(NO_CHART, "")
    assert "Median" not in read_card_text(draw_notice_card(NO_CHART))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ((5, 3), "this week 3 h, last week 5 h"),
        ((None, 3), "this week 3 h, no value last week"),
        ((3,), "this week 3 h, no value last week"),
        ((5, None), "last week 5 h, no value yet this week"),
        ((5, None, None), "no value in the last two weeks"),
    ],
)
def test_the_chart_is_said_in_words(hours: tuple[float | None, ...], words: str) -> None:
    assert f"Median time to acknowledge: {words}" in list_notice_lines(make_digest(*hours))


def test_a_workspace_without_charts_gets_them_as_text(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "invalid_blocks")

    slack.post_notice("C1", DIGEST)

    [message] = fake.messages("C1")
    assert list_kinds(message) == [
        "section",
        "context",
        "section",
        "context",
        "rich_text",
        "context",
        "context",
    ]
    bars = message["blocks"][4]["elements"][0]["elements"][0]["text"].splitlines()
    assert bars == [
        "16 Feb  ████████████ 18 h",
        "23 Feb  \N{EN DASH}",
        " 2 Mar  ████ 5 h 30 min",
        " 9 Mar  ██ 3 h",
    ]
    assert len(fake.calls("chat.postMessage")) == 2


def test_a_workspace_with_charts_gets_one_message(slack: Slack, fake: FakeSlack) -> None:
    slack.post_notice("C1", DIGEST)

    [message] = fake.messages("C1")
    assert CHART in list_kinds(message)
    assert len(fake.calls("chat.postMessage")) == 1


def test_text_that_is_refused_too_is_given_up(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "invalid_blocks", times=3)

    with pytest.raises(Permanent, match="invalid_blocks"):
        slack.post_notice("C1", DIGEST)

    assert len(fake.calls("chat.postMessage")) == 2


def test_another_refusal_is_not_tried_again(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "is_archived", times=2)

    with pytest.raises(Permanent):
        slack.post_notice("C1", DIGEST)

    assert len(fake.calls("chat.postMessage")) == 1


def test_another_notice_has_no_plain_variant(slack: Slack, fake: FakeSlack) -> None:
    fake.fail("chat.postMessage", "invalid_blocks", times=2)

    with pytest.raises(Permanent):
        slack.post_notice("C1", notice())

    assert len(fake.calls("chat.postMessage")) == 1


def test_teams_draws_bars_of_text_with_a_button_to_all_reviews() -> None:
    card = draw_notice_card(DIGEST)

    assert find_flaws(card) == []
    text = read_card_text(card)
    assert "████████████ 18 h" in text
    assert "Median time to acknowledge: this week 3 h, last week 5 h 30 min" in text
    assert "Complete up to {{DATE(2026-03-09T22:05:12Z, SHORT)}}" in text
    [button] = card["actions"]
    assert (button["title"], button["url"]) == ("All reviews", "https://reviews.example.com/reviews")


def test_a_mail_has_bars_that_need_no_picture_and_a_text_part_with_the_same_figures() -> None:
    mail = write_notice_mail(DIGEST, recipient="a@example.com", link="", domain="example.com")
    html, text = render_html(DIGEST, ""), render_text(DIGEST, "")

    assert mail["Subject"] == (
        "Digest of reviews: compliance, hr. Open 1,004, overdue 3, answered 7, found late 6."
    )
    assert html.count('class="bar"') == 3
    assert "<img" not in html
    assert "Median time to acknowledge: this week 3 h, last week 5 h 30 min" in read_html(html)
    for shown in (read_html(html), text):
        assert "Since 08 Mar 2026, 14:05 UTC" in shown
        assert "Complete up to 09 Mar 2026, 22:05 UTC" in shown
    assert "Open 1,004, overdue 3, answered 7, found late 6." in text
    assert 'href="https://reviews.example.com/reviews"' in html
    assert "A route of docspace-review sends a digest of its reviews to your address." in read_html(html)


def test_a_terminal_gets_all_figures() -> None:
    out = io.StringIO()

    Console(out, lambda _card: "").post_notice("", DIGEST)

    assert [line.strip() for line in out.getvalue().splitlines() if line.strip()] == [
        "Digest of reviews: compliance, hr",
        "Since 08 Mar 2026, 14:05 UTC",
        "Open 1,004, overdue 3, answered 7, found late 6.",
        "Overdue: 2 lapsed",
        "Answered: changes requested on 2, 1 after the deadline",
        "Found late: changes that no event reported",
        "Median time to acknowledge: this week 3 h, last week 5 h 30 min",
        "Complete up to 09 Mar 2026, 22:05 UTC",
        "All reviews: https://reviews.example.com/reviews",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", [HOSTILE, "a" * 3000, "*" * 3000, "&" * 3000, "<at>Olga</at> {{DATE(x)}}"])
def test_whatever_a_route_is_called_each_channel_takes_it(title: str, language: str) -> None:
    digest = replace(DIGEST, title=title)

    with use_language(language):
        message, card = draw_notice_message(digest, []), draw_notice_card(digest)

    assert find_problems(message, surface="message") == []
    assert list_pings(message) == []
    assert find_flaws(card) == []
    assert len(json.dumps(card)) < 20_000


def test_where_it_is_not_known_up_to_when_all_is_complete_a_digest_says_so() -> None:
    digest = replace(DIGEST, complete_until=None, page_url="")

    assert list_notice_lines(digest)[-1] == "Not fully checked yet"
    assert "Not fully checked yet" in read_card_text(draw_notice_card(digest))
    assert "actions" not in draw_notice_card(digest)
