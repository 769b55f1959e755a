"""Commitments to people: what stands in an entry tells nothing, and with what stands beside it, all."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import encode_canonical
from reviews.ledger.people_checks import check_disclosures
from reviews.ledger.people_commitments import (
    ERASED,
    ERASED_PERSON,
    ERASED_REVIEWER,
    commit_people,
    compute_commitment,
    find_commitments,
    list_erased_commitments,
    reveal_people,
)
from store.chain import make_salt
from store.disclosures import (
    find_commitment_places,
    format_disclosures,
    is_disclosed,
    parse_disclosures,
    reveal_row,
)
from tests.reviews.desk import DANA
from tests.reviews.entries import names, values
from tests.reviews.samples import ALICE, START, answer, review

if TYPE_CHECKING:
    from collections.abc import Callable

HASH = "ab" * 32
PEOPLES = ("contributors", "people", "owners", "whom", "acknowledged_by", "reviewer", "by", "to")
some_names = st.sampled_from([*PEOPLES, "owner", "note", "target", "proof", "name", "commitment"]) | names
hostile_names = some_names | st.text(st.sampled_from('/~01"\\é\N{GRINNING FACE}\uffff'), max_size=4)
commitments = st.just({"commitment": HASH})
hostile = st.recursive(
    values | commitments | st.just(HASH),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile_names, inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(hostile_names, hostile, max_size=5).filter(lambda body: len(body) != 1)


def count_salts() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"salt {next(numbers)}"


@example(body={"": 1, "note": {"commitment": HASH}, "x": [[{"commitment": HASH}, []], {"~1/": {"note": 1}}]})
@example(body={"x": {"commitment": HASH}, "by": {"commitment": HASH, "name": ""}})
@given(body=bodies)
def test_what_was_committed_to_is_revealed_whatever_it_is(body: dict[str, Any]) -> None:
    committed, disclosures = commit_people(body, make_salt=count_salts())

    commitments = find_commitments(committed)
    assert commitments == {at: compute_commitment(*pair) for at, pair in disclosures.items()}
    assert reveal_people(committed, disclosures) == body
    text, people = encode_canonical(committed).decode(), format_disclosures(disclosures)
    assert parse_disclosures(people, seq=1) == disclosures
    assert reveal_row(json.loads(text), text=text, people=people) == body
    assert list(check_disclosures(1, commitments, disclosures)) == []


@given(body=bodies, data=st.data())
def test_without_one_value_an_entry_is_as_without_it(body: dict[str, Any], data: st.DataObject) -> None:
    committed, disclosures = commit_people(body, make_salt=count_salts())
    left = {pointer: pair for pointer, pair in disclosures.items() if data.draw(st.booleans())}

    text, people = encode_canonical(committed).decode(), format_disclosures(left)

    assert reveal_row(json.loads(text), text=text, people=people) == reveal_people(committed, left)
    assert not (left != disclosures and is_disclosed(json.loads(text), text=text, people=people))
    assert not (disclosures and is_disclosed(json.loads(text), text=text, people=None))


def test_an_entry_of_ours_is_seen_at_a_glance_to_be_disclosed() -> None:
    for body in (
        ledger_entries.build_opened(review(), [1]),
        ledger_entries.build_answered(
            review(), answer(note="Schön, \N{GRINNING FACE}", proof={"user": "U1"})
        ),
        ledger_entries.build_removed(review(), at=START),
    ):
        committed, disclosures = commit_people(body, make_salt=make_salt)
        people = format_disclosures(disclosures) if disclosures else None

        assert is_disclosed(committed, text=encode_canonical(committed).decode(), people=people)


def test_each_mention_has_a_salt_of_its_own() -> None:
    opened = ledger_entries.build_opened(
        review(contributors=(ALICE, ALICE), owners=("a@x.io", "a@x.io")), [1]
    )

    first, second = (commit_people(opened, make_salt=make_salt) for _ in range(2))

    salts = [salt for _, disclosures in (first, second) for salt, _ in disclosures.values()]
    hidden = [*find_commitments(first[0]).values(), *find_commitments(second[0]).values()]
    assert len(set(salts)) == len(salts) == len(set(hidden)) == len(hidden) == 8
    assert min(map(len, salts)) == 22  # 128 bits in base64
    assert "alice" not in json.dumps(first[0]).casefold()


def test_an_entry_without_people_stays_as_it_is() -> None:
    body: dict[str, Any] = {
        "type": "review:superseded",
        "by": "rev-2",
        "to": None,
        "note": None,
        "owners": [],
        "proof": {},
    }

    assert commit_people(body, make_salt=make_salt) == (body, {})


def test_what_is_erased_has_a_placeholder_of_its_form() -> None:
    body: dict[str, Any] = {
        **ledger_entries.build_opened(review(), [1]),
        **ledger_entries.build_answered(
            review(), answer(note="Fine", owner="legal@x.io", proof={"user": "U1"})
        ),
        "by": ledger_entries.describe_reviewer(DANA),
        "acts": [{"kind": "renamed", "people": [ledger_entries.describe_person(ALICE)]}],
        "acknowledged_by": [ledger_entries.describe_reviewer(DANA)],
        "whom": ["owner@example.com"],
        "target": "dana@example.com",
        "title": "stays",
    }
    committed, _ = commit_people(body, make_salt=make_salt)

    shown = reveal_people(committed, {})

    people = {"contributors": [ERASED_PERSON], "acts": [{"kind": "renamed", "people": [ERASED_PERSON]}]}
    reviewers = {"reviewer": ERASED_REVIEWER, "by": ERASED_REVIEWER}
    texts = {"owners": [ERASED], "whom": [ERASED], "acknowledged_by": [ERASED_REVIEWER]}
    values = dict.fromkeys(("note", "owner", "target"), ERASED)
    assert shown == {**body, **people, **reviewers, **texts, **values, "proof": {}}
    assert {*ERASED_REVIEWER} == {*ledger_entries.describe_reviewer(DANA)}
    assert {*ERASED_PERSON} == {*ledger_entries.describe_person(ALICE)}


NAMES = ("a/b", "~", "~2")
NOWHERE = (
    *("", "/", "/x", "/owners", "/owners/1", "/owners/00", "/owners/-1", "/owners/\u0661", "owners/0"),
    *("x/owners/0", "/owners/0/commitment", "/owners/0/", f"/owners/{'9' * 5000}", "/title/0"),
    *("/deep/a/b", "/deep/~", "/deep/~2"),
)


@pytest.mark.parametrize("pointer", NOWHERE)
def test_a_pointer_to_no_commitment_leads_nowhere(pointer: str) -> None:
    entry = {
        "owners": [{"commitment": HASH}],
        "title": "x",
        "deep": {name: {"commitment": HASH} for name in NAMES},
    }

    assert find_commitment_places(entry, [pointer]) is None


@pytest.mark.parametrize("other", [None, 7, HASH.upper(), HASH[1:], f"{HASH}\n", [HASH], {HASH: 1}])
def test_an_erasure_lists_commitments_and_nothing_else(other: Any) -> None:
    assert list_erased_commitments({"type": "people:erased", "commitments": [other, HASH]}) == [HASH]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"type": "people:erased"},
        {"type": "people:erased", "commitments": HASH},
        {"type": "people:erased", "commitments": {HASH: 1}},
        {"type": "review:opened", "commitments": [HASH]},
        {"type": ["people:erased"], "commitments": [HASH]},
    ],
)
def test_what_is_no_erasure_lists_nothing(entry: Any) -> None:
    assert list_erased_commitments(entry) == []


def test_a_pointer_has_names_escaped() -> None:
    entry = {"a/b~c": {"commitment": HASH}}

    assert find_commitments(entry) == {"/a~1b~0c": HASH}
    assert find_commitment_places(entry, ["/a~1b~0c"]) == [(entry, "a/b~c")]
