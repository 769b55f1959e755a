"""A person is erased from all tables, and the ledger holds at every moment."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa

from reviews.identity import Person, Reviewer
from reviews.ledger.hash_chain import EntryType
from reviews.people.person_digests import list_person_digests
from store import schema
from store.erasure.person_search import find_open_reviews, find_person
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase, erase_by_steps, list_traces
from tests.erasure.people import insert, make_account
from tests.reviews.desk import DANA, Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, START, event, routes
from tests.runtime.lived import ILZE, live_through
from tests.runtime.record import fill_record, rewrite

GUID = "3f0c9a52-8d3e-4c57-9b1c-0a5d6de7b9aa"


def make_desk(engine: sa.Engine, **route: Any) -> Desk:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(**route))
    return desk


def erasures(desk: Desk) -> list[dict[str, Any]]:
    return [each for each in desk.entries() if each["type"] == EntryType.PEOPLE_ERASED]


@pytest.mark.parametrize(
    ("address", "name"),
    [(OWNER, DANA.name), (DEPUTY, ILZE.name), (ALICE.email, ALICE.name)],
    ids=["owner", "deputy", "contributor"],
)
def test_nothing_of_a_person_is_left_and_the_ledger_holds(engine: sa.Engine, address: str, name: str) -> None:
    live_through(engine)
    assert list_traces(engine, address, name) == [address, name]

    erase(engine, address.upper())

    assert list_traces(engine, address, name) == []


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("DANA.OZOLA@EXAMPLE.COM", "dana.ozola@example.com"),
        ("Dana.Ozola@Example.com", "DANA.OZOLA@EXAMPLE.COM"),
        ("dana.straße.İ@example.com", "DANA.STRASSE.i\u0307@EXAMPLE.COM"),
    ],
)
def test_case_and_spelling_of_an_address_do_not_count(engine: sa.Engine, written: str, typed: str) -> None:
    name = "Dana Straßmaier-Ozoliņa"
    dana = Reviewer(name=name, email=written, docspace_id=GUID)
    desk = make_desk(engine, owners=(written,), tell_contributors=True)
    desk.portal.people[GUID] = Person(id=GUID, name=name, email=written)
    opened = desk.open(event(actor=Person(id=GUID, name=name, email=written)))
    desk.answers.record_answer(
        build_answer_request(desk.open(event(file_id="f2")), reviewer=dana, note=f"as {name} says")
    )
    desk.deliver_all()
    if engine.dialect.name == "sqlite":
        leave_in_free_pages(engine, written.swapcase())

    erase(engine, typed)

    assert opened.contributors[0].email == written
    assert list_traces(engine, written, written.lower(), written.upper(), typed, name, GUID) == []


def leave_in_free_pages(engine: sa.Engine, address: str) -> None:
    """Delete rows as SQLite does by itself: what they said stays in the file."""
    with sqlite3.connect(str(engine.url.database)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        rows = [(f"c{number}", address) for number in range(200)]
        columns = "(id, email, browser, digest, sent_at, good_until)"
        insert = f"INSERT INTO codes {columns} VALUES (?, ?, '', '', '', '')"  # noqa: S608
        connection.executemany(insert, rows)
        connection.commit()
        connection.execute("DELETE FROM codes")
    connection.close()


def test_accounts_that_show_the_address_as_their_name_go(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    named = Person(id=GUID, name="Zora@example.com")
    for file_id, who in (
        ("f1", named),
        ("f2", Person(id=None, name=named.name)),
        ("f3", Person(id=GUID, name="Zo")),
    ):
        desk.open(event(file_id=file_id, actor=who))
    insert(
        engine, schema.accounts, {**make_account("U7777777", named.name, ""), "address": None, "email": None}
    )

    erase(engine, "zora@example.com")

    assert list_traces(engine, "zora@example.com", GUID, "U7777777") == []


def test_others_stay_as_they_are(engine: sa.Engine) -> None:
    desk = make_desk(engine, required=2)
    other = "joann@example.com"
    ann = Reviewer(name="Ann", email="ann@example.com", docspace_id="ann-1")
    desk.follow(routes(owners=(ann.email, other), required=2))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review, reviewer=ann, note="Annual figures are right"))
    joann = Reviewer(name="Joann Annson", email=other)
    desk.answers.record_answer(build_answer_request(review, reviewer=joann, note="as joann@example.com said"))

    erase(engine, "ANN@example.com")

    stored = desk.latest(review.file_id)
    assert stored.owners == ("erased", other)
    assert [each.reviewer.name for each in stored.answers] == ["erased", "Joann Annson"]
    assert [each.note for each in stored.answers] == ["Annual figures are right", "as joann@example.com said"]


def test_someone_who_shares_an_account_keeps_what_others_note_of_them(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    for number, name in enumerate(("team", "bob")):
        address = f"{name}@example.com"
        desk.follow(routes(owners=(address,)))
        review = desk.open(event(file_id=f"shared-{number}"))
        reviewer = Reviewer(name=f"{name.title()} Miller", email=address, docspace_id=GUID)
        desk.answers.record_answer(build_answer_request(review, reviewer=reviewer))
    desk.follow(routes())
    other = desk.open(event(file_id="f2"))
    desk.answers.record_answer(build_answer_request(other, note="Bob Miller has seen it"))

    erase(engine, "team@example.com")

    assert desk.latest("f2").answers[0].note == "Bob Miller has seen it"


def test_an_erasure_is_an_entry_that_names_no_one(engine: sa.Engine) -> None:
    live_through(engine)
    desk = make_desk(engine)
    texts = entry_texts(engine)

    erase(engine, DEPUTY)

    assert entry_texts(engine)[: len(texts)] == texts
    first = erasures(desk)[0]
    assert (first["review_id"], first["route"]) == (None, None)
    assert first["commitments"]
    names = {each["reviewer"]["name"] for each in desk.entries() if "reviewer" in each}
    assert names - {"Zoe Lark"} == {"erased"}


def entry_texts(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(
            connection.execute(sa.select(schema.ledger.c.entry).order_by(schema.ledger.c.seq)).scalars()
        )


def test_who_stops_in_between_goes_on_by_beginning_again(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    for number in range(3):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"f{number}"))))

    list(islice(erase_by_steps(engine, OWNER, max_reviews=1), 1))
    assert desk.verdict().problem is None
    assert list_traces(engine, OWNER)
    assert len(erasures(desk)) == 1

    erase(engine, OWNER)
    assert list_traces(engine, OWNER) == []
    count = len(erasures(desk))

    erase(engine, OWNER)
    assert len(erasures(desk)) == count


def test_large_reviews_are_changed_one_by_one(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=2)
    for number in range(8):
        desk.open(event(file_id=f"f{number}", actor=ALICE, trigger="file.created"))
    bulk = next(each for each in desk.reviews() if each.bulk)
    desk.answers.record_answer(build_answer_request(bulk))
    desk.follow(routes())
    for number in range(3):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"g{number}"))))
    count = len(desk.reviews())

    steps = list(erase_by_steps(engine, str(ALICE.email), max_entries=6))

    assert desk.verdict().problem is None
    assert sum(each.reviews for each in steps) == count
    assert [each.reviews for each in steps if each.entries > 6] == [1]
    assert len(steps) < count


def test_what_earlier_versions_wrote_stays_and_the_rows_with_it(engine: sa.Engine) -> None:
    desk = fill_record(engine)
    rewrite(engine)
    later = desk.answers.record_answer(build_answer_request(desk.latest("f3"), reviewer=DANA))

    erase(engine, OWNER)

    clear, mixed = desk.latest("f1"), desk.latest("f3")
    assert clear.answers[0].reviewer.email == OWNER
    assert mixed.owners == (OWNER,)
    assert mixed.answers[0].reviewer.name == "erased"
    assert later.id == mixed.id


def test_a_person_who_withdrew_an_answer_of_an_earlier_version_is_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))
    rewrite(engine)
    desk.answers.withdraw(make_review_request(review))

    erase(engine, OWNER)

    assert desk.latest(review.file_id).answers[0].reviewer.email == OWNER


@pytest.mark.parametrize("required", [2, None])
def test_a_review_keeps_its_state_when_all_who_answered_are_erased(
    engine: sa.Engine, required: int | None
) -> None:
    desk = make_desk(engine, owners=(OWNER, BOB.email, ALICE.email), required=required)
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))
    bob = Reviewer(name=BOB.name, email=BOB.email, docspace_id=BOB.id)
    state = desk.answers.record_answer(build_answer_request(review, reviewer=bob)).state

    for address in (ALICE.email, OWNER, BOB.email):
        erase(engine, str(address))

    assert desk.latest(review.file_id).state is state
    assert list_traces(engine, OWNER, str(BOB.email), str(ALICE.email)) == []


def test_a_bulk_review_is_found_by_no_one_who_was_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=2)
    for number in range(5):
        actor = BOB if number == 4 else ALICE
        desk.open(event(file_id=f"f{number}", actor=actor, trigger="file.created"))
    review = next(each for each in desk.reviews() if each.bulk)
    desk.answers.record_answer(build_answer_request(review))

    erase(engine, str(ALICE.email))

    assert list_traces(engine, str(ALICE.email), ALICE.name) == []
    with desk.transactions(reading=True) as work:
        files = work.bulk_files.list_files(review.id)
    assert {person.name for each in files for person in each.contributors} == {"erased", BOB.name}


def test_who_changed_a_file_of_a_bulk_review_earlier_is_erased_too(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=2)
    desk.portal.people[ALICE.id] = replace(ALICE, email="alice@example.org")
    for number in range(4):
        desk.open(event(file_id=f"f{number}", actor=ALICE, trigger="file.created"))
    desk.portal.people[ALICE.id] = ALICE
    for number in range(4):
        desk.portal.versions[f"f{number}"] += 1
        desk.open(event(file_id=f"f{number}", actor=BOB))
    desk.open(event(file_id="f9"))
    review = next(each for each in desk.reviews() if each.bulk)
    desk.answers.record_answer(build_answer_request(review))

    for address in (str(ALICE.email), "alice@example.org"):
        erase(engine, address)

    assert list_traces(engine, "alice@example.org", str(ALICE.email), ALICE.name) == []


def test_an_exchanged_value_is_found_after_an_erasure(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    row = schema.ledger_people.c
    with engine.begin() as connection:
        text = connection.execute(sa.select(row.disclosures).where(row.seq == 2)).scalar_one()
        exchanged = text.replace("Dana Ozola", "Mallory")
        connection.execute(sa.update(schema.ledger_people).where(row.seq == 2).values(disclosures=exchanged))

    list(erase_by_steps(engine, OWNER, max_reviews=1))

    problem = str(desk.verdict().problem)
    assert "entry 2" in problem


def test_who_opened_a_review_is_forgotten(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    review = desk.open(event())
    digest = list_person_digests([Reviewer(name="", email=OWNER)])[0]
    row = {"review_id": review.id, "revision": 1, "item": "page", "at": START}
    with engine.begin() as connection:
        connection.execute(
            sa.insert(schema.openings), [{**row, "person": each} for each in (digest, "0" * 32)]
        )

    erase(engine, OWNER)

    with engine.connect() as connection:
        assert list(connection.execute(sa.select(schema.openings.c.person)).scalars()) == ["0" * 32]


def test_sessions_and_links_end(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    desk.open(event())
    link = {"made_at": START, "good_until": START + timedelta(days=1)}
    with engine.begin() as connection:
        connection.execute(sa.insert(schema.sessions), [{"key": "k", "begun_at": START}])
        people = {"mine": make_proven_person(DANA), "other": make_proven_person(ILZE)}
        connection.execute(
            sa.insert(schema.sign_in_links),
            [{"id": key, "person": each.to_stored(), **link} for key, each in people.items()],
        )

    erase(engine, OWNER)

    with engine.connect() as connection:
        assert connection.execute(sa.select(schema.sessions)).all() == []
        assert list(connection.execute(sa.select(schema.sign_in_links.c.id)).scalars()) == ["other"]


def test_open_reviews_that_need_a_person_are_found(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    waiting, answered = desk.open(event()), desk.open(event(file_id="f2"))
    desk.answers.record_answer(build_answer_request(answered))

    assert find_open_reviews(engine, find_person(engine, OWNER.upper())) == [waiting.id]
    assert find_open_reviews(engine, find_person(engine, str(ALICE.email))) == [waiting.id]
    assert find_open_reviews(engine, find_person(engine, DEPUTY)) == []


def test_the_digest_of_a_person_ends_and_that_of_a_channel_stays(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    desk.open(event())
    row = {"notifier": "slack", "slot": "", "times": "daily 09:00", "handled_until": START, "made_by": OWNER}
    with engine.begin() as connection:
        targets = [f"@{OWNER}", "C1"]
        connection.execute(
            sa.insert(schema.review_digests), [{**row, "target": target} for target in targets]
        )

    erase(engine, OWNER)

    with engine.connect() as connection:
        [remaining] = connection.execute(sa.select(schema.review_digests)).all()
    assert (remaining.target, remaining.made_by) == ("C1", "erased")
