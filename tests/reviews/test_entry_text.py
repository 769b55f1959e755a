"""The text of an entry: one way to write it, and one way only to read it."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.ledger.hash_chain import LedgerBroken, chain_entry, encode_canonical, parse_entry
from tests.reviews.entries import EMPTY, names, values, words


@settings(deadline=None, max_examples=60)
@given(entry=st.dictionaries(names | words, values, max_size=5))
def test_the_encoding_is_that_of_rfc_8785(entry: Any) -> None:
    assert encode_canonical(entry) == rfc8785.dumps(entry)


def test_members_are_ordered_as_utf_16_orders_them() -> None:
    entry: Any = {"\ufb33": 1, "\U0001f600": 2, "z": {"\uffff": 3, "\U00010000": 4}}

    assert encode_canonical(entry) == rfc8785.dumps(entry)


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400])
def test_a_number_that_rfc_8785_does_not_know_is_never_written(number: int) -> None:
    with pytest.raises(rfc8785.IntegerDomainError):
        rfc8785.dumps({"version": number})

    with pytest.raises(ValueError, match="53 bits"):
        chain_entry(EMPTY, {"version": number})


@settings(deadline=None, max_examples=60)
@given(entry=st.dictionaries(names | words, values, max_size=5))
def test_an_entry_is_read_as_it_was_written(entry: Any) -> None:
    assert parse_entry(encode_canonical(entry).decode(), label="line 1") == entry


UNREADABLE = {
    "no JSON": ("{", "line 7 is not JSON"),
    "nothing": ("", "line 7 is not JSON"),
    "a list": ("[]", "line 7 is no entry"),
    "a bare word": ("null", "line 7 is no entry"),
    "a member twice": ('{"title": "shown", "seq": 1, "title": "hashed"}', "line 7 says 'title' twice"),
    "a member twice, deep inside": ('{"reviewer": {"name": "a", "name": "b"}}', "line 7 says 'name' twice"),
    "a member twice in two spellings": ('{"a": 1, "\\u0061": 2}', "line 7 says 'a' twice"),
    "a fraction": ('{"version": 4.0}', "line 7 holds the number '4.0'"),
    "an exponent": ('{"version": 1e2}', "line 7 holds the number '1e2'"),
    "no number": ('{"version": NaN}', "line 7 holds the number 'NaN'"),
    "endlessness": ('{"version": -Infinity}', "line 7 holds the number '-Infinity'"),
    "a number with too many digits": (f'{{"seq": {"9" * 5000}}}', "line 7 holds the number '9999"),
    "a nest without end": ("[" * 100_000, "line 7 is not JSON"),
}


@pytest.mark.parametrize(("text", "problem"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_text_that_readers_could_read_differently_is_a_problem_in_words(text: str, problem: str) -> None:
    with pytest.raises(LedgerBroken) as broken:
        parse_entry(text, label="line 7")

    assert str(broken.value).startswith(problem)
    assert len(str(broken.value)) < 120
