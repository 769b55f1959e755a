"""Whom an address means, and which texts and stored values name them."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from reviews.erasure.erased_person import ErasedPerson
from reviews.erasure.stored_values import erase_value, find_person_values
from reviews.identity import ERASED
from reviews.ledger.people_commitments import ERASED_PERSON, ERASED_REVIEWER
from reviews.wording import placeholders

ANN = ErasedPerson(
    address="Ann.Groß@Example.com",
    ids=frozenset({"g-1"}),
    chat_ids=frozenset({("slack", "U7")}),
    names=frozenset({"Ann Groß", "May", "José Miró"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "ann.gross@example.com",
        "<ANN.GROSS@EXAMPLE.COM>",
        "@ann.groß@example.com",
        "'ann.groß@example.com'",
        "*ann.groß@example.com*",
        "<mailto:|ann.groß@example.com>",
        "\u201cann.groß@example.com\u201d",
        "ask ann.groß@example.com.",
        "outcome:1:2:acknowledged:ann.gross@example.com",
        "as Ann Gross said",
        "as Ann  Gross said",
        "as Ann\nGross said",
        "as Ann\u00a0Groß said",
        "Jose\u0301 Miro\u0301",
        "JOSE\u0301 MIRÓ",
        "May",
        "Bob, May",
        "g-1",
        "U7",
    ],
)
def test_a_text_names_the_person(text: str) -> None:
    left = ANN.redact(text)

    assert left != text
    assert ANN.may_be_in(text)
    assert ANN.redact(left) == left


@pytest.mark.parametrize(
    "text",
    [
        "joann.gross@example.com",
        "jo.ann.gross@example.com",
        "jo-ann.gross@example.com",
        "ann.gross@example.com.au",
        "ann.gross@example.community",
        "o'ann.gross@example.com",
        "a&ann.gross@example.com",
        "a/ann.gross@example.com",
        "a=ann.gross@example.com",
        "o\u2019ann.gross@example.com",
        '"a"ann.gross@example.com',
        "'o'ann.gross@example.com'",
        "Ann Grossmann",
        "Bob, Ann Groß-Meyer",
        "Lea-Ann Groß",
        "Jose Miro",
        "in May we change this",
        "g-12",
        "U77",
        "",
    ],
)
def test_a_text_that_is_like_another_is_not_theirs(text: str) -> None:
    assert ANN.redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        'He wrote: "ann.gross@example.com approved it"',
        "ask **ann.gross@example.com**",
        "by _ann.gross@example.com_, __ann.gross@example.com__",
        "`ann.gross@example.com` (ann.gross@example.com)",
        "cc ola@example.com/ann.gross@example.com",
        "mail=ann.gross@example.com",
        "-ann.gross@example.com",
        "bob@example.com,ann.gross@example.com",
        "a|ann.gross@example.com|b",
        "<mailto:ann.gross@example.com|Ann>",
        "...ann.gross@example.com...",
        "ann.gross@example.com-",
        "https://example.com/?user=ann.gross%40example.com&tab=1",
        "https://example.com/?user%3DANN.GRO%C3%9F%40EXAMPLE.COM",
        "ann.gross@\u200bexam\u00adple.com, \ufeffann.gross\u2060@example.com\u200e",
    ],
)
def test_what_someone_wrote_loses_the_address_whatever_stands_around_it(text: str) -> None:
    left = ANN.redact_writing(text)

    assert find_person_values(ANN, {"/note": text}) == {"/note"}
    assert ANN.may_be_in(text)
    assert "ann.gro" not in left.casefold()
    assert ANN.redact_writing(left) == left


@pytest.mark.parametrize(
    "address",
    [
        "joann.gross@example.com",
        "jo.ann.gross@example.com",
        "jo-ann.gross@example.com",
        "jo_ann.gross@example.com",
        "jo+ann.gross@example.com",
        "o'ann.gross@example.com",
        "o\u2019ann.gross@example.com",
        "ann.gross@example.com.au",
        "ann.gross@example.community",
        "ann.gross@example.com-au.net",
        "jo.ann.gross%40example.com",
        "jo%2Eann.gross%40example.com",
    ],
)
def test_what_someone_wrote_keeps_an_address_that_is_like_another(address: str) -> None:
    text = f"ask {address}, or '{address}'"

    assert find_person_values(ANN, {"/note": text}) == set()
    assert ANN.redact_writing(text) == text


@pytest.mark.parametrize("pointer", ["/owner", "/target", "/owners/0"])
def test_an_address_that_stands_alone_is_not_searched_for_another(pointer: str) -> None:
    assert find_person_values(ANN, {pointer: "a/ann.gross@example.com"}) == set()


@pytest.mark.parametrize("name", ["Ann  Groß", "Ann\tGROSS", "A\u200enn Gro\u200eß", "Jose\u0301 Miró"])
def test_where_a_stored_person_may_be_is_looked_for_them(name: str) -> None:
    stored = {"id": None, "name": name, "email": None}

    assert ANN.is_person(stored)
    assert ANN.may_be_in(json.dumps(stored, ensure_ascii=False))


def test_an_id_in_the_form_of_an_address_ends_where_an_address_does() -> None:
    person = ErasedPerson(address="ann@example.com", ids=frozenset({"ann@corp.example"}))

    assert person.redact("<ANN@corp.example>, *ann@corp.example*") == "<erased>, *erased*"
    for other in ("o'ann@corp.example", "jo.ann@corp.example", "a=ann@corp.example", "ann@corp.example.com"):
        assert person.redact(other) == other


def test_a_link_that_does_not_name_the_person_stays_encoded() -> None:
    text = "ann.gross@example.com: https://example.com/a%20b?c=50%25"

    assert ANN.redact_writing(text) == "erased: https://example.com/a%20b?c=50%25"
    assert not ANN.may_be_in("50% of https://example.com/a%20b")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a%00b%2Fc by ann.gross%40example.com", "a%00b%2Fc by erased"),
        (
            "https://a.example/?x=%26&u=%20ann.gross%40example.com%20&y=%C3",
            "https://a.example/?x=%26&u=%20erased%20&y=%C3",
        ),
        (
            "\U0001f469\u200d\U0001f4bb, a\u034f\u0301, ANN.GRO%c3%9F%40example.com, %E",
            "\U0001f469\u200d\U0001f4bb, a\u034f\u0301, erased, %E",
        ),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 ann.gross@\u200bexample.com",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 erased",
        ),
        ("Jos%65%CC%81%20Miro\u0301 %E2%80%8Band%20%41nn Gro%C3%9F", "erased %E2%80%8Band%20erased"),
    ],
)
def test_what_stands_around_an_encoded_mention_stays_as_it_is_stored(text: str, left: str) -> None:
    assert ANN.redact_writing(text) == left


def test_what_stands_between_mentions_stays() -> None:
    person = ErasedPerson(address="s@example.com", names=frozenset({"Ann S"}))

    assert person.redact("Ann S ANN S, e\u0301 Ann s") == "erased erased, \u00e9 erased"


def test_many_mentions_take_a_moment() -> None:
    count, started_at = 12_000, time.process_time()

    assert ANN.redact("Ann Groß, " * count) == "erased, " * count
    # A tenth of a second; minutes if the square of them counts.
    assert time.process_time() - started_at < 20


def test_a_text_keeps_what_else_it_says() -> None:
    text = "Straße: ANN GROSS (ann.groß@example.com) and Bob"

    assert ANN.redact(text) == "Straße: erased (erased) and Bob"


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"id": None, "name": "X", "email": "ANN.GROSS@EXAMPLE.COM"}, ERASED_PERSON),
        ({"id": "g-1", "name": "X", "email": None}, ERASED_PERSON),
        ({"id": None, "name": "Ann Groß", "email": None}, ERASED_PERSON),
        ({"id": "g-9", "name": "ANN.GROSS@example.com", "email": None}, ERASED_PERSON),
        (
            {"name": "X", "email": None, "docspace_id": None, "slack_user": "U7", "teams_user": None},
            ERASED_REVIEWER,
        ),
        ([{"whom": ["ann.gross@example.com", "b@example.com"]}], [{"whom": [ERASED, "b@example.com"]}]),
        ({"May": "May", "kind": "May", "note": None}, {"May": "May", "kind": "May", "note": None}),
        (
            {"lines": [{"who": "May\nBob"}], "route": "may"},
            {"lines": [{"who": "erased\nBob"}], "route": "may"},
        ),
    ],
)
def test_a_stored_value_loses_the_person(value: Any, left: Any) -> None:
    assert erase_value(ANN, value, texts={"who"}) == left


@pytest.mark.parametrize(
    "value",
    [
        {"id": "b0", "name": "Ann Groß", "email": "other@example.com"},
        {"id": "g-1", "name": "X", "email": "other@example.com"},
        {"name": "X", "email": "other@example.com", "docspace_id": "g-1", "slack_user": "U7"},
        {"id": "b0", "name": "Ann Groß", "email": None},
        {"name": "Bob", "email": None, "docspace_id": None, "slack_user": "U8", "teams_user": None},
        17,
        None,
    ],
)
def test_another_person_stays(value: Any) -> None:
    assert find_person_values(ANN, {"/reviewer": value}) == set()
    assert erase_value(ANN, {"who": [value]}) == {"who": [value]}


def test_what_proved_who_acted_goes_with_them() -> None:
    values = {"/reviewer": {"name": "X", "email": "ann.gross@example.com"}, "/proof": {"team": "T1"}}
    other = {"/reviewer": {"name": "Bob", "email": "b@example.com"}, "/proof": {"team": "T1"}}

    assert find_person_values(ANN, {**values, "/note": "Fine"}) == {"/reviewer", "/proof"}
    assert find_person_values(ANN, other) == set()
    assert find_person_values(ANN, {**other, "/proof": {"user": "U7"}}) == set()


def test_ids_are_taken_from_those_who_have_the_address() -> None:
    stored = {"name": "Annie", "email": "ann.gross@EXAMPLE.com", "docspace_id": "g-2", "slack_user": "U9"}
    person = ANN.with_object(stored)

    assert person.all_ids == {"g-1", "g-2", "U7", "U9"}
    assert "annie" in person.names


@pytest.mark.parametrize("name", ["Ann Groß-Meyer", "Lea-Ann Groß", "Lea Ann Groß", "Ann Groß Meyer"])
def test_another_name_that_contains_theirs_stays_in_the_ledger(name: str) -> None:
    assert (
        find_person_values(ANN, {"/acknowledged_by/0": name, "/by": {"name": name, "email": None}}) == set()
    )
    assert find_person_values(ANN, {"/acknowledged_by/0": "ANN  Gross"}) == {"/acknowledged_by/0"}


@pytest.mark.parametrize(
    ("text", "in_list", "in_writing"),
    [
        ("Bea Groß, Ann Ito", "Bea Groß, Ann Ito", "Bea Groß, Ann Ito"),
        ("Bea  Groß,  Ann  Ito", "Bea  Groß,  Ann  Ito", "Bea  Groß,  Ann  Ito"),
        ("Bob, Groß, Ann, Cy", f"Bob, {ERASED}, Cy", f"Bob, {ERASED}, Cy"),
        ("by Groß, Ann", "by Groß, Ann", f"by {ERASED}"),
        ("first:\n Groß, Ann asked", "first:\n Groß, Ann asked", f"first:\n{ERASED} asked"),
    ],
)
def test_a_name_with_the_last_word_first_is_no_part_of_two_others(
    text: str, in_list: str, in_writing: str
) -> None:
    assert (ANN.redact(text), ANN.redact_writing(text)) == (in_list, in_writing)


def test_an_account_without_an_address_that_is_called_by_it_is_theirs() -> None:
    called = {"id": "g-9", "name": "ann.gross@example.com", "email": None}

    assert ANN.with_object(called) == replace(ANN, ids=frozenset({"g-1", "g-9"}))
    assert not ANN.is_person({**called, "email": "other@example.com"})


def test_nothing_is_taken_of_someone_who_shares_an_id() -> None:
    assert not ANN.is_person({"id": "g-1", "name": "Bob Miller", "email": "other@example.com"})
    assert "a. gross" in ANN.with_object({"id": "g-1", "name": "A. Groß", "email": None}).names


@pytest.mark.parametrize("name", [placeholders.REMOVED_PERSON, placeholders.UNNAMED_PERSON, ERASED, ""])
def test_a_placeholder_is_no_name_of_theirs(name: str) -> None:
    person = ANN.with_object({"id": "g-1", "name": name, "email": None})

    assert person.names == ANN.names
    assert not person.is_person({"id": None, "name": name, "email": None})


def test_readers_see_that_someone_was_erased_in_their_language() -> None:
    assert placeholders.ERASED_PERSON == ERASED
    assert not placeholders.has_name(ERASED)
