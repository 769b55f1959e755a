"""Numbers, lists, dates and lengths of time belong to the language too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reviews.language import (
    capitalize_first,
    format_date,
    format_number,
    get_language,
    join_with_and,
    match_locale,
    use_language,
)
from reviews.tree import FolderContents
from reviews.wording.durations import format_duration
from reviews.wording.labels import describe_contents, format_people
from tests.reviews.samples import ALICE, BOB

NOVEMBER = datetime(2026, 11, 25, 14, 0, 12, 345_678, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "date", "count", "length"),
    [
        ("en", "25 Nov 2026, 14:00 UTC", "1,234,567", "2 h 3 min"),
        ("de", "25. Nov. 2026, 14:00 Uhr UTC", "1.234.567", "2 Std. 3 Min."),
    ],
)
def test_a_date_a_number_and_a_length_of_time(language: str, date: str, count: str, length: str) -> None:
    with use_language(language):
        written = (
            format_date(NOVEMBER),
            format_number(1234567),
            format_duration(timedelta(hours=2, minutes=3, seconds=4)),
        )

    assert written == (date, count, length)


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_named_as_the_calendar_does(month: int) -> None:
    at = NOVEMBER.replace(month=month)

    assert format_date(at) == f"{at:%d %b %Y, %H:%M} UTC"


def test_a_day_in_german_has_no_zero_before_it() -> None:
    with use_language("de"):
        assert format_date(NOVEMBER.replace(day=9, month=3)) == "9. März 2026, 14:00 Uhr UTC"


def test_people_and_files_are_listed() -> None:
    two = FolderContents(count=2, titles=("a.docx", "b.docx"))
    assert (format_people((ALICE, BOB)), describe_contents(two, limit=1)) == (
        "Alice Moreau and Bob Chen",
        "2 files: a.docx and 1 more",
    )
    with use_language("de"):
        assert (format_people((ALICE, BOB)), describe_contents(two, limit=1)) == (
            "Alice Moreau und Bob Chen",
            "2 Dateien: a.docx und 1 weitere",
        )
    assert (join_with_and(["a"]), join_with_and(["a", "b", "c"])) == ("a", "a, b and c")


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert (capitalize_first("in den Papierkorb"), capitalize_first("")) == ("In den Papierkorb", "")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-AT", "de"), ("de_DE", "de"), ("DE", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_locale_is_spoken_to_in_a_language_that_there_is(locale: str, language: str) -> None:
    assert match_locale(locale) == language


def test_a_language_is_spoken_until_its_block_ends() -> None:
    with use_language("de"):
        with use_language("en"):
            assert get_language() == "en"
        assert get_language() == "de"
    assert get_language() == "en"
