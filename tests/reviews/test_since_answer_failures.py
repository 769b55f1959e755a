"""Comparisons with earlier states that fail, or while something else happens: the one for all stands."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.comparisons.earlier_states import MAX_EARLIER_STATES
from reviews.comparisons.sealed_places import place_text
from reviews.errors import TryLater
from reviews.identity import Reviewer
from reviews.ports.documents import CompareResult
from reviews.ports.reports import EarlierStateLeftOut
from store.claims import release_claims
from store.comparison_rows import build_state
from store.schema import comparisons, earlier_comparisons
from tests.databases import ON_SQLITE
from tests.reviews.cached_comparer import CachedComparer
from tests.reviews.comparing_desk import FIRST, SECOND, THIRD
from tests.reviews.desk import DANA
from tests.reviews.since_answer import (
    STELLA,
    acknowledge,
    compare,
    count_earlier,
    get_texts,
    get_version,
    send_back,
    show,
)
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from reviews.ports.documents import FetchedDocument
    from tests.reviews.comparing_desk import ComparingDesk

FEE = ("The fee is EUR 100.", "The fee is EUR 250.")
DATE = ("It is due on 1 May 2026.", "It is due on 9 May 2026.")
FAILED = CompareResult(
    summary=ComparisonSummary(state=ComparisonState.TOO_LARGE, reason="time"), parts=b"", text=b""
)


class Killed(BaseException):
    """Stands for a death of the process."""


@dataclass
class ActingComparer(CachedComparer):
    """Compares; before the second comparison something happens, which may be its outcome."""

    act: Callable[[], object]
    count: int = 0

    def compare(self, before: FetchedDocument | bytes | None, after: FetchedDocument) -> CompareResult:
        self.count += 1
        outcome = self.act() if self.count == 2 else None
        return outcome if isinstance(outcome, CompareResult) else super().compare(before, after)


def save_third(desk: ComparingDesk) -> Review:
    """Return the review of a version whose predecessor was sent back; it is not compared yet."""
    first = acknowledge(desk, compare(desk, desk.upload(FIRST)))
    second = send_back(desk, compare(desk, desk.save(first, SECOND)))
    return desk.save(second, THIRD)


def act_in_second_comparison(desk: ComparingDesk, act: Callable[[], object]) -> ActingComparer:
    comparer = ActingComparer(act)
    desk.comparing = replace(desk.comparing, comparer=comparer)
    return comparer


def list_left_out(desk: ComparingDesk) -> list[str]:
    return [report.reason for report in desk.reports if isinstance(report, EarlierStateLeftOut)]


def raise_error(error: BaseException) -> Any:
    raise error


@ON_SQLITE
@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda: FAILED, "time"),
        (lambda: raise_error(TryLater("stopped from outside")), "stopped from outside"),
    ],
)
def test_a_comparison_that_fails_is_left_out_and_the_one_for_all_stands(
    comparing_desk: ComparingDesk, act: Callable[[], object], reason: str
) -> None:
    third = save_third(comparing_desk)
    act_in_second_comparison(comparing_desk, act)

    compare(comparing_desk, third)

    assert [each.rpartition(": ")[2] for each in list_left_out(comparing_desk)] == [reason]
    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]
    assert get_version(comparing_desk, third, DANA) is None


@ON_SQLITE
def test_a_text_that_is_not_what_was_stored_there_is_left_out(comparing_desk: ComparingDesk) -> None:
    third = save_third(comparing_desk)
    with comparing_desk.desk.engine.begin() as connection:
        sent_back = comparisons.c.text_at.is_not(None) & (comparisons.c.id == _newest_with_text())
        of_first = sa.select(comparisons.c.text).order_by(comparisons.c.id).limit(1).scalar_subquery()
        assert connection.execute(sa.update(comparisons).where(sent_back).values(text=of_first)).rowcount == 1

    compare(comparing_desk, third)

    assert list_left_out(comparing_desk) == ["not_opened"]
    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]


@ON_SQLITE
def test_a_text_that_this_release_does_not_read_is_left_out(comparing_desk: ComparingDesk) -> None:
    third = save_third(comparing_desk)
    assert comparing_desk.comparing.sealer is not None
    with comparing_desk.desk.engine.begin() as connection:
        newest = comparisons.c.id == _newest_with_text()
        row = connection.execute(sa.select(comparisons).where(newest)).one()
        place = place_text(row.review_id, row.revision, build_state(row.after))
        newer = comparing_desk.comparing.sealer.seal(json.dumps({"format": 99}).encode(), place)
        update = sa.update(comparisons).where(newest)
        assert connection.execute(update.values(text=newer)).rowcount == 1

    compare(comparing_desk, third)

    assert list_left_out(comparing_desk) == ["old_text"]
    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]


@ON_SQLITE
def test_differences_that_can_not_be_opened_any_more_give_way_to_those_for_all(
    comparing_desk: ComparingDesk,
) -> None:
    third = compare(comparing_desk, save_third(comparing_desk))
    with comparing_desk.desk.engine.begin() as connection:
        connection.execute(sa.update(earlier_comparisons).values(parts=b"sealed with another key"))

    assert get_texts(comparing_desk, third, DANA) == [FEE, DATE]


def test_a_revision_meanwhile_drops_the_comparisons_and_gets_its_own(comparing_desk: ComparingDesk) -> None:
    third = save_third(comparing_desk)
    act_in_second_comparison(comparing_desk, lambda: comparing_desk.save(third, FIRST))
    comparing_desk.compare_due()
    assert count_earlier(comparing_desk, third) == 0

    revised = compare(comparing_desk, third)

    assert revised.revision == 2
    assert get_texts(comparing_desk, revised, DANA) == [FEE[::-1]]


def test_a_new_revision_replaces_the_comparisons(comparing_desk: ComparingDesk) -> None:
    third = compare(comparing_desk, save_third(comparing_desk))
    revised = comparing_desk.save(third, SECOND)
    assert show(comparing_desk, revised, DANA) is None

    compare(comparing_desk, revised)

    assert count_earlier(comparing_desk, revised) == 1
    shown = show(comparing_desk, revised, DANA)
    assert shown is not None
    assert shown.comparison.summary.reason == "identical"


def test_a_revision_that_may_not_be_read_leaves_none(comparing_desk: ComparingDesk) -> None:
    third = compare(comparing_desk, save_third(comparing_desk))
    revised = comparing_desk.save(third, SECOND)
    comparing_desk.follow(private=True)

    compare(comparing_desk, revised)

    assert count_earlier(comparing_desk, revised) == 0


def test_a_worker_that_dies_between_the_comparisons_leaves_all_to_the_next(
    comparing_desk: ComparingDesk,
) -> None:
    third = save_third(comparing_desk)
    comparer = act_in_second_comparison(comparing_desk, lambda: raise_error(Killed()))
    with pytest.raises(Killed):
        comparing_desk.compare_due()
    assert comparing_desk.get_outcome(third) is None
    release_claims(comparing_desk.desk.engine, {"w:1"}, died=True)
    comparer.act = lambda: None

    compare(comparing_desk, third)

    assert get_texts(comparing_desk, third, DANA) == [DATE]
    assert get_texts(comparing_desk, third, STELLA) == [FEE, DATE]


def test_an_answer_meanwhile_changes_nothing(comparing_desk: ComparingDesk) -> None:
    third = save_third(comparing_desk)
    act_in_second_comparison(comparing_desk, lambda: acknowledge(comparing_desk, third))

    compare(comparing_desk, third)

    assert get_version(comparing_desk, third, DANA) == 2


@ON_SQLITE
def test_at_most_so_many_states_are_compared(comparing_desk: ComparingDesk) -> None:
    people = [Reviewer(name=f"Person {number}", email=f"p{number}@example.com") for number in range(5)]
    addresses = tuple(person.email or "" for person in people)
    comparing_desk.desk.answers = replace(
        comparing_desk.desk.answers, routes=comparing_desk.follow(deputies=addresses)
    )
    review = comparing_desk.upload("The fee is EUR 1.\n")
    for number, person in enumerate(people, 2):
        compared = compare(comparing_desk, review)
        answered = (send_back if number % 2 else acknowledge)(comparing_desk, compared, person)
        review = comparing_desk.save(answered, f"The fee is EUR {number}.\n")

    compare(comparing_desk, review)

    assert count_earlier(comparing_desk, review) == MAX_EARLIER_STATES
    versions = [get_version(comparing_desk, review, person) for person in people]
    assert versions == [None, 2, 3, 4, 5]


def test_without_answers_to_earlier_states_one_statement_says_so(comparing_desk: ComparingDesk) -> None:
    comparing_desk.upload(FIRST)

    assert _count_statements(comparing_desk) == 1


def test_where_the_same_person_answers_each_version_nothing_more_is_read(
    comparing_desk: ComparingDesk,
) -> None:
    review = comparing_desk.upload(FIRST)
    for text in (SECOND, THIRD, FIRST):
        review = comparing_desk.save(acknowledge(comparing_desk, compare(comparing_desk, review)), text)

    assert _count_statements(comparing_desk) == 1
    assert count_earlier(comparing_desk, review) == 0


def _newest_with_text() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.max(comparisons.c.id)).where(comparisons.c.text_at.is_not(None)).scalar_subquery()
    )


def _count_statements(desk: ComparingDesk) -> int:
    """Compare what is due, and return how many statements were about earlier states."""
    statements = list_statements(desk.desk.engine, desk.compare_due)
    tables = ("answered_texts", "earlier_comparisons")
    return sum(any(table in statement for table in tables) for statement, _parameters in statements)
