"""Who is stopped while they erase a person begins again, and finds the same person."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from reviews.identity import ERASED, Person, Reviewer
from store import schema
from store.erasure.free_space import clean_free_space
from store.erasure.ledger_erasure import erase_from_ledger
from store.erasure.ledger_survey import survey_ledger
from store.erasure.person_search import find_person
from store.erasure.precautions import Precautions
from store.erasure.table_rows import erase_identity
from tests.erasure.command import erase, verify
from tests.erasure.erasing import erase_all_rows, list_traces
from tests.erasure.interrupted import answer_for, survey_and_erase
from tests.erasure.people import insert, make_account, make_desk
from tests.reviews.desk import DANA, Desk, build_answer_request
from tests.reviews.samples import OWNER, START, event, routes

ADDRESS = "zora@example.com"
NEW_NAME = Person(id="g-7", name="Zora New", email=ADDRESS)
ZORA_NOW = Reviewer(name="Zora New", email=ADDRESS, docspace_id="g-7")
FORMER_ID = "former-id-of-zora"
OLD_TRACES = ("Zora Quint", FORMER_ID, ADDRESS)
SUBSCRIPTION = {
    "notifier": "slack",
    "target": "C1",
    "folder": "9",
    "title": "t",
    "kinds": [],
    "digest": False,
}


def test_who_is_stopped_after_any_step_begins_again_and_finds_the_rest(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    insert(engine, schema.accounts, make_account("U7777777", "Zora Quint", "zora@example.com"))
    insert(
        engine,
        schema.people,
        {"id": "g-7", "name": "Z. Quint", "email": "zora@example.com", "seen_at": START},
    )
    zora = Reviewer(name="Zora Quint", email="zora@example.com")
    for number, who in enumerate((DANA, zora, DANA)):
        desk.follow(routes(owners=(OWNER, "zora@example.com")))
        answer_for(desk, f"f{number}", note="by Zora Quint, or Z. Quint", reviewer=who)
    card = {"notifier": "slack", "state": "posted", "cause": "x"}
    insert(engine, schema.cards, {**card, "target": "U7777777"}, {**card, "target": "C1"})
    person = survey_ledger(engine, find_person(engine, "zora@example.com")).person

    for _ in erase_from_ledger(engine, person, now=lambda: START):
        assert find_person(engine, "zora@example.com").chat_ids == {("slack", "U7777777")}
    erase_all_rows(engine, person)
    assert "g-7" in find_person(engine, "zora@example.com").ids
    erase_identity(engine, person)

    clean_free_space(engine)
    assert list_traces(engine, "U7777777", "zora@example.com", "Zora Quint", "Z. Quint") == []


def test_ids_that_the_ledger_alone_shows_are_found_again_until_the_last_step(engine: sa.Engine) -> None:
    address = "zora@example.com"
    desk = make_desk(engine, owners=(OWNER, address))
    zora = Reviewer(name="Zora Quint", email=address, docspace_id="g-9")
    with_id_alone = Person(id="g-9", name="Zora Quint")
    answer_for(desk, "f1", reviewer=zora)
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id="f2", actor=with_id_alone))))
    with engine.begin() as connection:
        connection.execute(sa.delete(schema.people))
        connection.execute(sa.delete(schema.docspace_accounts))
    survey = survey_ledger(engine, find_person(engine, address))
    erase_ledger = partial(erase_from_ledger, engine, survey.person, now=lambda: START)

    assert len(list(erase_ledger(precautions=Precautions(showing=survey.showing)))) == 1

    assert survey_ledger(engine, find_person(engine, address)).person.ids == {"g-9"}
    assert len(list(erase_ledger())) == 1
    assert survey_ledger(engine, survey.person).entries == 0


def test_a_name_that_the_ledger_alone_shows_is_found_again_until_the_last_step(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    former = Person(id="g-7", name="Zora Quint")
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id="f1", actor=former))))
    desk.follow(routes(review=frozenset()))
    desk.intake.process(desk.receive(event(file_id="f2", actor=replace(former, id=None))))
    with engine.begin() as connection:
        connection.execute(sa.update(schema.people).values(name="Zora New", email=ADDRESS))
    steps = ["first"]

    with pytest.raises(IndexError):
        survey_and_erase(desk, ADDRESS, lambda: None, at_each_step=steps.pop)

    assert erase(desk, ADDRESS, "--yes").code == 0
    assert list_traces(engine, "Zora Quint") == []


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """Return an installation where the ledger alone shows a former name and id."""
    desk = make_desk(engine, owners=(OWNER, ADDRESS))
    insert(engine, schema.people, {"id": "g-7", "name": "Zora New", "email": ADDRESS, "seen_at": START})
    answer_for(desk, "old", reviewer=Reviewer(name="Zora Quint", email=ADDRESS, docspace_id=FORMER_ID))
    answer_for(desk, "other", note="asked Zora Quint")
    insert(engine, schema.subscriptions, {**SUBSCRIPTION, "made_by": "Zora Quint", "made_at": START})
    with engine.begin() as connection:
        connection.execute(sa.delete(schema.docspace_accounts))
    return desk


def test_a_former_name_is_found_again_after_something_came_in_the_way(desk: Desk) -> None:
    counts = survey_and_erase(desk, ADDRESS, lambda: desk.open(event(file_id="new", actor=NEW_NAME)))
    assert (counts.complete, list_traces(desk.engine, *OLD_TRACES)) == (False, list(OLD_TRACES))
    desk.answers.record_answer(build_answer_request(desk.latest("new")))

    assert erase(desk, ADDRESS, "--yes").code == 0

    assert list_traces(desk.engine, *OLD_TRACES) == []
    assert verify(desk).code == 0


def test_a_note_with_a_former_name_goes_before_the_entries_that_show_the_name(desk: Desk) -> None:
    """So it goes also where the review with the note has shown the person, and others show the name."""
    answer_for(desk, "new", reviewer=ZORA_NOW, note="as Zora Quint I would have asked")
    steps = ["all but persons"]

    with pytest.raises(IndexError):
        survey_and_erase(desk, ADDRESS, lambda: None, at_each_step=steps.pop)

    assert desk.latest("new").answers[0].note == ERASED
    assert desk.latest("new").answers[0].reviewer.email == ADDRESS
    assert "zora quint" in survey_ledger(desk.engine, find_person(desk.engine, ADDRESS)).person.names
    assert verify(desk).code == 0
    assert erase(desk, ADDRESS, "--yes").code == 0
    assert list_traces(desk.engine, *OLD_TRACES) == []


def test_what_goes_in_two_steps_counts_once(desk: Desk) -> None:
    answer_for(desk, "new", reviewer=ZORA_NOW, note="as Zora Quint I would have asked")
    entries = survey_ledger(desk.engine, find_person(desk.engine, ADDRESS)).entries

    counts = survey_and_erase(desk, ADDRESS, lambda: None)

    assert (counts.complete, counts.reviews, counts.entries) == (True, 3, entries)


def test_a_person_known_by_a_former_id_goes_before_the_entries_that_show_the_id(desk: Desk) -> None:
    by_id = Person(id=FORMER_ID, name="Zora New")
    opened = desk.open(event(file_id="new", actor=by_id))
    desk.answers.record_answer(build_answer_request(opened, reviewer=ZORA_NOW))
    with desk.engine.begin() as connection:
        connection.execute(sa.delete(schema.docspace_accounts))
    steps = ["by id", "all but persons"]

    with pytest.raises(IndexError):
        survey_and_erase(desk, ADDRESS, lambda: None, at_each_step=steps.pop)

    review = desk.latest("new")
    assert [each.name for each in review.contributors] == [ERASED]
    assert review.answers[0].reviewer.email == ADDRESS
    assert FORMER_ID in survey_ledger(desk.engine, find_person(desk.engine, ADDRESS)).person.ids
    assert verify(desk).code == 0
    assert erase(desk, ADDRESS, "--yes").code == 0
    assert list_traces(desk.engine, *OLD_TRACES) == []


def test_an_account_that_the_ledger_alone_shows_goes_before_the_entries_that_show_it(desk: Desk) -> None:
    former = {"id": FORMER_ID, "name": "Zora Old", "email": None, "seen_at": START}
    insert(desk.engine, schema.people, former)
    person = survey_ledger(desk.engine, find_person(desk.engine, ADDRESS)).person

    erase_all_rows(desk.engine, person)

    with desk.engine.connect() as connection:
        left = set(connection.execute(sa.select(schema.people.c.id)).scalars())
    assert ("g-7" in left, FORMER_ID in left) == (True, False)


def test_accounts_that_show_the_address_as_their_name_stay_until_the_last_step(engine: sa.Engine) -> None:
    insert(engine, schema.people, {"id": "g-8", "name": ADDRESS, "email": None, "seen_at": START})
    insert(engine, schema.accounts, {**make_account("U9", ADDRESS, ""), "address": None, "email": None})
    person = find_person(engine, ADDRESS)

    erase_all_rows(engine, person)

    assert find_person(engine, ADDRESS).all_ids == {"g-8", "U9"}
    erase_identity(engine, person)
    clean_free_space(engine)
    assert list_traces(engine, ADDRESS, "g-8") == []


def test_a_former_name_is_found_again_while_a_change_waits(desk: Desk) -> None:
    counts = survey_and_erase(desk, ADDRESS, lambda: desk.receive(event(file_id="new", actor=NEW_NAME)))

    assert (counts.complete, counts.obstacles.waiting_changes) == (False, 1)
    person = survey_ledger(desk.engine, find_person(desk.engine, ADDRESS)).person
    assert person.ids == {"g-7", FORMER_ID}
    assert person.names == {"zora new", "zora quint"}


def test_what_is_written_while_the_last_steps_run_goes_too(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    insert(engine, schema.accounts, make_account("U7777777", "Zora New", ADDRESS))
    desk.answers.record_answer(build_answer_request(desk.open(event(actor=NEW_NAME))))
    message = {"notifier": "slack", "state": "posted", "cause": "x", "target": "U7777777"}
    write = partial(insert, engine, schema.cards, message, {**message, "target": "C9", "cause": "y"})

    counts = survey_and_erase(desk, ADDRESS, lambda: None, at_each_step=write)

    assert (counts.complete, counts.reviews) == (True, 1)
    clean_free_space(engine)
    assert list_traces(engine, "U7777777", ADDRESS) == []


def test_who_the_person_is_stays_while_a_change_of_the_last_moment_waits(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    desk.answers.record_answer(build_answer_request(desk.open(event(actor=NEW_NAME))))
    receive = partial(desk.receive, event(file_id="new", actor=NEW_NAME))

    counts = survey_and_erase(desk, ADDRESS, lambda: None, at_each_step=receive)

    assert (counts.complete, counts.obstacles.waiting_changes) == (False, 1)
    assert find_person(engine, ADDRESS).ids == {"g-7"}
