"""The stories of sampled reviews, in the language of the pack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reviews.kinds import Decision
from reviews.language import use_language
from reviews.ledger import bulk_entries, ledger_entries
from reviews.pack.stories import FIRST_LINES, LAST_LINES, build_story
from tests.pack.packed import make_packed_review
from tests.reviews.samples import START, answer, bulk_file, bulk_review, review


def number(*bodies: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**body, "seq": seq} for seq, body in enumerate(bodies, start=1)]


def make_short() -> list[dict[str, Any]]:
    request = answer(decision=Decision.REQUEST_CHANGES, note="Section 4\nis missing")
    return number(
        ledger_entries.build_opened(review(), [1]), ledger_entries.build_answered(review(), request)
    )


def test_a_story_says_what_happened_who_proved_it_and_what_was_noted() -> None:
    told_review = make_packed_review()

    sampled = build_story(told_review, make_short())

    opened, answered = sampled.story
    assert (sampled.review, sampled.left_out) == (told_review, 0)
    assert (opened.entry, opened.at) == (1, START)
    assert opened.text.endswith("The review was opened for version 7 → 8.")
    assert answered.text == (
        "Dana Ozola requested changes to revision 1 (verified by their Slack account). "
        "Note: “Section 4 / is missing”"
    )


def test_a_story_is_in_the_language_of_the_pack() -> None:
    with use_language("de"):
        [_, answered] = build_story(make_packed_review(), make_short()).story

    assert answered.text.endswith(" (belegt durch das Konto in Slack). Anmerkung: „Section 4 / is missing“")


def test_a_snooze_says_until_when() -> None:
    snoozed = {**make_short()[0], "type": "review:snoozed", "until": "2026-03-11T07:00:00.000000Z"}

    [line] = build_story(make_packed_review(), [snoozed]).story

    assert "Until 11 Mar 2026, 07:00 UTC." in line.text


def test_of_a_long_story_the_first_and_last_lines_are_there_and_the_others_are_counted() -> None:
    revised = [
        ledger_entries.build_revised(replace(review(), revision=each, changed_at=START), [1])
        for each in range(100)
    ]

    sampled = build_story(make_packed_review(), iter(number(*revised)))

    entries = [line.entry for line in sampled.story]
    assert entries == [*range(1, FIRST_LINES + 1), *range(101 - LAST_LINES, 101)]
    assert sampled.left_out == 100 - FIRST_LINES - LAST_LINES


def test_files_that_joined_a_bulk_review_are_counted_and_hide_nothing() -> None:
    before = bulk_review()
    opened = ledger_entries.build_opened(before, [])
    joined = [
        bulk_entries.build_joined(replace(before, revision=each), bulk_file(each), [1], before=before)
        for each in range(2, 52)
    ]
    answered = ledger_entries.build_answered(before, answer())

    sampled = build_story(make_packed_review(), number(opened, *joined, answered))

    assert [line.entry for line in sampled.story] == [1, 52]
    assert sampled.left_out == 50


def test_an_entry_without_a_time_is_left_out() -> None:
    [opened, answered] = make_short()

    sampled = build_story(make_packed_review(), [{**opened, "at": "soon"}, answered])

    assert [line.entry for line in sampled.story] == [2]
    assert sampled.left_out == 1


def test_a_story_is_by_the_time_of_each_entry() -> None:
    later = answer(at=START + timedelta(days=1))
    [line] = build_story(make_packed_review(), [ledger_entries.build_answered(review(), later)]).story

    assert (line.at, line.entry) == (START + timedelta(days=1), 0)
