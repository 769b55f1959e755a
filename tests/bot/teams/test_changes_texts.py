"""What changed, in Teams: texts of documents on a card, however long and whatever is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot.card import MAX_CARD_BYTES
from notifiers.teams_bot.changes_card import CHANGES_PAGE_SIZE
from tests.bot.teams.compared_cards import compare, find_runs, list_flaws, make_long_part, see
from tests.bot.teams.pressing import find_shown_message
from tests.reviews.compared import make_part

if TYPE_CHECKING:
    from tests.bot.teams.teams_installation import TeamsInstallation

MACRO = "{{DATE(2026-01-01T00:00:00Z, SHORT)}}"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("**bold** [x](https://evil.example) `code`", "**bold** [x](https://evil.example) `code`"),
        ("<at>Dana Ozola</at> <b>x</b>", "<at>Dana Ozola</at> <b>x</b>"),
        (f"Due {MACRO}", f"Due {MACRO}"),
        ("gpj\u202e.exe", "gpj\\u202e.exe"),
        ("يورو 3,000", "يورو 3,000"),
        ("a\u200bb\u034fc", "abc"),
        ("one\n\ntwo\nthree", "one two three"),
        ("\0\x1b[31mred", "\\u0000\\u001b[31mred"),
    ],
)
def test_text_of_a_document_is_only_text(installation: TeamsInstallation, hostile: str, shown: str) -> None:
    part = make_part(kind="inserted", before="", after=hostile, words=())
    card = compare(installation, [replace(part, place=replace(part.place, heading=hostile))])

    text = see(installation, card)

    content = find_shown_message(installation, card)
    assert shown in text
    assert list_flaws(content) == []
    assert MACRO not in json.dumps(content)


@pytest.mark.parametrize("character", ["x", "<a", "{{", "🙂", "é ", "\n", "á"])
def test_a_very_long_cell_is_cut_around_its_changes(installation: TeamsInstallation, character: str) -> None:
    part = make_long_part(character)
    card = compare(installation, [replace(part, place=replace(part.place, heading=character * 5000))] * 20)

    text = see(installation, card)

    content = find_shown_message(installation, card)
    assert list_flaws(content) == []
    assert len(json.dumps(content)) <= MAX_CARD_BYTES
    assert ("OLD" in text, "NEW" in text, "…" in text) == (True, True, True)


def test_a_cell_of_very_many_changes_has_no_more_runs_than_can_be_read(
    installation: TeamsInstallation,
) -> None:
    part = make_part()
    card = compare(installation, [replace(part, words=part.words * 2000)] * CHANGES_PAGE_SIZE)

    see(installation, card)

    content = find_shown_message(installation, card)
    assert len(json.dumps(content)) <= MAX_CARD_BYTES
    assert len(find_runs(content)) < 1000


def test_where_text_was_only_added_the_earlier_text_is_cut_where_it_stood(
    installation: TeamsInstallation,
) -> None:
    long = f"{'word ' * 400}end"
    part = make_part()
    words = (replace(part.words[0], text=long), replace(part.words[2], text=" and more"))
    card = compare(installation, [replace(part, before=long, after=f"{long} and more", words=words)])

    text = see(installation, card)

    assert text.count("word end") == 2
    assert len(text) < 2500


def test_what_moved_is_shown_once(installation: TeamsInstallation) -> None:
    part = make_part(kind="moved", before="A clause.", after="A clause.", words=(), matters=())
    card = compare(installation, [part])

    text = see(installation, card)

    assert "Moved Payment terms A clause." in text
    assert text.count("A clause.") == 1
