"""Numbers, lists, dates and lengths of time belong to the language too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reviews.language import capital, dated, known, listed, number, speaking, spoken
from reviews.tree import Contents
from reviews.wording.durations import span
from reviews.wording.labels import inside, names
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
    with speaking(language):
        told = dated(NOVEMBER), number(1234567), span(timedelta(hours=2, minutes=3, seconds=4))

    assert told == (date, count, length)


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_named_as_the_calendar_does(month: int) -> None:
    at = NOVEMBER.replace(month=month)

    assert dated(at) == f"{at:%d %b %Y, %H:%M} UTC"


def test_a_day_in_german_has_no_zero_before_it() -> None:
    with speaking("de"):
        assert dated(NOVEMBER.replace(day=9, month=3)) == "9. März 2026, 14:00 Uhr UTC"


def test_people_and_files_are_listed() -> None:
    two = Contents(count=2, titles=("a.docx", "b.docx"))
    assert (names((ALICE, BOB)), inside(two, most=1)) == (
        "Alice Moreau and Bob Chen",
        "2 files: a.docx and 1 more",
    )
    with speaking("de"):
        assert (names((ALICE, BOB)), inside(two, most=1)) == (
            "Alice Moreau und Bob Chen",
            "2 Dateien: a.docx und 1 weitere",
        )
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")


def test_a_sentence_begins_with_a_capital_and_keeps_the_others() -> None:
    assert (capital("in den Papierkorb"), capital("")) == ("In den Papierkorb", "")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de-AT", "de"), ("de_DE", "de"), ("DE", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)
def test_a_locale_is_spoken_to_in_a_language_that_there_is(locale: str, language: str) -> None:
    assert known(locale) == language


def test_a_language_is_spoken_until_its_block_ends() -> None:
    with speaking("de"):
        with speaking("en"):
            assert spoken() == "en"
        assert spoken() == "de"
    assert spoken() == "en"
