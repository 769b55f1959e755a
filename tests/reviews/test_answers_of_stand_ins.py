"""What is recorded of an answer for someone who is away, how it is told, checked, exported and erased."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.errors import RefusalReason, Refused
from reviews.identity import ERASED
from reviews.kinds import Decision
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import build_answered
from reviews.ledger.people_commitments import commit_people, reveal_people
from runtime.commands.printing.review_json import build_review_json
from store.schema import answers
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase, list_traces
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.samples import DEPUTY, OWNER, answer, event, review
from tests.reviews.stand_ins import BACK_AT, DANA, ILZE, make_stand_in, put_stand_ins, remember_names
from tests.runtime.record import check_tampered

if TYPE_CHECKING:
    from reviews.model import Review

FOR_DANA = answer(reviewer=ILZE, owner=OWNER, stand_in_for=OWNER)


def open_answered(desk: Desk, **more: object) -> Review:
    """Open a review that Ilze answers for Dana, whom we have met."""
    remember_names(desk, DANA)
    current = put_stand_ins(desk, desk.open(event()), make_stand_in())
    return desk.answers.record_answer(build_answer_request(current, reviewer=ILZE, **more))


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Decision.ACKNOWLEDGE, "Ilze Kalna for Dana Ozola acknowledged revision 1, version 8."),
        (Decision.REQUEST_CHANGES, "Ilze Kalna for Dana Ozola requested changes to revision 1."),
    ],
)
def test_the_history_says_for_whom_a_stand_in_answered(desk: Desk, decision: Decision, words: str) -> None:
    current = open_answered(desk, decision=decision, note="The date is wrong")
    desk.answers.withdraw(make_review_request(current, ILZE))

    answered, withdrawn = (describe_entry(each).sentence for each in desk.entries()[-2:])

    assert answered.startswith(words)
    assert withdrawn == "Ilze Kalna for Dana Ozola withdrew their answer to revision 1."


def test_an_entry_commits_to_the_person_who_was_away() -> None:
    entry = build_answered(review(), FOR_DANA, absent_name="Dana Ozola")
    committed, disclosures = commit_people(entry, make_salt=lambda: "salt")

    assert disclosures["/stand_in_for"] == ("salt", {"name": "Dana Ozola", "email": OWNER})
    assert set(committed["stand_in_for"]) == {"commitment"}
    assert reveal_people(committed, {})["stand_in_for"] == {"name": ERASED, "email": None}


@pytest.mark.parametrize("stored", [None, "someone@example.com"])
def test_an_answer_whose_entry_says_for_whom_must_say_so_too(desk: Desk, stored: str | None) -> None:
    open_answered(desk)

    verdict = check_tampered(desk.engine, sa.update(answers).values(stand_in_for=stored))

    assert [each.says for each in verdict.findings if "stand_in_for" in each.says]


def test_an_answer_must_not_say_that_it_was_for_someone_where_its_entry_does_not(desk: Desk) -> None:
    desk.answers.record_answer(build_answer_request(desk.open(event())))

    verdict = check_tampered(desk.engine, sa.update(answers).values(stand_in_for=OWNER))

    assert [each.says for each in verdict.findings if "stand_in_for" in each.says]


def test_the_person_who_was_away_can_be_erased(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    current = open_answered(desk)
    put_stand_ins(desk, current)

    erase(engine, OWNER)

    [after] = desk.latest(current.file_id).answers
    assert (after.stand_in_for, after.reviewer.name) == (ERASED, "Ilze Kalna")
    [sentence] = [
        describe_entry(each).sentence for each in desk.entries() if each["type"] == "review:acknowledged"
    ]
    assert sentence.startswith("Ilze Kalna for [erased] acknowledged")
    assert list_traces(engine, OWNER, "Dana Ozola") == []
    assert desk.verdict().intact


def test_the_stand_in_can_be_erased_and_the_person_who_was_away_stays(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    current = open_answered(desk)
    put_stand_ins(desk, current)

    erase(engine, str(ILZE.email))

    [after] = desk.latest(current.file_id).answers
    assert (after.stand_in_for, after.reviewer.name) == (OWNER, ERASED)
    assert list_traces(engine, str(ILZE.email), ILZE.name) == []
    assert desk.verdict().intact


def test_an_answer_for_a_person_who_was_erased_can_not_be_withdrawn(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    current = put_stand_ins(desk, desk.open(event()), make_stand_in(absent=DEPUTY))
    desk.answers.record_answer(build_answer_request(current, reviewer=ILZE))
    put_stand_ins(desk, current)
    erase(engine, DEPUTY)

    with pytest.raises(Refused) as refused:
        desk.answers.withdraw(make_review_request(current, ILZE))

    assert refused.value.reason is RefusalReason.NOT_ALLOWED
    assert "was erased" in str(refused.value)


def test_the_json_of_a_review_says_who_stands_in_and_who_answered_for_whom() -> None:
    current = replace(review(answers=(FOR_DANA,)), stand_ins=(make_stand_in(),))

    values = build_review_json(current)

    assert values["stand_ins"] == [
        {"absent": OWNER, "people": [ILZE.email], "until": f"{BACK_AT:%Y-%m-%dT%H:%M:%S.%f}Z"}
    ]
    assert values["answers"][0]["stand_in_for"] == OWNER
    assert build_review_json(review(answers=(answer(),)))["answers"][0]["stand_in_for"] is None
