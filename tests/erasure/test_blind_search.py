"""`people erase` says *complete* only after a search of the database that knows no list of places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from reviews.erasure.erased_person import ErasedPerson
from reviews.erasure.remaining_mentions import ANOTHER, BlindSearch
from reviews.erasure.table_rules import DOCUMENT, ROUTE
from reviews.identity import Person
from store.schema import accounts, answers, cards, people, review_index
from tests.erasure.closed_desk import open_closed_desk
from tests.erasure.command import erase, verify
from tests.erasure.people import insert, make_account
from tests.reviews.desk import DANA
from tests.reviews.samples import OWNER, START

if TYPE_CHECKING:
    import pytest

    from tests.reviews.desk import Desk

SAME_NAME = Person(id="d-2", name=DANA.name, email="other.dana@example.com")


def erase_with_json(desk: Desk) -> tuple[int, dict[str, Any]]:
    done = erase(desk, OWNER, "--yes", "--json")
    assert OWNER not in done.out + done.err
    return done.code, json.loads(done.out)


def test_a_table_that_no_list_of_ours_has_keeps_an_erasure_from_being_complete(engine: sa.Engine) -> None:
    desk = open_closed_desk(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql('CREATE TABLE "Old copy" (number INTEGER, "Kept by hand" TEXT)')
        rows = [{"text": text} for text in (f"for {OWNER.upper()}", "Ozola,  Dana", "Bob")]
        connection.execute(sa.text('INSERT INTO "Old copy" ("Kept by hand") VALUES (:text)'), rows)

    assert erase_with_json(desk)[0] == 1
    # Who the person is stays until then: the second run finds the name too.
    code, printed = erase_with_json(desk)
    assert (code, printed["complete"]) == (1, False)
    assert printed["left"] == [{"table": "Old copy", "column": "Kept by hand", "rows": 2}]
    assert "That table is not one of this program" in erase(desk, OWNER, "--yes").err
    with engine.begin() as connection:
        connection.exec_driver_sql('DROP TABLE "Old copy"')

    code, printed = erase_with_json(desk)

    assert (code, printed["complete"], printed["left"]) == (0, True, [])
    assert verify(desk).code == 0


def test_a_column_of_ours_that_names_no_one_is_searched_too(engine: sa.Engine) -> None:
    desk = open_closed_desk(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(answers).values(sha256=f"by {DANA.name}", not_read=f"by {DANA.name}"))

    code, printed = erase_with_json(desk)

    assert (code, printed["left"]) == (1, [{"table": "answers", "column": "not_read", "rows": 1}])
    assert printed["still_named"] == [
        {"table": "answers", "column": "sha256", "rows": 1, "reason": DOCUMENT},
    ]


def test_while_something_is_left_each_run_finds_it(engine: sa.Engine) -> None:
    """Also where it stands beside what goes last: who the person is stays until then."""
    desk = open_closed_desk(engine)
    insert(engine, accounts, make_account("U1", DANA.name, OWNER))
    insert(engine, review_index, {"value": f"for {DANA.name}", "kind": "owner", "seq": 999})
    left = [{"table": "review_index", "column": "value", "rows": 1}]

    for _ in range(2):
        code, printed = erase_with_json(desk)
        assert (code, printed["complete"], printed["left"]) == (1, False, left)
    with engine.begin() as connection:
        connection.execute(sa.delete(review_index).where(review_index.c.value.like("for %")))

    assert erase_with_json(desk)[0] == 0


@given(
    name=st.sampled_from(("Ann Gross", "Zo\u00eb", "J\u00f6rg van der M\u00fchle")),
    before=st.sampled_from(("as ", "by Bob Chen and", "", "Bob, ", "first:\n")),
    space=st.sampled_from((" ", "  ", "\u00a0", "\n")),
    after=st.sampled_from(("", " asked", ", Bob", "  and Bob", "'s")),
    last_first=st.booleans(),
)
def test_what_the_search_finds_in_a_note_is_what_is_taken_out_of_it(
    name: str, before: str, space: str, after: str, *, last_first: bool
) -> None:
    person = ErasedPerson(address="ann@example.com", names=frozenset({name}))
    search = BlindSearch(person, clear_entries=False)
    *first, last = name.split()
    words = [f"{last},", *first] if last_first and first else name.split()
    for written in (space.join(words), normalize("NFD", space.join(words)).upper()):
        note = f"{before}{space}{written}{after}"

        assert None not in list(search.find("answers", "note", person.redact_writing(note))), note


def test_another_person_of_the_name_and_a_title_are_listed_and_stay(engine: sa.Engine) -> None:
    desk = open_closed_desk(engine)
    insert(
        engine,
        people,
        {"id": SAME_NAME.id, "name": SAME_NAME.name, "email": SAME_NAME.email, "seen_at": START},
    )
    with engine.begin() as connection:
        notice = {
            "title": f"Contract of {DANA.name}",
            "most_left": [{"person": {"name": DANA.name, "email": OWNER}, "needed": 2}],
        }
        connection.execute(sa.update(cards).values(notice=notice))

    code, printed = erase_with_json(desk)

    assert (code, printed["complete"], printed["left"]) == (0, True, [])
    places = {f"{each['table']}.{each['column']}": each["reason"] for each in printed["still_named"]}
    assert places == {"cards.notice": DOCUMENT, "people.name": ANOTHER}
    with engine.connect() as connection:
        notices = connection.execute(sa.select(cards.c.notice)).scalars().all()
    assert all(each["most_left"][0]["person"]["name"] == "erased" for each in notices)


def test_what_a_text_means_is_told_apart(subtests: pytest.Subtests) -> None:
    ann = ErasedPerson(address="ann@example.com", names=frozenset({"Ann Gross", "Zo\u00eb", "Compliance"}))
    search = BlindSearch(ann, clear_entries=False)
    cases: list[tuple[str, str, Any, list[str | None]]] = [
        ("cards", "error", "no one", []),
        ("cards", "error", "as ANN@example.com said", [None]),
        ("cards", "error", "mailto:ann%40example.com", [None]),
        ("cards", "error", "joann@example.com", [ANOTHER]),
        ("cards", "error", "Joann Grossmann", [ANOTHER]),
        ("cards", "error", "ANN\n gross", [None]),
        ("cards", "error", "Gross, Ann", [None]),
        ("cards", "error", "Bob Chen and Zoe\u0308", [None]),
        ("cards", "error", "Zo\u00eb's cat", []),
        ("cards", "notice", '{"note": "Ann\\u0020Gross"}', [None]),
        ("cards", "notice", {"route": "compliance"}, [ROUTE]),
        ("cards", "notice", {"name": "Ann Gross", "email": "ann2@example.com"}, [ANOTHER]),
        ("tallies", "label", "compliance", []),
        ("foreign", "any", b"ann@example.com", [None]),
        ("foreign", "any", [{"deep": ["Ann Gross"]}], [None]),
    ]
    for table, column, value, expected in cases:
        with subtests.test(table=table, column=column, value=value):
            assert list(search.find(table, column, value)) == expected
