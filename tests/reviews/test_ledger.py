"""The chain: one encoding, and no change that stays unseen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision
from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import (
    GENESIS_HASH,
    Head,
    chain_entry,
    check_piece,
    encode_canonical,
    hash_entry,
    join_pieces,
    parse_entry,
    verify,
)
from tests.reviews.entries import EMPTY, Entry, names, values
from tests.reviews.samples import ALICE, START, answer, review

bodies = st.dictionaries(
    names.filter(lambda name: name not in {"seq", "hash", "prev_hash"}), values, max_size=4
)
chains = st.lists(bodies, min_size=2, max_size=6)


def chain(*texts: Entry, after: Head = EMPTY) -> list[Entry]:
    entries: list[Entry] = []
    for body in texts:
        entries.append(chain_entry(after, body))
        after = Head(seq=entries[-1]["seq"], hash=entries[-1]["hash"])
    return entries


def end(entries: list[Entry]) -> Head:
    return Head(seq=entries[-1]["seq"], hash=entries[-1]["hash"])


@settings(deadline=None, max_examples=60)
@given(bodies=chains)
def test_a_chain_holds_as_it_was_written(bodies: list[Entry]) -> None:
    entries = chain(*bodies)

    verdict = verify(entries, saved_heads=[end(entries)])

    assert verdict.intact
    assert (verdict.checked, verdict.first, verdict.head) == (len(bodies), 1, end(entries))


@settings(deadline=None, max_examples=60)
@given(bodies=chains, data=st.data())
def test_any_changed_member_is_found(bodies: list[Entry], data: st.DataObject) -> None:
    entries = chain(*bodies)
    entry = data.draw(st.sampled_from(entries))
    name = data.draw(st.sampled_from(sorted(entry)) | names)
    new = data.draw(values)
    if name in entry and encode_canonical({"x": entry[name]}) == encode_canonical({"x": new}):
        del entry[name]
    else:
        entry[name] = new

    assert not verify(entries).intact


@settings(deadline=None, max_examples=60)
@given(bodies=chains, data=st.data())
def test_a_removed_a_repeated_and_a_swapped_entry_are_found(bodies: list[Entry], data: st.DataObject) -> None:
    entries = chain(*bodies)
    place = data.draw(st.integers(0, len(entries) - 2))
    pinned = end(entries)

    removed = entries[:place] + entries[place + 1 :]
    repeated = [*entries[: place + 1], entries[place], *entries[place + 1 :]]
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    inserted = [*entries[: place + 1], chain_entry(EMPTY, {"a": "b"}), *entries[place + 1 :]]

    assert verify(removed).intact is (place == 0)
    assert not verify(repeated).intact
    assert not verify(swapped).intact
    assert not verify(inserted).intact
    assert not verify(entries[:-1], saved_heads=[pinned]).intact


@settings(deadline=None, max_examples=200)
@given(bodies=chains, data=st.data())
def test_a_chain_that_is_followed_in_pieces_is_judged_as_at_once(
    bodies: list[Entry], data: st.DataObject
) -> None:
    """Whatever was done to it: entries taken away, put elsewhere, changed, or with another end kept."""
    written = chain(*bodies)
    entries = data.draw(st.just(written) | st.permutations(written))
    gone = data.draw(st.sets(st.integers(0, len(written) - 1), max_size=2))
    entries = [each for place, each in enumerate(entries) if place not in gone]
    for place in data.draw(st.sets(st.integers(0, len(entries) - 1), max_size=2)) if entries else ():
        name = data.draw(st.sampled_from(["seq", "hash", "prev_hash", "a"]))
        entries[place] = entries[place] | {name: data.draw(values)}
    heads = [EMPTY, *(end([each]) for each in written), Head(seq=len(written) + 1, hash="x")]
    saved_heads = data.draw(st.lists(st.sampled_from([*heads, Head(seq=2, hash="x")]), max_size=2))
    whole = data.draw(st.booleans())

    verdict = join_pieces(
        [check_piece(piece, saved_heads=saved_heads) for piece in _cut(entries, data)],
        from_start=whole,
        saved_heads=saved_heads,
    )
    at_once = verify(entries, from_start=whole, saved_heads=saved_heads)

    assert verdict == at_once


def _cut(entries: list[Entry], data: st.DataObject) -> list[list[Entry]]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(entries)), max_size=4)))
    return [entries[start:stop] for start, stop in pairwise([0, *cuts, len(entries)])]


@pytest.mark.parametrize("border", [1, 2, 3])
def test_pieces_have_to_go_on_from_each_other(border: int) -> None:
    entries, others = (chain(*({"a": f"{name}{number}"} for number in range(4))) for name in "xy")

    def judge(first: list[Entry], second: list[Entry]) -> str | None:
        return join_pieces([check_piece(first), check_piece(second)], from_start=True).problem

    before, after = entries[:border], entries[border:]
    assert judge(before, after) is None
    changed = f"entry {border + 1} does not follow entry {border}: one was changed or put in its place"
    assert judge(before, others[border:]) == changed
    assert judge(before, after[1:]) == (None if border == 3 else _missing(border + 1, border + 2))
    assert judge(before[:-1], after) == (
        _missing(border, border + 1) if border > 1 else "entry 1 is missing: the chain starts at entry 2"
    )
    swapped = [*before[:-1], after[0]], [before[-1], *after[1:]]
    assert judge(*swapped) is not None


def _missing(number: int, present: int) -> str:
    return f"entry {number} is missing: entry {present} follows entry {number - 1}"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_what_was_kept_is_looked_for_in_every_piece_and_at_the_end(place: int) -> None:
    entries = chain(*({"a": number} for number in range(4)))

    def judge(*head: Head, upto: int = 4) -> str | None:
        pieces = [entries[:2], entries[2:upto]]
        return join_pieces(
            [check_piece(piece, saved_heads=head) for piece in pieces], from_start=True, saved_heads=head
        ).problem

    assert judge(end(entries[: place + 1])) is None
    assert judge(Head(seq=place + 1, hash="x")) == (
        f"entry {place + 1} has another hash than the one that was kept"
    )
    assert judge(end(entries), upto=3) == (
        "the chain ends at entry 3, but entry 4 was written: entries are missing at the end"
    )


@given(bodies=chains, more=bodies)
def test_a_chain_written_anew_from_some_point_does_not_end_at_the_pinned_head(
    bodies: list[Entry], more: Entry
) -> None:
    entries = chain(*bodies)
    forged = chain(*bodies[:-1], {**more, "forged": True})

    assert verify(forged).intact
    assert "another hash" in (verify(forged, saved_heads=[end(entries)]).problem or "")


def test_an_export_that_starts_in_the_middle_is_checked_from_there() -> None:
    entries = chain(*({"n": number} for number in range(5)))

    verdict = verify(entries[2:], saved_heads=[end(entries)])

    assert verdict.intact
    assert (verdict.checked, verdict.first) == (3, 3)


def test_the_first_entry_follows_nothing() -> None:
    [entry] = chain({"n": 1}, after=Head(seq=0, hash="f" * 64))

    assert "does not follow" in (verify([entry]).problem or "")


def test_a_whole_chain_starts_at_its_first_entry() -> None:
    entries = chain(*({"n": number} for number in range(4)))

    assert verify(entries[2:]).intact
    assert verify(entries[2:], from_start=True).problem == "entry 1 is missing: the chain starts at entry 3"
    assert verify(entries, from_start=True).intact


def test_a_chain_may_go_on_after_a_head_that_was_kept() -> None:
    entries = chain(*({"n": number} for number in range(4)))
    head = end(entries[:2])

    assert verify(entries, saved_heads=[head, EMPTY]).intact
    assert verify(entries[2:], saved_heads=[head]).intact, "the first entry names the one before it"
    assert verify(entries[:1], saved_heads=[head]).problem == (
        "the chain ends at entry 1, but entry 2 was written: entries are missing at the end"
    )
    assert (
        verify(entries[3:], saved_heads=[head]).problem
        == "it starts at entry 4, so entry 2 can't be compared"
    )


def test_a_chain_written_anew_before_a_kept_head_is_found() -> None:
    entries = chain(*({"n": number} for number in range(4)))
    forged = chain({"n": "forged"}, *({"n": number} for number in range(1, 4)))

    assert verify(forged).intact
    for number in range(1, 5):
        assert verify(forged, saved_heads=[end(entries[:number])]).problem == (
            f"entry {number} has another hash than the one that was kept"
        )
    assert not verify(forged[2:], saved_heads=[end(entries[:2])]).intact
    assert not verify(forged, saved_heads=[Head(seq=0, hash="f" * 64)]).intact
    assert not verify([], saved_heads=[Head(seq=0, hash="f" * 64)]).intact


def test_the_reader_of_the_entries_may_end_the_check() -> None:
    def lines() -> Any:
        yield from chain({"n": 1}, {"n": 2})
        yield parse_entry("{", label="line 3")

    verdict = verify(lines())

    assert (verdict.checked, verdict.head.seq, verdict.problem) == (2, 2, "line 3 is not JSON")


def test_an_empty_record_is_intact_unless_something_was_written() -> None:
    assert verify([]).intact
    assert "missing at the end" in (verify([], saved_heads=[Head(seq=3, hash="x")]).problem or "")


def test_a_problem_names_the_entry() -> None:
    entries = chain(*({"n": number} for number in range(4)))

    assert verify([entries[0], entries[3]]).problem == "entry 2 is missing: entry 4 follows entry 1"
    entries[2]["n"] = "changed"
    verdict = verify(entries)
    assert (verdict.problem, verdict.checked) == ("entry 3 was changed after it was written", 2)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"seq": 1},
        {"seq": "1", "hash": "x"},
        {"seq": 1, "hash": None},
        {"seq": 1.0, "hash": "x"},
        {"seq": True, "hash": "x"},
        chain_entry(Head(seq=-1, hash=GENESIS_HASH), {"n": 1}),
    ],
    ids=str,
)
def test_what_is_no_entry_is_a_problem(odd: Entry) -> None:
    assert not verify([odd]).intact


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf"), 1.5], ids=str)
def test_a_value_that_no_entry_can_hold_is_found_and_never_a_crash(value: Any) -> None:
    [entry] = chain({"n": 1})

    assert not verify([entry | {"n": value}]).intact


def test_a_nest_without_end_is_found_and_never_a_crash() -> None:
    [entry] = chain({"n": 1})
    nest: list[Any] = []
    for _ in range(5000):
        nest = [nest]

    assert not verify([entry | {"n": nest}]).intact


def test_the_hash_leaves_itself_out() -> None:
    [entry] = chain({"n": 1})

    assert hash_entry(entry) == hash_entry({name: value for name, value in entry.items() if name != "hash"})


def test_an_opened_review_is_told_whole() -> None:
    entry = ledger_entries.build_opened(review(due_at=START), [3, 4])

    assert (entry["type"], entry["kind"], entry["events"]) == ("review:opened", "content", [3, 4])
    assert entry["contributors"] == [{"id": "a1", "name": ALICE.name, "email": ALICE.email}]
    assert entry["at"] == entry["due_at"] == "2026-03-09T14:05:12.345678Z"
    assert (entry["version_from"], entry["version_to"], entry["owners"]) == (7, 8, ["owner@example.com"])
    assert ledger_entries.build_revised(review(revision=2), [5])["type"] == "review:revised"


@pytest.mark.parametrize("decision", list(Decision))
def test_an_answer_is_told_with_the_sentence_that_was_agreed_to(decision: Decision) -> None:
    who = Reviewer(name="Dana", email="d@x.example", chat_ids={"slack": "U1"})

    entry = ledger_entries.build_answered(
        review(), answer(decision=decision, reviewer=who, note="n", late=True)
    )

    acknowledged = decision is Decision.ACKNOWLEDGE
    assert entry["type"] == f"review:{decision.outcome}"
    assert entry["statement"] == ("I have reviewed this version." if acknowledged else None)
    assert entry["reviewer"] == {
        "name": "Dana", "email": "d@x.example", "docspace_id": None, "slack_user": "U1", "teams_user": None,
    }  # fmt: skip
    assert (entry["identity"], entry["note"], entry["late"], entry["revision"]) == (
        Identity.SLACK,
        "n",
        True,
        1,
    )


def test_moments_are_written_to_the_microsecond() -> None:
    assert ledger_entries.format_moment(START.replace(microsecond=5)) == "2026-03-09T14:05:12.000005Z"
    assert ledger_entries.format_moment(None) is None
