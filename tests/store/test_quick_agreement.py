"""The quick way to compare a review says no more than the slow one, whatever its rows and entries hold."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.ledger_consistency import compare_review
from reviews.ledger.ledger_entries import format_moment
from runtime.ledger_verification.index_check import compare_index
from store import rows
from store.comparison import ConsistentReview, ReviewWithEntries, split_reviews, walk_reviews
from store.quick_agreement import is_consistent
from store.schema import answers, review_index, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.samples import START, event
from tests.runtime.record import fill_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk

Case = dict[str, Any]
"""All that is compared of one review: `row`, `answer` (or `None`), `entries` and `index`."""

ODD: tuple[Any, ...] = (
    *(None, False, True, 0, 1, 2, 1.0, 1.5, "", "x", "open", "bulk", "content", "é", b"x"),
    *([], ["x"], [5], [None], "compliance", {}, {"x": "y"}, [["x", "y"]], {"name": "Eve"}, [{}], [{"id": 1}]),
    *(START, START + timedelta(microseconds=1), START.replace(tzinfo=None), format_moment(START)),
    *("acknowledge", "request_changes", "acknowledged", "changes_requested", "replaced", "review:opened"),
    *("review:removed", "review:acknowledged", "review:superseded", [{"kind": "edited", "people": []}]),
    *([{"kind": 5, "people": []}], [{"kind": "edited", "people": "x"}], [{"kind": "edited", "people": [{}]}]),
    [{"kind": "edited", "people": {}}],
)
LEFT_OUT = dict.fromkeys(
    (
        "more",
        "seen_late",
        "happened_at",
        "proof",
        "owner",
        "sha256",
        "size",
        "not_read",
        "agreed",
        "updated",
        "opened",
    )
)
"""Members that an entry may have."""
NAMES = {"at": "changed_at", "review_id": "id", "by": "superseded_by"}
"""What the database calls a member by another name."""


def cases_of(desk: Desk) -> list[Case]:
    with desk.engine.connect() as connection:
        review_rows = [dict(row) for row in connection.execute(sa.select(reviews)).mappings()]
        answer_rows = {
            row["review_id"]: dict(row) for row in connection.execute(sa.select(answers)).mappings()
        }
        marked = [tuple(row) for row in connection.execute(sa.select(review_index))]
    with SqlUnitOfWork(desk.engine) as work:
        return [
            {
                "row": row,
                "answer": answer_rows.get(row["id"]),
                "entries": [dict(entry) for entry in work.ledger.list_entries(row["id"])],
                "index": {(kind, value) for value, kind, seq in marked if seq == row["seq"]},
            }
            for row in review_rows
        ]


@pytest.fixture
def cases(engine: sa.Engine) -> list[Case]:
    """Return reviews: opened, revised, acknowledged and superseded; sent back; opened; and one with acts."""
    desk = fill_record(engine)
    desk.portal.versions["f1"] += 1
    desk.open(event(file_id="f1"))
    first, *others = cases_of(desk)[:3]
    return [first, *others, with_acts(first)]


def with_acts(case: Case) -> Case:
    """Return it with an act of a person who is among the contributors already."""
    acts = [{"kind": "edited", "people": [dict(case["row"]["contributors"][0])]}]
    entries = [{**entry, "acts": acts} if "acts" in entry else entry for entry in case["entries"]]
    return {**case, "row": {**case["row"], "acts": acts}, "entries": entries}


def judge_quickly(case: Case) -> bool:
    answers = [case["answer"]] if case["answer"] else []
    return is_consistent(case["row"], answers, case["entries"], case["index"])


def judge_slowly(case: Case) -> bool:
    row, answers = case["row"], [case["answer"]] if case["answer"] else []
    follows = {name: row[name] for name in ("marks", "answered_at", "answered_late", "took_seconds", "saves")}
    try:
        review = rows.build_review(row, tuple(map(rows.build_answer, answers)), (), None)
        beside = ReviewWithEntries(
            review=review, entries=case["entries"], derived_columns=follows, index=case["index"]
        )
        agreement = compare_review(review, case["entries"])
        return not (agreement.findings or agreement.incomparable_members or [*compare_index(beside)])
    except rows.UNREADABLE_ERRORS:
        return False


def vary(value: Any, depth: int = 3) -> list[Any]:
    """Return odd values, and the same one with a member more, fewer or odd, however deep."""
    values = [*ODD]
    if isinstance(value, dict):
        values += [{**value, "more": 1}]
        for name, inner in value.items() if depth else ():
            values.append({n: v for n, v in value.items() if n != name})
            values += [{**value, name: odd} for odd in vary(inner, depth - 1)]
    if isinstance(value, list) and depth:
        values += [
            [*value[:n], odd, *value[n + 1 :]]
            for n, inner in enumerate(value)
            for odd in vary(inner, depth - 1)
        ]
    return values


def tamper(case: Case) -> Iterator[Case]:
    """Yield it with one thing changed: on one side, or the same way in row and entry."""
    entries = case["entries"]
    for number, entry in enumerate(entries):
        before, after = entries[:number], entries[number + 1 :]
        for member in {**entry, **LEFT_OUT}:
            fewer = {name: value for name, value in entry.items() if name != member}
            yield {**case, "entries": [*before, fewer, *after]}
            for value in vary(entry.get(member)):
                changed = {**case, "entries": [*before, {**entry, member: value}, *after]}
                yield changed
                for side in ("row", "answer"):
                    column = NAMES.get(member, member)
                    if column in (case[side] or ()):
                        yield {**changed, side: {**case[side], column: value}}
    for side in ("row", "answer"):
        for column, value in (case[side] or {}).items():
            for odd in vary(value):
                yield {**case, side: {**case[side], column: odd}}
    for mark in ("by:eve", *sorted(value for _, value in case["index"])):
        yield {**case, "index": case["index"] ^ {(case["row"]["kind"], mark)}}
    yield {**case, "answer": None}
    yield from (change_kind(case, kind) for kind in ("bulk", 5))
    yield from change_order(case)


def change_kind(case: Case, kind: Any) -> Case:
    """Return it as a whole with another kind of change."""
    marks = case["row"]["marks"][1:]
    return {
        "row": {**case["row"], "kind": kind, "marks": [kind, *marks]},
        "answer": case["answer"],
        "entries": [{**entry, "kind": kind} if "kind" in entry else entry for entry in case["entries"]],
        "index": {(kind, mark) for mark in marks},
    }


def change_order(case: Case) -> Iterator[Case]:
    """Yield it with its entries in any order, some of them left out, and with one more of any type."""
    entries = case["entries"]
    for count in range(len(entries) + 1):
        yield from ({**case, "entries": [*some]} for some in permutations(entries, count))
    for kind, like, place in product(EntryType, entries, range(len(entries) + 1)):
        more = {**like, "type": kind, "seq": 99}
        yield {**case, "entries": [*entries[:place], more, *entries[place:]]}


@ON_SQLITE
def test_what_agrees_at_a_glance_agrees_member_by_member(cases: list[Case]) -> None:
    tampered = [changed for case in cases for changed in tamper(case)]

    agreed = [changed for changed in tampered if judge_quickly(changed)]

    assert [judge_quickly(case) for case in cases] == [True] * len(cases)
    assert [changed for changed in agreed if not judge_slowly(changed)] == []


@ON_SQLITE
@pytest.mark.parametrize("number", [0, 1])
def test_an_entry_of_which_a_member_is_not_known_is_left_to_the_whole_comparison(
    cases: list[Case], number: int
) -> None:
    sent_back = cases[1]

    sent_back["entries"][number]["more"] = 1

    assert not judge_quickly(sent_back)


def test_nearly_all_reviews_are_seen_to_agree_at_a_glance(engine: sa.Engine) -> None:
    desk = fill_record(engine)
    desk.portal.versions["f1"] += 1
    desk.open(event(file_id="f1"))

    checked = [each for block in split_reviews(engine) for each in walk_reviews(engine, block)]

    assert [type(each) for each in checked] == [ConsistentReview] * 4
