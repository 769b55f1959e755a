"""Lines of an export: from an entry and back again, and what can't have been an entry is named."""

from __future__ import annotations

from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.ledger.exported_entries import format_exported_entry, restore_stored_entry
from reviews.ledger.hash_chain import LedgerBroken, chain_entry, encode_canonical, hash_entry, parse_entry
from reviews.ledger.people_commitments import commit_people
from tests.reviews.entries import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ledger.exported_entries import RestoredEntry

DANA = {"id": "7", "name": "Dana Ozola", "email": "dana@example.com"}
ZOE = {"id": None, "name": "Zoë", "email": None}
BODY = {
    "type": "review:acknowledged",
    "review_id": "rev-1",
    "title": "AML Policy 2026.docx",
    "reviewer": {"name": "Dana Ozola", "email": "dana@example.com"},
    "contributors": [DANA, ZOE],
    "acts": [{"kind": "renamed", "people": [DANA]}],
    "note": None,
    "owners": ["dana@example.com"],
}
PLACES = ["/acts/0/people/0", "/contributors/0", "/contributors/1", "/owners/0", "/reviewer"]


def commit(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, Any]]]:
    """Return an entry as it is stored, and what stands beside it."""
    numbers = count()
    committed, disclosures = commit_people(body, make_salt=lambda: f"salt-{next(numbers)}")
    return chain_entry(EMPTY, committed), disclosures


ENTRY, DISCLOSURES = commit(BODY)


def write(*, erased: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the line of the entry, some of whose people were erased."""
    disclosed = {pointer: value for pointer, value in DISCLOSURES.items() if pointer not in erased}
    return format_exported_entry(ENTRY, disclosed)


def restore(line: Mapping[str, Any]) -> RestoredEntry:
    return restore_stored_entry(line, label="line 4")


def test_a_line_has_the_people_in_clear_and_their_salts() -> None:
    line = write()

    assert line.pop("salts") == {pointer: DISCLOSURES[pointer][0] for pointer in DISCLOSURES}
    assert line == {**BODY, "seq": 1, "prev_hash": EMPTY.hash, "hash": ENTRY["hash"]}


def test_an_erased_place_keeps_its_commitment_and_is_listed() -> None:
    line = write(erased=("/contributors/0", "/reviewer"))

    assert line["erased"] == ["/contributors/0", "/reviewer"]
    assert line["reviewer"] == ENTRY["reviewer"]
    assert line["contributors"] == [ENTRY["contributors"][0], ZOE]
    assert sorted(line["salts"]) == ["/acts/0/people/0", "/contributors/1", "/owners/0"]
    assert "salts" not in write(erased=tuple(DISCLOSURES))


def test_an_entry_that_commits_to_nothing_is_its_own_line() -> None:
    entry = chain_entry(EMPTY, BODY)

    assert format_exported_entry(entry, {}) == entry
    assert restore(entry) == (entry, encode_canonical(entry), {}, {})


@pytest.mark.parametrize("erased", [(), ("/reviewer",), ("/acts/0/people/0", "/owners/0"), tuple(PLACES)])
def test_a_line_is_restored_to_the_entry_that_was_hashed(erased: tuple[str, ...]) -> None:
    line = parse_entry(encode_canonical(write(erased=erased)).decode(), label="line 4")
    before = deepcopy(line)

    restored = restore(line)

    assert (restored.entry, restored.encoded) == (ENTRY, encode_canonical(ENTRY))
    assert restored.disclosures == {place: DISCLOSURES[place] for place in PLACES if place not in erased}
    assert sorted(restored.erased) == sorted(erased)
    assert line == before


def change(**members: Any) -> dict[str, Any]:
    return {**write(erased=("/reviewer",)), **members}


SALTS = change()["salts"]
COMMITMENT = ENTRY["reviewer"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (change(salts={}), "has 'salts' that are no object of texts"),
        (change(erased=[]), "has 'erased' that is no list of texts"),
        (change(salts=["/owners/0"]), "has 'salts' that are no object of texts"),
        (change(salts={"/owners/0": 7}), "has 'salts' that are no object of texts"),
        (change(salts={**SALTS, "/owners/1": "x"}), "has a salt for '/owners/1', which is no place in it"),
        (change(salts={**SALTS, "/owners/00": "x"}), "has a salt for '/owners/00', which is no place in it"),
        (change(salts={**SALTS, "/owners/²": "x"}), "has a salt for '/owners/²', which is no place in it"),
        (change(salts={**SALTS, "/deputies": "x"}), "has a salt for '/deputies', which is no place in it"),
        (change(salts={**SALTS, "/title/0": "x"}), "has a salt for '/title/0', which is no place in it"),
        (change(salts={**SALTS, "": "x"}), "has a salt for '', which is no place in it"),
        (change(salts={**SALTS, "title": "x"}), "has a salt for 'title', which is no place in it"),
        (change(salts={**SALTS, "/salts": "x"}), "has a salt for '/salts', which is no place in it"),
        (change(salts={**SALTS, "/reviewer": "x"}), "has a salt for '/reviewer', and no value there"),
        (change(salts={**SALTS, "/owners/0/x": ""}), "has a salt for '/owners/0/x', which is no place in it"),
        (change(salts={**SALTS, "/contributors/0/name": "x"}), "'/contributors/0/name', which is no place"),
        (change(salts={"/contributors/0/name": "x", **SALTS}), "/name', which is part of another value"),
        (change(salts={**SALTS, "/reviewer/commitment": "x"}), "'/reviewer' as erased, and has a value"),
        (change(owners=[COMMITMENT]), "has a salt for '/owners/0', and no value there"),
        (change(note=COMMITMENT), "has no value at '/note', and does not name it as erased"),
        ({k: v for k, v in change().items() if k != "erased"}, "has no value at '/reviewer', and does not"),
        (change(erased="/reviewer"), "has 'erased' that is no list of texts"),
        (change(erased=["/reviewer", 7]), "has 'erased' that is no list of texts"),
        (change(erased=["/reviewer", "/reviewer"]), "names '/reviewer' twice as erased"),
        (change(erased=["/reviewer", "/note"]), "names what is erased in another order than an export"),
        (change(erased=["/note", "/reviewer"]), "names '/note' as erased, and has a value there"),
        (change(erased=["/by", "/reviewer"]), "names '/by' as erased, which is no place in it"),
        (change(erased=["/owners/0", "/reviewer"]), "names '/owners/0' as erased, and has a value there"),
        (change(erased=["/reviewer/commitment"]), "names '/reviewer/commitment' as erased, and has a value"),
        (change(reviewer={"commitment": "a" * 63}), "names '/reviewer' as erased, and has a value there"),
        (change(erased=["/" + "x" * 5000]), "names '/xxxx"),
        (change(salts={"/owners/" + "9" * 5000: "x"}), "has a salt for '/owners/999"),
        (change(erased=["/owners" * 5000]), "names '/owners/owners"),
    ],
)  # fmt: skip
def test_what_no_export_writes_is_named(line: dict[str, Any], says: str) -> None:
    with pytest.raises(LedgerBroken) as broken:
        restore(line)

    assert str(broken.value).startswith("line 4 ")
    assert says in str(broken.value)
    assert len(str(broken.value)) < 200


@pytest.mark.parametrize(
    "line",
    [
        change(salts={**SALTS, "/title": "x"}),
        change(salts={**SALTS, "/owners/0": "another"}),
        change(owners=["other@example.com"]),
        change(reviewer={"commitment": "a" * 64}),
    ],
)
def test_what_the_entry_does_not_commit_to_ends_up_at_another_hash(line: dict[str, Any]) -> None:
    restored = restore(line)

    assert hash_entry(restored.entry) != restored.entry["hash"]


@pytest.mark.parametrize("value", [1.5, 2**60, "\ud800"])
def test_a_value_that_no_entry_may_hold_has_no_encoding(value: Any) -> None:
    assert restore(change(owners=[value])).encoded is None
    assert restore(change(title=value)).encoded is None


def test_values_beside_an_entry_that_it_has_no_place_for_are_not_exported() -> None:
    with pytest.raises(
        LedgerBroken, match="entry 1 has no commitment at '/by', and a value stands beside it"
    ):
        format_exported_entry(ENTRY, {**DISCLOSURES, "/by": ("salt", DANA)})
    with pytest.raises(LedgerBroken, match="entry 1 has a member 'salts', which an export adds"):
        format_exported_entry({**ENTRY, "salts": {}}, DISCLOSURES)


texts = st.text(max_size=8)
people = st.fixed_dictionaries({"id": texts | st.none(), "name": texts, "email": texts | st.none()})
bodies = st.fixed_dictionaries(
    {"review_id": texts, "title": texts},
    optional={
        "contributors": st.lists(people, max_size=3),
        "owners": st.lists(texts, max_size=3),
        "reviewer": people,
        "by": people | texts,
        "to": people | st.none(),
        "acts": st.lists(
            st.fixed_dictionaries({"kind": texts, "people": st.lists(people, max_size=2)}), max_size=2
        ),
        "note": texts | st.none(),
        "proof": st.dictionaries(texts, texts, max_size=2),
    },
)


@given(body=bodies, data=st.data())
def test_the_line_of_an_entry_with_any_people_leads_back_to_it(
    body: dict[str, Any], data: st.DataObject
) -> None:
    entry, disclosures = commit(body)
    erased = set(data.draw(st.lists(st.sampled_from(sorted(disclosures) or [""]), unique=True)))
    disclosed = {pointer: value for pointer, value in disclosures.items() if pointer not in erased}

    text = encode_canonical(format_exported_entry(entry, disclosed)).decode()
    restored = restore(parse_entry(text, label="line 4"))

    assert restored.encoded == encode_canonical(entry)
    assert hash_entry(restored.entry) == entry["hash"]
    assert (restored.disclosures, set(restored.erased)) == (disclosed, erased & disclosures.keys())
    assert encode_canonical(format_exported_entry(restored.entry, restored.disclosures)).decode() == text
