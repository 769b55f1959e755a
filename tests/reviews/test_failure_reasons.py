"""Reasons of failures in the ledger: how much of a long one is read, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.errors import Permanent
from reviews.ledger.delivery_entries import MAX_REDACTED_LENGTH, clean_reason
from runtime.observe.log_redaction import LogRedaction
from tests.databases import ON_SQLITE

if TYPE_CHECKING:
    from reviews.model import Review
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
    in_use = _count_connections(desk.engine)
    counts: list[int] = []

    def redact_outside(text: str) -> str:
        counts.append(in_use[0])
        return text

    delivery = replace(desk.delivery, redact_text=redact_outside)
    delivery.count_failure(review.cards[0].id, "job", Permanent("the channel is archived"))

    assert [entry["reason"] for entry in desk.entries() if "reason" in entry] == ["the channel is archived"]
    assert set(counts) == {0}


def _count_connections(engine: sa.Engine) -> list[int]:
    """Return a list whose one number is that of the connections in use."""
    in_use = [0]

    def change(by: int) -> None:
        in_use[0] += by

    sa.event.listen(engine, "checkout", lambda *_: change(1))
    sa.event.listen(engine, "checkin", lambda *_: change(-1))
    return in_use
