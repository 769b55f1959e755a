"""The card in Teams that says what changed: drawn of any differences, within the limits of a message."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.teams import draw_card_message as draw_workflow_message
from notifiers.teams_bot import actions
from notifiers.teams_bot.card import MAX_CARD_BYTES, draw_card_message
from notifiers.teams_bot.changes_card import CHANGES_PAGE_SIZE, draw_changes
from reviews.answers.change_pages import ChangesPage
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparison import DocumentState
from reviews.comparisons.change_rows import KIND_LABELS, ChangeRow
from reviews.kinds import ChangeKind
from reviews.language import use_language
from reviews.text import escape_controls
from tests.edge.adaptive_cards import find_flaws, read_buttons, read_card_text
from tests.reviews.compared import make_summary
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import review

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from reviews.cards.card import Card

ACK = "https://review.example.com/ack/token"
PAGE = f"{ACK}#changes"
WHEN = "{{DATE(2026-01-01T09:30:05Z, SHORT)}} at {{TIME(2026-01-01T09:30:05Z)}}"
BEFORE = DocumentState(
    version=3, updated=datetime(2026, 1, 1, 9, 30, 5, 250_000, tzinfo=UTC), sha256="ab" * 32, size=9
)
ANSWERED = datetime(2026, 5, 4, 8, 0, 1, 750_000, tzinfo=UTC)
ANSWERED_WHEN = "{{DATE(2026-05-04T08:00:01Z, SHORT)}} at {{TIME(2026-05-04T08:00:01Z)}}"
ROW = ChangeRow(
    number=1,
    kind="replaced",
    label="Changed",
    where="Payment terms",
    subjects="amounts",
    before=((True, "EUR "), (False, "100")),
    after=((True, "EUR "), (False, "250")),
)


def make_card(*, address: str = PAGE, **more: Any) -> Card:
    return add_page(draw_card(review(changes=make_summary(1), **more)), lambda _card: address)


def make_page(**more: Any) -> ChangesPage:
    values: dict[str, Any] = {
        "card": make_card(), "summary": "1 changed", "before": BEFORE, "rows": (ROW,), "total": 1
    }  # fmt: skip
    return ChangesPage(**{**values, **more})


def draw(**more: Any) -> dict[str, Any]:
    return draw_changes(make_page(**more), actions.make_click_data("rev-1", 1))


def list_flaws(card: dict[str, Any]) -> list[str]:
    """Return what is wrong with a card that no notification announces."""
    return [flaw for flaw in find_flaws(card) if flaw != "it has no fallbackText"]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, f"Compared with version 3 of {WHEN}"),
        ({"before": replace(BEFORE, updated=None)}, "Compared with version 3"),
        ({"before": None, "is_new": True}, "New document: all of its text is new."),
        ({"answered_at": ANSWERED}, f"Compared with version 3, which you answered on {ANSWERED_WHEN}"),
        (
            {"answered_at": ANSWERED, "before": replace(BEFORE, version=None)},
            f"Compared with what you answered on {ANSWERED_WHEN}",
        ),
    ],
)  # fmt: skip
def test_it_says_with_what_the_document_is_compared(more: dict[str, Any], line: str) -> None:
    card = draw(**more)

    assert line in read_card_text(card).splitlines()
    assert list_flaws(card) == []


@pytest.mark.parametrize("before", [None, replace(BEFORE, version=None)])
def test_with_what_is_not_known_it_does_not_say(before: DocumentState | None) -> None:
    assert "ompared with" not in read_card_text(draw(before=before))


def test_more_differences_than_are_listed_are_counted_with_a_separator() -> None:
    assert "1,200 more differences are not shown here." in read_card_text(draw(unlisted_count=1200))


def test_the_last_difference_on_a_page_of_its_own_is_one() -> None:
    assert "Difference 9 of 9" in read_card_text(draw(total=9, start=8)).splitlines()


def test_it_is_said_in_german() -> None:
    with use_language("de"):
        text = read_card_text(draw(rows=(ROW, ROW), total=5, start=2))

    assert "Unterschiede 3–4 von 5" in text  # noqa: RUF001 - a range
    assert "Verglichen mit Version 3, " in text
    assert "Vorher: EUR 100" in text


def test_where_no_content_changed_it_says_what_happened() -> None:
    moved = make_card(kind=ChangeKind.MOVED_OUT, moved_to="Archive", title_before="Old.docx")

    card = draw(card=moved, summary="No content to compare.", rows=(), total=0, before=None)

    text = read_card_text(card)
    assert "No content to compare." in text
    assert "Previous name: Old.docx" in text
    assert "Moved to: Archive" in text
    assert list_flaws(card) == []


def test_a_refusal_stands_below_how_much_changed() -> None:
    text = read_card_text(draw(refusal="Not for you.", rows=(), total=0))

    assert "What changed\n1 changed\nNot for you." in text


def test_it_links_to_the_page_if_there_is_one() -> None:
    assert read_buttons(draw())["Show on a page"]["url"] == PAGE
    assert "Show on a page" not in read_buttons(draw(card=make_card(address="")))


@pytest.mark.parametrize("address", [PAGE, ""])
def test_the_bots_card_has_the_button_also_without_a_page(address: str) -> None:
    content = draw_card_message(make_card(address=address))["attachments"][0]["content"]

    [button] = [each for each in _list_actions(content) if each["title"] == "What changed"]
    assert (button["type"], button["verb"]) == ("Action.Execute", actions.CHANGES)
    assert button["data"] == {"review": "rev-1.1"}


@pytest.mark.parametrize(("address", "shown"), [(PAGE, True), ("", False)])
def test_the_card_of_workflows_opens_the_page_because_no_one_answers_a_click_there(
    address: str, *, shown: bool
) -> None:
    content = draw_workflow_message(make_card(address=address), ACK)["attachments"][0]["content"]

    assert "Action.Execute" not in str(content)
    assert (PAGE in str(content)) == shown


def _list_actions(content: dict[str, Any]) -> list[dict[str, Any]]:
    sets = [each["actions"] for each in content["body"] if each["type"] == "ActionSet"]
    return [each for row in (*sets, content.get("actions", [])) for each in row]


def _sides() -> SearchStrategy[tuple[tuple[bool, str], ...]]:
    odd = st.sampled_from(["{{", "<at>x</at>", "\n", "x" * 30_000])
    words = st.tuples(st.booleans(), (longest_texts() | odd).map(escape_controls))
    short = st.lists(words, max_size=6)
    many = st.tuples(words, st.integers(1, 500)).map(lambda drawn: [drawn[0]] * drawn[1])
    return (short | many).map(tuple)


def _rows() -> SearchStrategy[ChangeRow]:
    return st.builds(
        replace,
        st.just(ROW),
        kind=st.sampled_from(tuple(KIND_LABELS)),
        where=longest_texts().map(escape_controls),
        subjects=st.sampled_from(["", "amounts, dates, numbers, obligations, names"]),
        before=_sides(),
        after=_sides(),
    )


@settings(deadline=None, max_examples=60)
@given(
    changed=hostile_reviews(),
    rows=st.lists(_rows(), max_size=2),
    is_newer=st.booleans(),
    is_described=st.booleans(),
    is_since=st.booleans(),
)
def test_any_differences_are_drawn_within_the_limits(
    changed: Any, rows: list[ChangeRow], *, is_newer: bool, is_described: bool, is_since: bool
) -> None:
    card = add_page(draw_card(changed), lambda _card: f"https://review.example.com/ack/{'t' * 400}#changes")
    page = make_page(
        card=card,
        rows=tuple(rows * (CHANGES_PAGE_SIZE // 2)),
        start=8,
        total=10**6,
        unlisted_count=10**6,
        summary=card.changes or "No content to compare.",
        before=BEFORE if is_described else None,
        answered_at=ANSWERED if is_since else None,
        has_other=True,
    )

    content = draw_changes(page, actions.make_click_data("rev-1", 10**8), is_newer=is_newer)

    assert list_flaws(content) == []
    assert len(json.dumps(content)) <= MAX_CARD_BYTES
