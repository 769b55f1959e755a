"""Which sentences of two states belong together."""

from __future__ import annotations

from documents.comparison.matching import match_items, measure_similarity
from documents.comparison.units import Unit
from documents.passages import Area, DocumentPlace, Run


def build_units(*texts: str, area: Area = Area.BODY) -> list[Unit]:
    return [Unit(DocumentPlace(area), (Run(text),), number) for number, text in enumerate(texts)]


def test_a_similar_sentence_in_the_same_place_is_rewritten() -> None:
    matching = match_items(
        build_units("a", "Pay within 30 days", "z"), build_units("a", "Pay within 60 days", "z")
    )
    assert (matching.rewritten, matching.deleted, matching.inserted) == ([(1, 1)], [], [])


def test_a_sentence_alone_between_two_others_is_rewritten_whatever_it_says() -> None:
    assert match_items(build_units("a", "b", "c"), build_units("a", "x", "c")).rewritten == [(1, 1)]


def test_a_sentence_is_never_rewritten_into_a_note() -> None:
    matching = match_items(build_units("Pay 30"), build_units("Pay 60", area=Area.FOOTNOTE))
    assert (matching.rewritten, matching.deleted, matching.inserted) == ([], [0], [0])


def test_a_long_sentence_elsewhere_has_moved() -> None:
    long = "This sentence is long enough to be recognised"
    matching = match_items(build_units(long, "b", "c"), build_units("b", "c", long))
    assert matching.moved == [(0, 2)]


def test_a_short_sentence_elsewhere_is_deleted_and_inserted() -> None:
    matching = match_items(build_units("Yes.", "b", "c"), build_units("b", "c", "Yes."))
    assert (matching.moved, matching.deleted, matching.inserted) == ([], [0], [2])


def test_repeated_words_count_as_often_as_they_are_there() -> None:
    assert measure_similarity(["a", "a", "b"], ["a", "b", "b"]) == 2 * 2 / 6
    matching = match_items(build_units("x", "no no no no yes"), build_units("x", "no yes yes yes yes", "y z"))
    assert matching.rewritten == [(1, 1)]


def test_sentences_of_a_large_gap_are_paired_by_their_rare_words() -> None:
    before = build_units(*(f"Item {number} costs 500" for number in range(200)))
    after = build_units(*(f"Item {number} costs 600" for number in range(200)))
    assert match_items(before, after).rewritten == [(number, number) for number in range(200)]
