"""The quick way to check an entry says the same as the slow one, whatever its text is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.ledger.hash_chain import LedgerBroken, chain_entry, encode_canonical, parse_entry, verify
from store.quick_proof import prove, read_to_verify
from tests.reviews.entries import EMPTY, names, values

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ledger.hash_chain import ReadEntry, Verdict

odd_names = names | st.sampled_from(["hash", "prev_hash", "\ue000", "\U0001f600", "\ufb33", "é"])
PIECES = ("", " ", "0", "-", ".5", "e3", '"', ",", '"a":1,', "\\u0041", "{", "]")
bodies = st.dictionaries(
    odd_names.filter(lambda name: name not in {"seq", "hash", "prev_hash"}),
    values | st.dictionaries(odd_names, values, max_size=3),
    max_size=4,
)
ODD_VALUES = (
    *("1.5", "-0", "1e3", "1E400", "NaN", "Infinity", "-Infinity", "9007199254740991", "9007199254740992"),
    *("[1.5]", '{"a":1.5}', '[{"a":-2.5},1]', "1e16", "1e+16", "5e-324", "-0.0", "18446744073709551616"),
    *("-9007199254740991", "99999999999999999", "123456789012345", "1234567890123456", "1" * 5000, "007"),
    *(r'"\ud800"', r'"é"', r'"\u0041"', r'"\/"', '"\ud800"', '"\U0001f600"', '"\x7f"', '"\x01"', '" "'),
    *('{"b":1,"a":2}', '{"a":1,"a":1}', '{"\ue000":1,"\U0001f600":2}', '{"\U0001f600":2,"\ue000":1}'),
    *("[" * 200 + "]" * 200, "[" * 2000 + "]" * 2000, "[" * 50_000 + "]" * 50_000, "[1,]"),
    *("{", "'a'", "true"),
    '{"hash":"HASH","x":1}',
)


def check_slowly(text: str) -> Verdict:
    return check(text, lambda text: parse_entry(text, label="line 1"))


def check_quickly(text: str) -> Verdict:
    return check(text, lambda text: read_to_verify(text, label="line 1"))


def check(text: str, how: Callable[[str], Any]) -> Verdict:
    def entries() -> Any:
        yield how(text)

    return verify(entries())


def sealed(text: str) -> str:
    """Return a text with the hash that its bytes have without it, as a forger would calculate it."""
    rest = text.replace('"hash":"HASH",', "", 1)
    digest = hashlib.sha256(rest.encode("utf-8", "surrogatepass")).hexdigest()
    return text.replace("HASH", digest)


@settings(deadline=None)
@given(body=bodies)
@example(body={"\ue000": 1, "\U0001f600": 2})
@example(body={"a": {"hash": "x"}})
def test_an_entry_of_ours_holds_either_way(body: dict[str, Any]) -> None:
    text = encode_canonical(chain_entry(EMPTY, body)).decode()

    assert check_quickly(text) == check_slowly(text)
    assert check_quickly(text).intact


@settings(deadline=None)
@given(body=bodies, data=st.data())
def test_a_text_that_was_changed_anywhere_is_judged_alike(body: dict[str, Any], data: st.DataObject) -> None:
    text = encode_canonical(chain_entry(EMPTY, body)).decode()
    place = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(place, min(place + 3, len(text))))
    piece = data.draw(st.sampled_from(PIECES))

    changed = text[:place] + piece + text[end:]

    assert check_quickly(changed) == check_slowly(changed)


@settings(deadline=None)
@given(body=bodies, spaces=st.booleans(), as_ascii=st.booleans(), backwards=st.booleans())
def test_the_same_entry_written_otherwise_is_judged_alike(
    body: dict[str, Any], *, spaces: bool, as_ascii: bool, backwards: bool
) -> None:
    entry = json.loads(encode_canonical(chain_entry(EMPTY, body)))
    pairs = reversed(entry.items()) if backwards else iter(entry.items())
    text = json.dumps(dict(pairs), ensure_ascii=as_ascii, separators=None if spaces else (",", ":"))

    assert check_quickly(text) == check_slowly(text)
    assert check_quickly(text).intact, "the hash is of what the text says"


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(value[:24]))
@pytest.mark.parametrize("name", ["a", "z"])
def test_a_forged_text_with_the_hash_of_its_bytes_is_judged_alike(name: str, value: str) -> None:
    members = [f'"{name}":{value}', '"hash":"HASH"', f'"prev_hash":"{EMPTY.hash}"', '"seq":1']
    members = members if name < "h" else [*members[1:], members[0]]

    for text in (f"{{{','.join(members)}}}", f"{{{','.join([*members, members[0]])}}}"):
        assert check_quickly(sealed(text)) == check_slowly(sealed(text))


@pytest.mark.parametrize(("depth", "is_proven"), [(50, True), (51, False)])
def test_what_is_nested_deeper_than_entries_are_is_not_proven(depth: int, *, is_proven: bool) -> None:
    value = "[" * depth + "]" * depth
    text = sealed(f'{{"a":{value},"hash":"HASH","prev_hash":"{EMPTY.hash}","seq":1}}')

    assert (prove(text.encode()) is not None) == is_proven
    assert check_quickly(text).intact


def test_what_is_proven_is_the_entry_itself() -> None:
    entry = chain_entry(EMPTY, {"title": "Vertrag für Zoë.docx", "people": [{"name": "ß"}], "number": 5})
    text = encode_canonical(entry).decode()

    read: ReadEntry = read_to_verify(text, label="line 1")

    assert (read.entry, read.proven) == (entry, True)
    assert prove(text.replace("5", "6").encode()) is None
    with pytest.raises(LedgerBroken, match="is not JSON"):
        read_to_verify(text[:-1], label="line 1")
