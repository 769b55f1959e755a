"""Erasing one person leaves all others, and the words of the program, as they are."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.acts import ActKind
from reviews.identity import Person, Reviewer
from reviews.kinds import CardState, ChangeKind, EventState, ReviewState
from reviews.notice import NoticeKind
from store import schema
from store.notice_rows import UNUSED_MEMBERS
from tests.databases import ON_SQLITE
from tests.erasure.command import erase, verify
from tests.erasure.erasing import list_traces
from tests.erasure.people import SAID, insert, make_account, make_desk
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import OWNER, START, event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

WORD_TYPES: tuple[type[StrEnum], ...] = (
    NoticeKind,
    ChangeKind,
    ReviewState,
    EventState,
    CardState,
    ActKind,
)
EVENT_MEMBERS = ("webhook_id", "trigger", "parent_id", "title", "actor", "occurred_at", "version", "link")
OTHER_WORDS = ("id", "name", "email", "Compliance", "paper", "slack", "sweep", "minute", "people")


@pytest.mark.parametrize(
    "other", ["o'brien@example.com", "a&brien@example.com", "a/brien@example.com", "a=brien@example.com"]
)
def test_another_address_that_ends_alike_stays(engine: sa.Engine, other: str) -> None:
    desk = make_desk(engine, owners=(other,))
    insert(engine, schema.accounts, make_account("U7777777", "Kate O'Brien", other))
    opened = desk.open(event())
    kate = Reviewer(name="Kate O'Brien", email=other, chat_ids={"slack": "U7777777"})
    desk.answers.record_answer(build_answer_request(opened, reviewer=kate))

    erase(desk, "brien@example.com", "--yes")

    assert desk.latest(opened.file_id).answers[0].reviewer.email == other
    assert list_traces(engine, "U7777777") == ["U7777777"]


@pytest.mark.parametrize(
    "note", ['"brien@example.com approved it"', "**brien@example.com**", "-brien@example.com"]
)
def test_a_note_goes_however_the_address_is_set_in_it(engine: sa.Engine, note: str) -> None:
    desk = make_desk(engine)
    desk.answers.record_answer(build_answer_request(desk.open(event()), note=note))

    assert erase(desk, "brien@example.com", "--yes").code == 0

    assert list_traces(engine, "brien@example.com") == []
    assert verify(desk).code == 0


def test_a_text_in_which_a_link_encodes_what_no_database_stores_loses_the_address(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    sentence = "https://a.example/%00%2F?by="
    alarm = {"key": "x", "sentence": f"{sentence}brien%40example.com", "since": START, "seen_at": START}
    insert(engine, schema.alarms, {**alarm, "told": False, "flaps": False})

    assert erase(desk, "brien@example.com", "--yes").code == 0

    with engine.connect() as connection:
        assert connection.execute(sa.select(schema.alarms.c.sentence)).scalar_one() == f"{sentence}erased"


def test_another_address_with_the_same_account_stays(engine: sa.Engine) -> None:
    addresses = ("team@example.com", "boss@example.com")
    desk = make_desk(engine, owners=addresses)
    for email in addresses:
        opened = desk.open(event(file_id=email[:4]))
        reviewer = Reviewer(name=email.split("@")[0], email=email, docspace_id="shared-guid")
        desk.answers.record_answer(build_answer_request(opened, reviewer=reviewer))
    before = desk.latest("boss").answers[0]

    assert erase(desk, "team@example.com", "--yes").code == 0

    after = desk.latest("boss").answers[0]
    assert (after.reviewer, after.proof) == (before.reviewer, before.proof)
    assert list_traces(engine, "team@example.com") == []
    assert verify(desk).code == 0


@ON_SQLITE
@pytest.mark.parametrize(("member", "goes"), [("other_emails", True), ("organization", False)])
def test_an_account_is_theirs_by_its_addresses_alone(engine: sa.Engine, member: str, *, goes: bool) -> None:
    desk = make_desk(engine)
    value = ["leaver@example.com"] if member == "other_emails" else "of leaver@example.com"
    description = {**SAID, member: value}
    insert(engine, schema.accounts, make_account("U7777777", "Bo", "bo@example.com", said=description))

    erase(desk, "leaver@example.com", "--yes")

    assert list_traces(engine, "U7777777") == ([] if goes else ["U7777777"])


def test_a_group_keeps_its_other_members(engine: sa.Engine) -> None:
    desk = make_desk(engine, owners=("@team",), deputies=())
    members = ["leaver@example.com", "stay@example.com"]
    insert(
        engine,
        schema.groups,
        {"name": "@team", "members": members, "said": {"id": "S1"}, "seen_at": START},
    )
    opened = desk.open(event())

    erase(desk, "leaver@example.com", "--yes")

    who_stays = Reviewer(name="Stay", email="stay@example.com")
    desk.answers.record_answer(build_answer_request(opened, reviewer=who_stays))
    assert list_traces(engine, "leaver@example.com") == []


def test_two_people_who_caused_floods_in_one_folder_are_both_erased(engine: sa.Engine) -> None:
    desk = make_desk(engine, bulk=3)
    people = [
        Person(id=f"{n}f0c9a52-8d3e-4c57-9b1c-0a5d6de7b9aa", name=f"{n} Moreau", email=f"p{n}@example.com")
        for n in (1, 2)
    ]
    for who in people:
        for number in range(8):
            desk.clock.advance(seconds=90)
            change = event(file_id=f"{who.email}-{number}", actor=who, occurred_at=desk.clock())
            desk.intake.process(desk.receive(change))
        desk.clock.advance(hours=5)
    for review in desk.reviews():
        if review.state is ReviewState.OPEN:
            desk.answers.record_answer(build_answer_request(review))

    assert [erase(desk, str(who.email), "--yes").code for who in people] == [0, 0]
    assert list_traces(engine, *(str(who.id) for who in people)) == []


def iterate_words() -> Iterator[str]:
    for words in WORD_TYPES:
        yield from words
    yield from (*UNUSED_MEMBERS, *EVENT_MEMBERS, *OTHER_WORDS)


@ON_SQLITE
def test_a_name_that_is_a_word_of_the_program_damages_no_row(engine: sa.Engine) -> None:
    desk = make_desk(engine, due=timedelta(hours=8), remind=timedelta(hours=2))
    desk.open(event())
    desk.clock.advance(hours=3)
    desk.look()
    words = sorted(set(iterate_words()))
    rows = [
        {"id": f"g-{number}", "name": word, "email": "shared@example.com", "seen_at": START}
        for number, word in enumerate(words)
    ]
    insert(engine, schema.people, *rows)
    before = read_stored(engine)

    done = erase(desk, "shared@example.com", "--yes")
    assert done.code == 0, done.out + done.err

    assert read_stored(engine) == before
    assert len(desk.events()) == 1
    assert desk.notices()
    desk.deliver_all()
    assert all(card.message_id for card in desk.latest("3358285").cards)


def read_stored(engine: sa.Engine) -> list[Any]:
    columns = (schema.events.c.said, schema.cards.c.notice)
    with engine.connect() as connection:
        stored = [
            text
            for each in columns
            for text in connection.execute(sa.select(sa.cast(each, sa.Text))).scalars()
        ]
    return [json.loads(text) if text else None for text in stored]


def test_a_row_that_names_another_account_is_shown_before_it_counts(engine: sa.Engine) -> None:
    desk = make_desk(engine)
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    planted = {"address": "leaver@example.com", "account": "olga-guid", "asked_at": START}
    insert(engine, schema.docspace_accounts, planted)

    done = erase(desk, "leaver@example.com", "--yes")

    assert "Whoever has one of 0 names and 1 account is taken for this person." in done.out
    assert list_traces(engine, OWNER) == [OWNER]
