"""Reasons of failures in the ledger: how much of a long one is read, and when."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Permanent
from reviews.ledger.delivery_entries import MAX_REDACTED_LENGTH, clean_reason
from runtime.observe.log_redaction import LogRedaction
from tests.databases import ON_SQLITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from tests.reviews.desk import Desk

SECRET = "s3cret-of-this-installation"
redact = LogRedaction([SECRET], people=True).redact_text


@pytest.mark.parametrize("text", ["A" * 64_000, "/" * 64_000, "a@" * 32_000, "word " * 12_000])
def test_a_long_reason_is_redacted_only_at_its_beginning(text: str) -> None:
    lengths: list[int] = []

    def measure(part: str) -> str:
        lengths.append(len(part))
        return part

    clean_reason(text, measure)

    assert max(lengths) <= MAX_REDACTED_LENGTH


@pytest.mark.parametrize("cut_after", range(1, len(SECRET)))
def test_a_secret_across_the_end_of_what_is_redacted_is_left_out(cut_after: int) -> None:
    first = "Bearer ".ljust(MAX_REDACTED_LENGTH - cut_after - 1, "B")
    reason = clean_reason(f"{first} {SECRET} refused {'it ' * 900}", redact)

    assert reason == "Bearer [secret]"


def test_of_a_long_reason_without_a_space_nothing_is_kept() -> None:
    assert clean_reason("x" * (MAX_REDACTED_LENGTH - 3) + SECRET, redact) == ""


def test_a_short_reason_is_kept_whole() -> None:
    assert clean_reason(f"the channel\nis archived: {SECRET}", redact) == "the channel is archived: [secret]"


@ON_SQLITE
def test_a_reason_is_redacted_before_the_database_waits_for_it(desk: Desk, review: Review) -> None:
    open_count = [0]
    counts: list[int] = []

    @contextmanager
    def count_open(*, reading: bool = False) -> Iterator[UnitOfWork]:
        with desk.transactions(reading=reading) as work:
            open_count[0] += 1
            yield work
            open_count[0] -= 1

    def redact_outside(text: str) -> str:
        counts.append(open_count[0])
        return text

    delivery = replace(desk.delivery, transactions=count_open, redact_text=redact_outside)
    delivery.count_failure(review.cards[0].id, "job", Permanent("the channel is archived"))

    assert [entry["reason"] for entry in desk.entries() if "reason" in entry] == ["the channel is archived"]
    assert set(counts) == {0}
